"""How fast headlines are tagged that stand in memory: all that ``rubrika predict`` does between reading and writing.

``python -m pipeline.bench.inmemory models/champion in.parquet`` reads the file, then prints figures as JSON: how long a
process takes to which every word is new, as in each run of the command; and how many a second it tags after that.
"""

import json
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.ingest.keep import ROWS, Keeper
from pipeline.ingest.record import Counts, Options
from pipeline.predict import tagged
from pipeline.tagger import Tagger

_SOME: Final = 1_000_000
"""Headlines of which the rates are told."""
_TURNS: Final = 3
"""Times that a rate is measured; the highest counts, as nothing else then was in the way."""


def measure(model: Path, table: pa.Table) -> dict[str, float]:
    """Tag a table in all threads.

    Args:
        model: The model's folder.
        table: With a text column ``headline``.

    Returns:
        ``seconds``: of looking at every headline as ingest does, cleaning and tagging, with the loading of the model.
        Then headlines a second: ``kept and tagged``, of the same when words are known; ``tagged``, of tagging alone.
    """
    begun = time.perf_counter()
    tagger = Tagger.load(model)
    _keep_and_tag(tagger, table)
    seconds, some = time.perf_counter() - begun, table[:_SOME]
    rates = {"kept and tagged": lambda: _keep_and_tag(tagger, some), "tagged": lambda: tagger.tag_arrow(some)}
    return {"seconds": seconds} | {name: max(_rates(work, len(some))) for name, work in rates.items()}


def _keep_and_tag(tagger: Tagger, table: pa.Table) -> None:
    def work(begin: int) -> None:
        kept = Keeper(Counts(), Options()).keep([("", table[begin : begin + ROWS])])
        deque((tagged(tagger, some) for some in kept), maxlen=0)

    threads, tagger.threads = tagger.threads, 1  # of each of these
    with ThreadPoolExecutor(threads) as workers:
        deque(workers.map(work, range(0, len(table), ROWS)), maxlen=0)
    tagger.threads = threads


def _rates(work: Callable[[], object], rows: int) -> list[float]:
    def rate() -> float:
        begun = time.perf_counter()
        work()
        return rows / (time.perf_counter() - begun)

    return [rate() for _ in range(_TURNS)]


def main(arguments: Sequence[str]) -> None:
    """Measure, and print the figures as JSON.

    Args:
        arguments: The model's folder, and the Parquet file.
    """
    figures = measure(Path(arguments[0]), pq.read_table(arguments[1], columns=["headline"]))
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
