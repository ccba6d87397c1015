"""Commands that tag, and that say why."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.options import Dedupe, Work, file_path, model_option, reading_options
from pipeline.topics import TOPICS

if TYPE_CHECKING:
    from pipeline.ingest.record import Counts

_rejects = click.option("--rejects", type=file_path, help="Write rows that could not be used, with the reason.")
_out = click.option("--out", type=file_path, help="Write here instead of to the standard output.")
_min_precision = click.option(
    "--min-precision", type=click.FloatRange(0, 1), help="Give a topic only where this precision holds."
)


def _format(*kinds: str) -> Callable[[Work], Work]:
    return click.option("--format", "kind", type=click.Choice(kinds), help="Default: by --out's ending.")


@click.command(cls=Dedupe)
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option("--out", metavar="FILE", help="Write here instead of to the standard output.")
@_format("table", "jsonl", "csv", "parquet")
@_rejects
@click.option("--explain", "why", is_flag=True, help="Tell the words that decided.")
@click.option("--resume", is_flag=True, help="Go on where a run on one large table stopped.")
@_min_precision
@model_option
@reading_options
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", help="Tag here, or on a cluster.")
@click.option("--master", metavar="URL", help="The cluster, such as local[*]; default: what spark-submit says.")
def predict(  # noqa: PLR0913, PLR0917 (click gives each by name)
    model: str,
    engine: str,
    strict: bool,
    min_precision: float | None,
    column: str | None,
    encoding: str | None,
    dedupe: str | None,
    allow_private: bool,
    **asked: Any,  # noqa: ANN401 (passed on as they are)
) -> None:
    """Tag the headlines of pages, feeds, tables, exports, folders and addresses; "-": the standard input."""
    from pipeline.engine import ENGINES, Asked
    from pipeline.ingest.record import Options

    options = Options(column=column, encoding=encoding, dedupe=dedupe, allow_private=allow_private)
    wanted = Asked(model=Path(model), options=options, min_precision=min_precision, **asked)
    if min_precision is not None:
        from pipeline.predict import left
        from pipeline.tagger import Tagger

        click.echo(left(Tagger.load(model, min_precision).decision), err=True)
    _told(ENGINES[engine](wanted), strict)


@click.command(cls=Dedupe)
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@_out
@_format("jsonl", "csv", "parquet")
@_rejects
@reading_options
def ingest(
    inputs: tuple[str, ...],
    out: Path | None,
    kind: str | None,
    rejects: Path | None,
    strict: bool,
    **how: Any,  # noqa: ANN401 (passed on as they are)
) -> None:
    """Write the headlines of inputs, as predict takes them, without tags."""
    from pipeline.collect import collect
    from pipeline.ingest.record import Options

    _told(collect(inputs or ("-",), out, kind, rejects, Options(**how)), strict)


def _told(counts: "Counts", strict: bool) -> None:
    """Say what became of the rows; where none may be rejected, end with 1 if one was."""
    click.echo(str(counts), err=True)
    if strict and counts.rejected:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("headline")
@model_option
def explain(headline: str, model: str) -> None:
    """Tell what each word of a headline adds to the log-odds of each topic."""
    from rich.console import Console

    from pipeline.explain import explain as work
    from pipeline.report import why_table
    from pipeline.tagger import Tagger

    tagger = Tagger.load(model)
    Console(highlight=False).print(why_table(tagger.tag([headline])[0], work(tagger, headline)))


@click.group("model")
def model_() -> None:
    """Look into a model."""


@model_.command()
@model_option
def show(model: str) -> None:
    """Show a model's card: what it learnt from, how it was made, how right it is."""
    from rich.console import Console

    from pipeline.report import card_table
    from pipeline.tagger import Tagger

    Console(highlight=False, width=100).print(card_table(Tagger.load(model).model.card))


@model_.command()
@click.option("--count", default=20, show_default=True, help="How many lemmas of each topic.")
@model_option
def words(count: int, model: str) -> None:
    """List the lemmas that speak most for each topic."""
    from pipeline.explain import strongest
    from pipeline.tagger import Tagger

    tagger = Tagger.load(model)
    for topic in TOPICS:
        click.echo(f"{topic}: " + ", ".join(f"{word} {share:+.1f}" for word, share in strongest(tagger, topic, count)))
