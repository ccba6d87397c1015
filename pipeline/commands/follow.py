"""Commands that follow the news: digests of what has been, and a watch over what comes."""

from pathlib import Path
from typing import Any

import click

from pipeline.commands.options import Dedupe, file_path, model_option, reading_options


@click.command(cls=Dedupe)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--by", type=click.Choice(["day", "week", "month"]), default="week", show_default=True)
@click.option("--by-source", is_flag=True, help="Show each source by itself as well.")
@click.option("--dates", metavar="NAME", help="The column of the dates, if not found by its name.")
@click.option("--sources", metavar="NAME", help="The column of the sources, if not found by its name.")
@click.option("--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True, help="Of the page.")
@click.option("--out", type=file_path, required=True, help="The page to write.")
@model_option
@reading_options
def digest(  # noqa: PLR0913, PLR0917 (click gives each by name)
    inputs: tuple[str, ...],
    by: str,
    by_source: bool,
    dates: str | None,
    sources: str | None,
    language: str,
    out: Path,
    model: str,
    strict: bool,
    **how: Any,  # noqa: ANN401 (passed on as they are)
) -> None:
    """Write a page of the topics' shares over time and by source, with the headlines behind each bar."""
    from pipeline.digest.gather import Columns, Layout, write_digest
    from pipeline.ingest.record import Options
    from pipeline.tagger import Tagger

    columns, layout = Columns(date=dates, source=sources), Layout(by=by, by_source=by_source, language=language)
    counts = write_digest(inputs, Tagger.load(model), columns, layout, Options(**how), out)
    click.echo(str(counts), err=True)
    if strict and counts.rejected:
        raise click.exceptions.Exit(1)
