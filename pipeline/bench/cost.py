"""What large tables cost, told from the figures that ``volume.py`` measured."""

from itertools import pairwise
from typing import Any, Final

from pipeline.tagger import processors

_JOB: Final = 100_000_000
"""Headlines of the job whose cost is told."""
_PARTS: Final = 4
"""Of a stream whose memory is told."""
_MACHINES: Final = (4, 16)
"""Sizes of the clusters that are told of."""


def told(figures: dict[str, Any]) -> str:
    """Tell the figures in Markdown.

    Args:
        figures: As ``volume.measure`` gives them.

    Returns:
        A table, and what follows from it.
    """
    rows, compared = figures["rows"], figures["compared rows"]
    memory, spark = figures["in memory"], figures["spark some"]
    best = compared / memory["kept and tagged"]

    def line(name: str, count: int, seconds: float, megabytes: float | None = None) -> str:
        held = "" if megabytes is None else f"{megabytes:,.0f}"
        return f"| {name} | {count:,} | {count / seconds:,.0f} | {count / seconds / best:.0%} | {held} |"

    return "\n".join(
        [
            "| | headlines | a second | of the rate in memory | peak memory, MB |",
            "| --- | ---: | ---: | ---: | ---: |",
            *(line(f"{kind} to {kind}", rows, *_took(figures[kind])) for kind in ("parquet", "jsonl", "csv")),
            line(
                f"in memory: looked at, cleaned and tagged, {processors()} threads", compared, memory["kept and tagged"]
            ),
            line(f"in memory: only tagged, {processors()} threads", compared, memory["tagged"]),
            line(f"joblib over row groups, {processors()} processes", compared, figures["joblib"]),
            line(f"Spark local[{processors()}], its start included", compared, *_took(spark)),
            "",
            *(sentence(figures) + "\n" for sentence in (_on_resuming, _on_flatness, _on_a_job, _on_clusters)),
        ]
    )


def _took(run: dict[str, Any]) -> tuple[float, float]:
    return run["seconds"], run["megabytes"]


def _on_resuming(figures: dict[str, Any]) -> str:
    resumed = figures["resumed"]
    outcome = "the same file, byte by byte" if resumed["same file"] else "ANOTHER FILE"
    return f"A run that was killed after {resumed['parts before']} parts and taken up by `--resume` gave {outcome}."


def _on_flatness(figures: dict[str, Any]) -> str:
    megabytes = figures["flat"]
    edges = [len(megabytes) * place // _PARTS for place in range(_PARTS + 1)]
    most = [f"{max(megabytes[begin:end]):,.0f}" for begin, end in pairwise(edges)]
    return (
        f"Over {figures['chunks']:,} chunks that were all new, one process held at most {', '.join(most[:-1])} and "
        f"{most[-1]} MB in each quarter of the stream; what is remembered is full, and starts anew, every million."
    )


def _on_a_job(figures: dict[str, Any]) -> str:
    seconds = _JOB * figures["parquet"]["seconds"] / figures["rows"]
    return (
        f"At this rate {_JOB:,} headlines in Parquet take one such machine {seconds / 60:,.1f} minutes: "
        f"{seconds / 3600 * processors():,.2f} hours of a processor."
    )


def _on_clusters(figures: dict[str, Any]) -> str:
    """Say from which size on a cluster ends sooner, by the measured starts and rates; a cluster's rates add up."""
    start, one = _line(figures, figures["some"], figures["parquet"])
    begin, each = _line(figures, figures["spark some"], figures["spark in"])
    gains = {machines: one - each / machines for machines in _MACHINES}
    pays = [f"{number} of them from {(begin - start) / gain:,.0f} on" for number, gain in gains.items() if gain > 0]
    return (
        f"Spark takes {begin:.1f} s to start, one machine without it {start:.1f} s; then each machine under Spark tags "
        f"{1 / each:,.0f} headlines a second, one without it {1 / one:,.0f}. So Spark ends sooner with "
        f"{', with '.join(pays) or f'more than {_MACHINES[-1]} of them only'}."
    )


def _line(figures: dict[str, Any], some: dict[str, Any], all_: dict[str, Any]) -> tuple[float, float]:
    """Give the seconds of a start, and of a headline after it, from runs on two sizes."""
    few, many = figures["compared rows"], figures["rows"]
    each = max(all_["seconds"] - some["seconds"], 0.01) / (many - few)
    return max(some["seconds"] - few * each, 0.0), each
