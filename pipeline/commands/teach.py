"""Commands that learn, and that look after what is learnt from."""

from pathlib import Path
from typing import Any

import click

from pipeline.commands.options import CORRECTIONS, DATA, data_option, file_path, model_option, place_option, set_option


@click.command()
@data_option
@click.option("--corrections", type=file_path, help=f"What editors corrected  [default: {CORRECTIONS}, if it is there]")
@set_option
@place_option
def train(data: tuple[Path, ...], corrections: Path | None, assignments: tuple[str, ...], model: Path) -> None:
    """Train a model; it becomes champion if it is at least as good as the one there."""
    from pipeline.champion import train_champion
    from pipeline.corrections import existing
    from pipeline.settings import Settings

    named = corrections or (Path(CORRECTIONS) if Path(CORRECTIONS).is_file() else None)
    train_champion(data, Settings().override(assignments), model, existing(named) if named else None)


@click.command()
@click.argument("archives", nargs=-1, required=True, metavar="ARCHIVE...")
@click.option("--teacher", default="e5", show_default=True, help="Who scores the archive: e5, or a table of scores.")
@click.option("--judge", type=file_path, help="A labelled table to measure on as well, before and after.")
@click.option("--report", type=file_path, help="Write what it brought here, as Markdown.")
@click.option(
    "--model",
    type=file_path,
    default="models/adapted",
    show_default=True,
    help="Where it goes; e5's work is kept beside.",
)
@data_option
@set_option
def adapt(archives: tuple[str, ...], assignments: tuple[str, ...], **wanted: Any) -> None:  # noqa: ANN401 (passed on)
    """Train a model that also learns from an archive of headlines without tags."""
    from pipeline.adapt.run import adapt_to
    from pipeline.settings import Settings

    adapt_to(archives, Settings().override(assignments), **wanted)


@click.command()
@data_option
@click.option("--foreign", type=file_path, help="Others' labelled headlines to measure on as well.")
@click.option("--out", type=file_path, default="models/README.md", show_default=True, help="The table of the results.")
def experiment(data: tuple[Path, ...], foreign: Path | None, out: Path) -> None:
    """Try features and classifiers, each a tracked run, and write a table of them."""
    from pipeline.experiment import experiment as work

    work(data, foreign, out)


@click.command()
@click.argument("file", type=file_path)
@click.option("--out", type=file_path, help="Write a CSV instead of printing a table.")
@click.option("--most", default=300, show_default=True, type=click.IntRange(1), help="Rows to give of either kind.")
def audit(file: Path, out: Path | None, most: int) -> None:
    """Find the rows of a labelled table whose tags are probably wrong, and near-duplicates tagged differently."""
    from pipeline.audit import audit as work
    from pipeline.settings import Settings

    work(file, Settings(), most, out)


@click.command()
@click.option("--data", type=file_path, default=DATA, show_default=True, help="What the rivals learn from.")
@click.option("--out", type=file_path, default="models/report", show_default=True, help="Folder of the figures.")
@click.option("--rounds", default=9, show_default=True, help="How often each contestant is measured.")
@click.option("--headlines", "count", default=200_000, show_default=True, help="How many headlines.")
@model_option
def bench(data: Path, out: Path, rounds: int, count: int, model: str) -> None:
    """Measure speed against fastText and scikit-learn, in rounds on this machine (extra bench)."""
    from pipeline.bench.race import bench as work
    from pipeline.bench.speed import table

    click.echo(table(work(Path(model), data, out, rounds, count)), nl=False)


@click.command()
@click.argument("files", nargs=-1, type=file_path)
def corpus(files: tuple[Path, ...]) -> None:
    """Count the headlines of labelled tables by topic, origin, theme, year and side."""
    from pipeline.describe import describe
    from pipeline.settings import Settings

    describe(files or (Path(DATA),), Settings().split_held_out)
