"""Killed and killed again: after SIGKILL at whatever moment, the old state or the new one is whole, and work goes on.

``make kills`` kills each work 200 times and writes models/report/kills.md. Works run in forks of this process, so that
no moment is spent on starting Python: half of the moments lie anywhere, half in the last tenth, where things are
written. Then each is done where every file may grow to some random size only, so that some write fails; and, by root,
on a disk without room.
"""

import argparse
import importlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from apart import CRASHED, apart
from newsroom import Newsroom
from pyarrow.csv import read_csv
from works import MIXTURE, NEW, OLD, Command, Work, sound
from works_kept import NEWS_ROOM, Clicks, Import, Watching
from works_moved import Promotion

from pipeline.model import Model, load, save
from pipeline.registry import store
from pipeline.topics import TOPICS

ROOT: Final = Path(__file__).parent.parent
OVER, REFUSED, CRASH, NEXT, LITTER = "over before", "refused", "crashed", "the next run fails", "litter"
STARVED: Final = ("writes fail", "disk full")
WRONG: Final = (MIXTURE, CRASH, NEXT, LITTER)
HEAVY: Final = (
    *("mlflow", "matplotlib.figure", "pipeline.champion", "pipeline.predict", "pipeline.bulk", "pipeline.collect"),
    *("pipeline.serve.app", "pipeline.watch.watching", "pipeline.exchange", "pipeline.registry.promote"),
)
"""Imported before the forks, so that works are killed at work."""
ROOM: Final = 16 << 10
"""Bytes left on a disk that is full."""
QUICK: Final = ("--set", "split_folds=2", "--set", "evaluate_resamples=20", "--set", "tfidf_ngram_max=4")
TIMES: Final = 12
"""Times that the headlines stand in a large table, which makes some pieces."""
LONGER: Final = 1.02
"""Times as long as before a work is thought to take, as long as it is killed before its end."""
SHARE: Final = 10
"""Kills to a write that fails."""


def inputs(folder: Path) -> None:
    """Make in a folder what is worked on: tables, and two models."""
    lines = (ROOT / "data/headlines.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    for name, count in {"many": 4_000, "few": 500, "clicked": 30}.items():
        (folder / f"{name}.csv").write_text("".join(lines[: count + 1]), encoding="utf-8")
    headlines = read_csv(ROOT / "data/headlines.csv").select(["headline"])
    pq.write_table(pa.concat_tables([headlines] * TIMES), folder / "large.parquet", row_group_size=len(headlines))
    shutil.copytree(ROOT / "tests/golden/model", folder / "golden")
    golden = load(folder / "golden")
    dumb = golden.features.select(["block", "feature", "idf"])
    for topic in TOPICS:
        dumb = dumb.append_column(topic.value, pa.array(np.zeros(len(dumb), np.float32)))
    save(Model(golden.card, dumb), folder / "dumb")


def works(folder: Path, place: Path, room: str) -> Iterator[Work]:
    """Give the works, one after the other, each in a folder of its own in a place."""
    many, few, golden, dumb = (folder / name for name in ("many.csv", "few.csv", "golden", "dumb"))
    for name in ("tags", "pieces", "texts", "champion", "imported", "clicked", "moved/models", "watched"):
        (place / name).mkdir(parents=True)
    output = place / "tags/tags.csv"
    yield Command("predict", output, ("predict", str(many), "--model", str(golden), "--out", str(output)))
    output, command = place / "pieces/pieces.parquet", ("predict", str(folder / "large.parquet"), "--resume")
    yield Command("pieces of a table", output, (*command, "--model", str(golden), "--out", str(output)))
    output = place / "texts/texts.csv"
    yield Command("ingest", output, ("ingest", str(many), "--dedupe", "exact", "--out", str(output)))
    output = place / "champion/champion"
    yield Command("train", output, ("train", "--data", str(few), "--model", str(output), *QUICK), dumb)
    moving = Promotion("promotion", place / "moved/models/champion", (golden, dumb), folder / "registry.db")
    moving.prepare()
    yield moving
    output = place / "imported/corrections.db"
    yield Import("corrections, imported", output, ("corrections", "import", str(few), "--corrections", str(output)))
    texts = [line.split(",")[0] for line in (folder / "clicked.csv").read_text(encoding="utf-8").splitlines()[1:]]
    yield Clicks("corrections, clicked", place / "clicked/corrections.db", texts, golden, folder / "answered")
    yield Watching("watch", place / "watched/headlines.db", room, golden, folder / "posted")


def kill(work: Work, count: int, lots: random.Random, seconds: float) -> Counter[str]:
    """Kill a work again and again; give how often each state was found, how often it was over before, and faults."""
    found = Counter[str]()
    while found[OLD] + found[NEW] + found[MIXTURE] + found[CRASH] < count:
        work.put_old()
        begin = 0.9 * (found.total() % 2)
        took, status = apart(work.act, killed_after=seconds * lots.uniform(begin, 1))
        seconds = took if status == 0 else LONGER * seconds  # the machine may be slower or faster than it was
        state = work.state()
        found[state if status < 0 or state == MIXTURE else CRASH if status else OVER] += 1
        found[NEXT] += int(work.each and not work.again())
    return _ended(work, found)


def starve(work: Work, count: int, lots: random.Random) -> Counter[str]:
    """Do a work that was done before where files may not grow beyond some random size; one that fits is over."""
    largest = max(path.stat().st_size for path in work.place.rglob("*"))
    found = Counter[str]()
    for _ in range(count):
        work.put_old()
        _, status = apart(work.act, most=lots.randrange(largest))
        found[_told(work.state(), status)] += 1
        found[NEXT] += int(work.each and not work.again())
    return _ended(work, found)


def fill(work: Work, disk: Path) -> Counter[str]:
    """Do a work that was done before on a disk without room for what it leaves."""
    work.put_old()
    filler = disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(disk).free - ROOM))
    _, status = apart(work.act)
    filler.unlink()
    return _ended(work, Counter({_told(work.state(), status): 1}))


