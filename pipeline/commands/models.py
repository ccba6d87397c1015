"""``rubrika models``, ``rubrika track``: the registry, and runs on their way to it."""

from pathlib import Path

import click

from pipeline.commands.options import CHAMPION, data_option, file_path, model_option

_folder = click.option("--model", "folder", type=file_path, default=CHAMPION, show_default=True, help="The copy here.")


@click.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """List the registered models, and say which one is champion."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@models.command("list")
@_folder
def list_(folder: Path = Path(CHAMPION)) -> None:
    """List the registered models, the newest first."""
    from pipeline.registry.history import versions_table
    from pipeline.registry.look import versions
    from pipeline.registry.record import WAITING, ended

    _print(versions_table(versions(folder)))
    if waiting := len(ended()):
        click.echo(f"{WAITING}: {waiting} ended and not delivered; `rubrika track push` sends them", err=True)


@models.command()
@click.argument("version", default="champion")
@_folder
def show(version: str, folder: Path) -> None:
    """Show a version: what it is, what became of it, and its card; VERSION is a number or an alias."""
    from pipeline.model import load
    from pipeline.registry.history import version_table
    from pipeline.registry.look import found
    from pipeline.report import card_table

    one, here = found(version, folder)
    _print(version_table(one))
    _print(card_table(load(here).card))


@models.command()
@click.argument("version")
@click.option("--force", metavar="WHY", help="Promote it whatever the evidence says, and say why.")
@data_option
@_folder
def promote(version: str, force: str | None, data: tuple[Path, ...], folder: Path) -> None:
    """Put a version into the champion's place if it is at least as good on the held-out headlines of --data."""
    from pipeline.registry.promote import promote as work
    from pipeline.report import evidence_table

    chosen, evidence = work(version, folder, data, force)
    if evidence:
        _print(evidence_table(evidence))
    click.echo(f"{folder}: version {chosen.number} stands")


@models.command()
@click.option("--why", default="no reason given", show_default=True, help="The reason, for the record.")
@_folder
def rollback(why: str, folder: Path) -> None:
    """Put the champion before back into its place."""
    from pipeline.registry.promote import rollback as work

    click.echo(f"{folder}: version {work(folder, why).number} stands")


@models.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--most", default=20, show_default=True, type=click.IntRange(0), help="Headlines to list.")
@data_option
@_folder
def diff(one: str, other: str, most: int, data: tuple[Path, ...], folder: Path) -> None:
    """Compare two versions: figures, settings, and the held-out headlines of --data on which they disagree."""
    from pipeline.registry.diff import diff as work
    from pipeline.registry.history import diff_tables
    from pipeline.registry.look import found

    old, new = (found(which, folder)[1] for which in (one, other))
    for table in diff_tables(work(old, new, data), most, one, other):
        _print(table)


@click.group()
def track() -> None:
    """Look after runs on their way to the tracking server."""


@track.command()
def push() -> None:
    """Deliver the runs that waited because the server could not be used, each once."""
    from pipeline.registry.push import push as work

    for told in work():
        click.echo(told)


@click.command()
@click.argument("run_id")
@click.option("--data", multiple=True, type=file_path, help="Labelled tables, if they are not where the run had them.")
def reproduce(run_id: str, data: tuple[Path, ...]) -> None:
    """Train a run's model again from the same data, settings and versions, and say whether the bytes are equal."""
    from pipeline.registry.reproduce import reproduce as work

    equal, told = work(run_id, data, lambda note: click.echo(note, err=True))
    click.echo(told)
    if not equal:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("out", type=file_path)
@click.option("--sklearn", is_flag=True, required=True, help="As a plain scikit-learn pipeline, saved by skops.")
@model_option
def export(out: Path, sklearn: bool, model: str) -> None:
    """Write a model for other programs to OUT, and the list of the types that a reader must trust beside it."""
    from pipeline.registry.export import export as work

    del sklearn  # the only format there is so far; named so that the command says what it writes
    for name in work(Path(model), out):
        click.echo(name)


def _print(table: object) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    console.width = max(console.width, 100)
    console.print(table)
