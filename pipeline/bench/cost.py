"""What large tables cost, told from the figures that ``volume.py`` measured."""

from itertools import pairwise
from statistics import median
from typing import Any, Final

from pipeline.machine import processors

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
    sentences = (_on_tables, _on_resuming, _on_flatness, _on_a_job, _on_clusters)
    return "\n".join([*_table(figures), "", *(sentence(figures) + "\n" for sentence in sentences)])


def _table(figures: dict[str, Any]) -> list[str]:
    rows, compared, cores = figures["rows"], figures["compared rows"], processors()
    turns = list(zip(figures["parquet"], figures["in memory"], strict=True))
    best = rows / median(held["seconds"] for _, held in turns)
    known = {name: median(held[name] for _, held in turns) for name in ("kept and tagged", "tagged")}
    commands = {f"{kind} to {kind}": (rows, figures[kind]) for kind in ("jsonl", "csv")}
    commands[f"Spark local[{cores}], its start included"] = compared, figures["spark some"]
    rates = {
        f"in memory: looked at, cleaned and tagged, {cores} threads": best,
        "the same, once the words are known": known["kept and tagged"],
        "tagged only, words known": known["tagged"],
        f"joblib over row groups, {cores} processes": compared / figures["joblib"],
    }
    share = median(held["seconds"] / run["seconds"] for run, held in turns)
    most = max(run["megabytes"] for run, _ in turns)
    return [
        "| | headlines/s | of the rate in memory | peak memory, MB |",
        "| --- | ---: | ---: | ---: |",
        f"| parquet to parquet | {rows / _seconds(figures):,.0f} | {share:.0%} | {most:,.0f} |",
        *(
            f"| {name} | {(rate := count / run['seconds']):,.0f} | {rate / best:.0%} | {run['megabytes']:,.0f} |"
            for name, (count, run) in commands.items()
        ),
        *(f"| {name} | {rate:,.0f} | {rate / best:.0%} | |" for name, rate in rates.items()),
    ]


def _on_tables(figures: dict[str, Any]) -> str:
    return (
        f"The tables have {figures['rows']:,} headlines, those of joblib and Spark {figures['compared rows']:,}. Where "
        "nothing else is said, every word was new at the start. Parquet and memory took "
        f"{len(figures['parquet'])} turns: told are the medians, and the median of their ratios."
    )


def _seconds(figures: dict[str, Any]) -> float:
    return float(median(run["seconds"] for run in figures["parquet"]))


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
    seconds = _JOB * _seconds(figures) / figures["rows"]
    return (
        f"At this rate {_JOB:,} headlines in Parquet take one such machine {seconds / 60:,.1f} minutes: "
        f"{seconds / 3600 * processors():,.2f} hours of a processor."
    )


def _on_clusters(figures: dict[str, Any]) -> str:
    """Say from which size on a cluster ends sooner, by the measured starts and rates; a cluster's rates add up."""
    start, one = _line(figures, figures["some"]["seconds"], _seconds(figures))
    begin, each = _line(figures, *(figures[name]["seconds"] for name in ("spark some", "spark in")))
    gains = {machines: one - each / machines for machines in _MACHINES}
    pays = [f"{number} of them from {(begin - start) / gain:,.0f} on" for number, gain in gains.items() if gain > 0]
    return (
        f"Spark takes {begin:.1f} s to start, one machine without it {start:.1f} s; then each machine under Spark tags "
        f"{1 / each:,.0f} headlines a second, one without it {1 / one:,.0f}. So Spark ends sooner with "
        f"{', with '.join(pays) or f'more than {_MACHINES[-1]} of them only'}."
    )


def _line(figures: dict[str, Any], some: float, all_: float) -> tuple[float, float]:
    """Give the seconds of a start, and of a headline after it, from those of two sizes."""
    few, many = figures["compared rows"], figures["rows"]
    each = max(all_ - some, 0.01) / (many - few)
    return max(some - few * each, 0.0), each
