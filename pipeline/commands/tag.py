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
@_out
@_format("table", "jsonl", "csv", "parquet")
@_rejects
@click.option("--explain", "why", is_flag=True, help="Tell the words that decided.")
@click.option("--resume", is_flag=True, help="Tag one large table in pieces; go on where it stopped.")
@_min_precision
@model_option
@reading_options
def predict(  # noqa: PLR0913, PLR0917 (click gives each by name)
    inputs: tuple[str, ...],
    model: str,
    min_precision: float | None,
    out: Path | None,
    kind: str | None,
    rejects: Path | None,
    why: bool,
    resume: bool,
    strict: bool,
    **how: Any,  # noqa: ANN401 (passed on as they are)
) -> None:
    """Tag the headlines of pages, feeds, tables, exports, folders and addresses; "-": the standard input."""
    if resume:
        from pipeline.bulk import tag_file
        from pipeline.large import one_table

        table = one_table(inputs, {"out": out, "format": kind, "rejects": rejects, "explain": why} | how)
        tag_file(table, Path(model), Path(str(out)), min_precision=min_precision, resume=True)
        return
    from pipeline.ingest.record import Options
    from pipeline.predict import left
    from pipeline.predict import predict as work
    from pipeline.tagger import Tagger

    tagger = Tagger.load(model, min_precision)
    if min_precision is not None:
        click.echo(left(tagger.decision), err=True)
    counts = work(inputs or ("-",), tagger, Options(**how), out=out, kind=kind, rejects=rejects, why=why)
    _told(counts, strict)


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
@click.argument("source")
@click.option("--out", required=True, help="Folder for Parquet files; it must not exist.")
@click.option("--master", help="The cluster, such as local[*]; default: what spark-submit says.")
@_min_precision
@model_option
def spark(source: str, out: str, master: str | None, min_precision: float | None, model: str) -> None:
    """Tag Parquet, JSONL or CSV files on a Spark cluster (extra spark)."""
    from pipeline.spark import tag_files

    tag_files(source, Path(model), out, master=master, min_precision=min_precision)


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
