"""READ FIRST. Drift from inputs to an answer: read both batches, compare, print, write, log."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.drift.batch import Batch, read_batch
from pipeline.drift.compare import Drift, Told, compare
from pipeline.drift.days import Day, days
from pipeline.drift.page import chance, page, summary
from pipeline.ingest import Options
from pipeline.tagger import Tagger
from pipeline.track import log_drift
from pipeline.write import whole_file


def watch(  # noqa: PLR0913 - what the command has
    reference: str,
    new: str,
    tagger: Tagger,
    options: Options,
    *,
    false_alarms: float,
    report: Path | None,
    json_out: Path | None,
) -> Drift:
    """Tell whether a new batch is unlike a reference.

    Args:
        reference: What is usual, as ``ingest.read`` takes it.
        new: What came.
        tagger: A model at work.
        options: How to read both.
        false_alarms: How often alike batches may be called unlike, 0 to 1.
        report: An HTML file to write.
        json_out: A JSON file to write.

    Returns:
        The signs.
    """
    seed = tagger.model.settings.seed
    one, other = (Told.of(read_batch(source, options, seed), tagger) for source in (reference, new))
    found, by_day = compare(one, other, tagger, false_alarms, seed), days(one, other)
    html = page(found, by_day, one.batch, other.batch, tagger.model.card)
    Console(highlight=False, width=100).print(table(found))
    Console(highlight=False, stderr=True).print(summary(found), soft_wrap=True)
    if report:
        _write(report, html)
    if json_out:
        told = plain(found, by_day, one.batch, other.batch)
        _write(json_out, json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    log_drift({"reference": reference, "new": new}, figures(found), html)
    return found


def table(drift: Drift) -> Table:
    """Lay out the signs for a terminal."""
    laid = Table(box=None, pad_edge=False, header_style="bold")
    laid.add_column("")
    for name in ("reference", "new", "by chance"):
        laid.add_column(name, justify="right")
    laid.add_column("")
    for sign in drift.signs:
        both = (f"{each.value:.3f} ({each.low:.3f}–{each.high:.3f})" for each in (sign.reference, sign.new))
        laid.add_row(sign.name, *both, chance(sign), "unlike" if sign in drift.alarms else "")
    return laid


def figures(drift: Drift) -> dict[str, float]:
    """Give the figures by name, as MLflow keeps them."""
    gaps = {
        f"{sign.name} {side}": figure.value
        for sign in drift.signs
        for side, figure in (("reference", sign.reference), ("new", sign.new))
    }
    return {"drifted": float(bool(drift.alarms))} | {name.translate(_PLAIN): value for name, value in gaps.items()}


_PLAIN = str.maketrans({" ": "_", "(": None, ")": None})


def plain(drift: Drift, by_day: list[Day], reference: Batch, new: Batch) -> dict[str, Any]:
    """Give what was found in plain values."""
    alarms = [sign.name for sign in drift.alarms]
    batches = {"reference": reference, "new": new}
    read = {side: {"input": batch.name, "headlines": len(batch)} for side, batch in batches.items()}
    signs = [{**asdict(sign), "alarm": sign.name in alarms} for sign in drift.signs]
    return {"drifted": bool(alarms), **read, "signs": _named(signs), "days": _named([asdict(day) for day in by_day])}


def _named(value: Any) -> Any:  # noqa: ANN401 (plain values of any depth)
    """Turn figures, which JSON would write as lists, into objects."""
    if hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, dict):
        return {name: _named(inner) for name, inner in value.items()}
    return [_named(inner) for inner in value] if isinstance(value, list) else value


def _write(path: Path, text: str) -> None:
    with whole_file(path) as file:
        file.write(text.encode())
