"""How much of the package the tests run: statements and branches of each room, as a table (``make coverage``)."""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Final

MEASURING: Final = tuple(
    PurePath("pipeline", place)
    for place in ("bench", "peers", "experiment.py", "review/gained.py", "review/simulate.py", "serve/load.py")
)
"""What measures for minutes or needs the extra ``bench``; each has a target of its own."""
COUNTED: Final = (
    *("num_statements", "covered_lines", "missing_lines"),
    *("num_branches", "covered_branches", "missing_branches"),
)
Counts = Counter[str]


def report(told: str) -> Iterator[str]:
    """Write what coverage.py has counted, from its JSON, as Markdown."""
    every, measuring, rooms = Counts(), Counts(), defaultdict[PurePath, Counts](Counts)
    for name, file in json.loads(told)["files"].items():
        path, counted = PurePath(name), Counts({each: file["summary"][each] for each in COUNTED})
        every += counted
        rooms[path.parent] += counted
        measuring += counted if any(path.is_relative_to(place) for place in MEASURING) else Counts()
    yield "# Coverage\n"
    yield (
        f"`make coverage` counts what the tests that `.ci/run` calls run of the package, in whatever process: "
        f"{_share(every)} of all statements and branches, {every['covered_branches']:,} of {every['num_branches']:,} "
        "branches.\n"
    )
    yield "| room | statements | run | branches | run | both |\n| --- | ---: | ---: | ---: | ---: | ---: |"
    for room, counted in sorted(rooms.items()):
        yield _row(f"{room}/", counted)
    yield _row("**all**", every)
    yield (
        f"\nOf {_unrun(every):,} statements and branches that no test runs, {_unrun(measuring):,} lie in what measures "
        "(bench, peers, `rubrika experiment`, the simulation of review, the load by wrk): it takes minutes or an extra "
        f"and has a target of its own. Without it: {_share(every - measuring)}. Not seen is what Spark's workers run "
        "of `spark.py`, and MLflow in its copy of `registry/served.py`."
    )


def _row(name: str, counted: Counts) -> str:
    statements, branches = counted["num_statements"], counted["num_branches"]
    ran = f"{statements:,} | {counted['covered_lines']:,} | {branches:,} | {counted['covered_branches']:,}"
    return f"| {name} | {ran} | {_share(counted)} |"


def _unrun(counted: Counts) -> int:
    return counted["missing_lines"] + counted["missing_branches"]


def _share(counted: Counts) -> str:
    """Give the share of statements and branches together that ran, as coverage.py counts, rounded down."""
    every = counted["num_statements"] + counted["num_branches"]
    return f"{(1000 * (every - _unrun(counted)) // every if every else 1000) / 10:.1f} %"


if __name__ == "__main__":
    told = Path(sys.argv[1]).read_text(encoding="utf-8")
    Path(sys.argv[2]).write_text("\n".join(report(told)) + "\n", encoding="utf-8")