def _told(state: str, status: int) -> str:
    if state == MIXTURE:
        return MIXTURE
    return {0: OVER, 1: REFUSED, CRASHED: CRASH}.get(status, CRASH)


def _ended(work: Work, found: Counter[str]) -> Counter[str]:
    """Let a work be done at last, and count what goes wrong or is left over."""
    found[NEXT] += int(not work.again())
    found[LITTER] += len(work.litter())
    return found


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a file system with little room; needs root."""
    place = folder / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


class Journal(list[tuple[str, str]]):
    """What a webhook was told, in a file that outlives it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def append(self, told: tuple[str, str]) -> None:
        with self._path.open("ab", buffering=0) as file:
            file.write("\t".join(told).encode() + b"\n")


@contextmanager
def newsroom(posted: Path) -> Iterator[str]:
    """Run a newsroom in a process of its own, which no kill is meant for; give its address."""
    with Newsroom() as room:
        room.news, room.posted = list(NEWS_ROOM), Journal(posted)
        child = os.fork()
        if child == 0:
            room.serve_forever(0.05)
    try:
        yield room.address
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def tally(count: int, seed: int, wanted: str) -> Iterator[tuple[str, Counter[str]]]:
    """Kill, starve and fill every work whose name begins as wanted, and give what was found behind each."""
    lots, full = random.Random(seed), os.geteuid() == 0  # noqa: S311 (lots, no secrets)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())).resolve()
        _settle(folder)
        room = stack.enter_context(newsroom(folder / "posted"))
        place = stack.enter_context(small_disk(folder, "256m")) if full else folder / "outputs"
        for work in works(folder, place, room):
            if work.name.startswith(wanted):
                seconds = work.learn()
                yield f"{work.name}, killed", kill(work, count, lots, seconds)
                yield f"{work.name}, writes fail", starve(work, -(-count // SHARE), lots)
                if full:
                    yield f"{work.name}, disk full", fill(work, place)
        yield "MLflow’s store", Counter({NEW if sound(folder / "mlflow.db") else MIXTURE: 1})


def _settle(folder: Path) -> None:
    """Work in a folder alone, with all that is heavy at hand."""
    os.chdir(folder)
    (folder / "scratch").mkdir()
    alone = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "TMPDIR": str(folder / "scratch")}
    os.environ |= alone
    store.prepare()
    os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder / 'mlflow.db'}"
    for module in HEAVY:
        importlib.import_module(module)
    inputs(folder)


def report(found: dict[str, Counter[str]], count: int, seconds: float) -> str:
    """Write what was found as Markdown."""
    columns = (OLD, NEW, OVER, REFUSED, *WRONG)
    kills, others = ([each for name, each in found.items() if name.endswith(ends)] for ends in ("killed", STARVED))
    killed = sum(each[what] for each in kills for what in (OLD, NEW, MIXTURE))
    starved = sum(each[what] for each in others for what in (REFUSED, MIXTURE, CRASH))
    wrong = sum(each[what] for each in found.values() for what in WRONG)
    lines = [
        "# Kills\n",
        f"`make kills` killed works {killed:,} times, and {starved:,} times did not let them write: {wrong or 'none'} "
        "of them left a mixture, lost what was acknowledged, crashed, left litter, or a next run that fails.\n",
        f"It sent SIGKILL to each work at {count} random moments ({seconds:.0f} s in all), did it where no "
        "file may grow beyond some random size, and on a disk without room. *Old* and *new* are whole; of clicks, "
        "*old* has all corrections that were acknowledged, and *new* the one under way as well; of a watch, *new* has "
        "all headlines and all letters to the webhook, each of which arrived, by one key. What stands right of "
        "*refused* should never be.\n",
        f"| work | {' | '.join(columns)} |",
        "| --- |" + " ---: |" * len(columns),
    ]
    lines += [f"| {name} | {' | '.join(str(each[column]) for column in columns)} |" for name, each in found.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="works whose names begin so")
    parser.add_argument("--report", type=Path)
    wanted = parser.parse_args()
    target = wanted.report and wanted.report.resolve()
    begun = time.monotonic()
    told = dict(tally(wanted.count, wanted.seed, wanted.only))
    text = report(told, wanted.count, time.monotonic() - begun)
    if target:
        target.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    sys.exit(any(each[what] for each in told.values() for what in WRONG))
