"""``rubrika drift``: whether a new batch is unlike a reference."""

from pathlib import Path
from typing import Any

import click

from pipeline.commands.options import Dedupe, file_path, model_option, reading_options


@click.command(cls=Dedupe)
@click.argument("reference")
@click.argument("new")
@click.option("--report", type=file_path, help="Write the figures and pictures here, as one HTML file.")
@click.option("--json", "json_out", type=file_path, help="Write the figures here.")
@click.option(
    "--false-alarms",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.01,
    show_default=True,
    help="How often alike batches may be called unlike.",
)
@model_option
@reading_options
def drift(  # noqa: PLR0913, PLR0917 (click gives each by name)
    reference: str,
    new: str,
    model: str,
    false_alarms: float,
    report: Path | None,
    json_out: Path | None,
    strict: bool,
    **how: Any,  # noqa: ANN401 (passed on as they are)
) -> None:
    """Tell whether the batch NEW is unlike REFERENCE; inputs as predict takes them.

    Exit code 0 if it is not, 1 if it is: the signs are then marked "unlike". Take as REFERENCE what the model has not
    learnt from, such as last month's headlines.
    """
    from pipeline.drift.watch import watch
    from pipeline.ingest.record import Options
    from pipeline.tagger import Tagger

    options = Options(**how)
    found = watch(
        reference, new, Tagger.load(model), options, false_alarms=false_alarms, report=report, json_out=json_out
    )
    if found.alarms or (strict and found.rejected):
        raise click.exceptions.Exit(1)
