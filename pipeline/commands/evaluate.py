"""``rubrika evaluate``: measures a model, its peers, or its recipe on other shares of the rows."""

from pathlib import Path
from typing import Any

import click

from pipeline.commands.options import DATA, file_path, model_option


@click.command()
@click.argument("file", type=file_path)
@click.option("--by", multiple=True, metavar="COLUMN", help="Slice by this column as well.")
@click.option(
    "--report",
    type=file_path,
    help="Write them here: one HTML file; tables if it ends in .md, or with --peers and --protocols.",
)
@click.option("--json", "json_out", type=file_path, help="Write the figures here.")
@click.option("--held-out", is_flag=True, help="Judge only the rows of FILE that a training on it holds out.")
@click.option("--train", type=file_path, help=f"What the model learnt from; {DATA} if it is there.")
@click.option("--peers", is_flag=True, help="Train peers and Rubrika on --train, and measure all of them on FILE.")
@click.option("--cache", type=file_path, help="With --peers: the folder that keeps embeddings.")
@click.option(
    "--protocols", is_flag=True, help="Train on FILE without one origin, or before a year; judge on the rest."
)
@model_option
def evaluate(file: Path, **wanted: Any) -> None:  # noqa: ANN401 (passed on as they are)
    """Measure a model on a labelled table (columns headline and tags).

    Beside the figures by topic: whether scores can be taken at their word, what can be left to the model, headlines of
    two topics, and the same by origin, year, length, language and source.
    """
    peers, protocols = wanted.pop("peers"), wanted.pop("protocols")
    usual = Path(DATA)
    if peers:
        _alone("--peers", protocols, *(wanted[name] for name in ("by", "held_out", "json_out")))
        from pipeline.peers.contest import contest
        from pipeline.peers.standing import markdown
        from pipeline.write import whole_file

        found = contest(file, wanted["train"] or usual, wanted["cache"])
        if wanted["report"]:
            with whole_file(wanted["report"]) as report:
                report.write(markdown(found).encode())
    elif protocols:
        _alone("--protocols", *(wanted[name] for name in ("by", "held_out", "json_out", "train", "cache")))
        from pipeline.assess.protocols import protocols as work

        work(file, wanted["report"])
    else:
        _alone("an evaluation without --peers", wanted.pop("cache"))
        from pipeline.assess.judge import judge

        wanted["train"] = wanted["train"] or (usual if usual.exists() else None)
        judge(file, **wanted)


def _alone(name: str, *others: object) -> None:
    """Refuse options that would be ignored."""
    if any(others):
        raise click.UsageError(f"{name} does not go with the other options given; see --help")
