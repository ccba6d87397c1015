"""Commands for what people say of tags: their corrections, and what to ask them next."""

from pathlib import Path
from typing import Any

import click

from pipeline.commands.options import CORRECTIONS, Dedupe, file_path, model_option, reading_options


def _login() -> str:
    from pipeline.registry.origin import who

    return who()


corrections_option = click.option(
    "--corrections", "store", type=file_path, default=CORRECTIONS, show_default=True, help="The store."
)
editor_option = click.option("--editor", default=_login, show_default="your login", help="Who labels.")


@click.group()
def corrections() -> None:
    """Take corrections out of their store, or into it."""


@corrections.command("export")
@click.argument("out", type=file_path)
@corrections_option
def export(out: Path, store: Path) -> None:
    """Write what stands: a labelled table (.csv, .jsonl, .parquet), or Label Studio's JSON (.json)."""
    from pipeline.corrections import existing
    from pipeline.exchange import export as work

    click.echo(f"{work(existing(store), out):,} corrections written to {out}", err=True)


@corrections.command("import")
@click.argument("file", type=file_path)
@editor_option
@corrections_option
def import_(file: Path, editor: str, store: Path) -> None:
    """Keep the rows of a labelled table, or the annotations of Label Studio's JSON, as corrections."""
    from pipeline.corrections import Corrections
    from pipeline.exchange import take_in

    kept, stood = take_in(Corrections(store), file, editor)
    click.echo(f"{kept:,} corrections kept in {store}, {stood:,} stood already", err=True)


@corrections.command()
@corrections_option
def agreement(store: Path) -> None:
    """Show how far each two editors agree on the headlines that both have labelled (Cohen's kappa)."""
    from rich.console import Console

    from pipeline.corrections import existing
    from pipeline.review.agree import agreement_table, agreements

    Console(highlight=False).print(agreement_table(agreements(existing(store).opinions())))


@click.command(cls=Dedupe)
@click.argument("inputs", nargs=-1, required=True, metavar="FILE...")
@click.option("--count", default=100, show_default=True, type=click.IntRange(1), help="How many to ask for.")
@editor_option
@corrections_option
@model_option
@reading_options
def review(
    inputs: tuple[str, ...],
    count: int,
    editor: str,
    store: Path,
    model: str,
    strict: bool,
    **how: Any,  # noqa: ANN401 (passed on as they are)
) -> None:
    """Label the headlines that would teach most, one at a time: keys 1 2 3 0, Enter, u to undo, q to quit."""
    from pipeline.corrections import Corrections
    from pipeline.ingest.record import Options
    from pipeline.review.terminal import review as work

    counts = work(inputs, Path(model), Corrections(store), editor, count, Options(**how))
    click.echo(str(counts), err=True)
    if strict and counts.rejected:
        raise click.exceptions.Exit(1)
