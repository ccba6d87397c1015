"""Commands for what people say of tags: their corrections, and what to ask them next."""

import getpass
from pathlib import Path

import click

from pipeline.commands.options import CORRECTIONS, file_path

corrections_option = click.option(
    "--corrections", "store", type=file_path, default=CORRECTIONS, show_default=True, help="The store."
)
editor_option = click.option("--editor", default=getpass.getuser, show_default="your login", help="Who labels.")


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
