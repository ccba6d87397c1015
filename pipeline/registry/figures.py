"""What is measured of a model, as MLflow takes it: figures by name, curves by steps, the surest mistakes as a table."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Final

from pipeline.assess.assessment import Assessment
from pipeline.assess.rightness import Estimate, Rightness
from pipeline.evaluate import Quality

_STEPS: Final = range(0, 101, 5)
"""Percents at which curves are told."""


def of_quality(measured: Quality, prefix: str) -> dict[str, float]:
    """Give how right a model is, overall and per topic.

    Args:
        measured: The figures.
        prefix: What they were measured on, such as ``held_out``.

    Returns:
        Figures by name.
    """
    metrics = {"macro_f1": measured.macro_f1, "exact": measured.exact}
    metrics |= {"macro_f1_low": measured.interval[0], "macro_f1_high": measured.interval[1]}
    for topic, found in measured.topics.items():
        metrics |= {f"{name}_{topic}": value for name, value in asdict(found).items()}
    return {f"{prefix}_{name}": value for name, value in metrics.items()}


def of_assessment(found: Assessment) -> dict[str, float]:
    """Give calibration, ranking, what can be left to the model, and how right it is in each slice."""
    metrics = {f"calibration_error/{topic}": each.error for topic, each in found.calibration.items()}
    metrics |= {f"brier/{topic}": each.brier for topic, each in found.calibration.items()}
    metrics |= {f"average_precision/{topic}": each.average_precision for topic, each in found.ranking.items() if each}
    metrics |= _had({"coverage/sure": found.coverage.decided, "coverage/right_among_sure": found.coverage.right})
    for column, slices in found.slices.items():
        for each in slices:
            metrics |= _slice(allowed(f"slice/{column}/{each.value}"), each.right)
    return metrics


def curves(found: Assessment) -> Iterator[tuple[str, float, int]]:
    """Give precision by recall of each topic, and right answers by coverage; name, value and percent of each point."""
    for topic, ranked in found.ranking.items():
        for step in _STEPS if ranked else ():
            reached = [precision for recall, precision in ranked.curve if recall >= step / 100] if ranked else []
            yield f"curve/precision_by_recall/{topic}", max(reached), step
    for step in _STEPS[1:]:
        yield "curve/right_by_coverage", found.coverage.at(step / 100).right, step


def mistakes(found: Assessment) -> str:
    """Write the surest mistakes as MLflow keeps a table: JSON of columns and rows."""
    rows = [{**asdict(each), **each.scores} for each in found.worst]
    columns = [name for name in rows[0] if name != "scores"] if rows else ["headline"]
    return json.dumps(
        {"columns": columns, "data": [[row[name] for name in columns] for row in rows]}, ensure_ascii=False
    )


def allowed(name: str) -> str:
    """Give a name in the letters that MLflow takes."""
    return re.sub(r"[^\w./ -]", "-", name)


def _slice(name: str, right: Rightness) -> dict[str, float]:
    figures = {f"{name}/macro_f1": right.macro_f1, f"{name}/exact": right.exact}
    figures |= {f"{name}/f1_{topic}": each.f1 for topic, each in right.topics.items()}
    return {f"{name}/support": float(right.rows)} | _had(figures)


def _had(figures: Mapping[str, Estimate]) -> dict[str, float]:
    return {name: each.value for name, each in figures.items() if each.value is not None}
