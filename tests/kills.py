"""Killed and killed again: after SIGKILL at whatever moment, the old state or the new one is whole, and work goes on.

``make kills`` kills each work 200 times and writes models/report/kills.md. Works run in forks of this process, so that
no moment is spent on starting Python: half of the moments lie anywhere, half in the last tenth, where things are
written. ``--full`` does the same works on a disk without room.
"""

import argparse
import hashlib
import importlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from pipeline.cli import main
from pipeline.model import Model, load, save
from pipeline.topics import TOPICS

ROOT: Final = Path(__file__).parent.parent
OVER, MIXTURE, NEXT, LITTER = "over before", "a mixture", "the next run fails", "litter"
WRONG: Final = (MIXTURE, NEXT, LITTER)
HEAVY: Final = ("mlflow", "matplotlib.figure", "pipeline.champion", "pipeline.predict", "pipeline.collect")
"""Imported before the forks, so that works are killed at work."""
ROOM: Final = 16 << 10
"""Bytes left on a disk that is full."""
QUICK: Final = ("--set", "split_folds=2", "--set", "evaluate_resamples=20", "--set", "tfidf_ngram_max=4")


@dataclass(frozen=True)
class Work:
    """Something that is killed.

    Attributes:
        name: What it is.
        arguments: Of the command line.
        output: What it leaves.
        old: A folder that stands there before; a file of few bytes if None.
    """

    name: str
    arguments: tuple[str, ...]
    output: Path
    old: Path | None = None


def works(folder: Path, place: Path) -> list[Work]:
    """Make what is to be worked on in one folder, and give the works, whose outputs go to another place."""
    lines = (ROOT / "data/headlines.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "many.csv").write_text("".join(lines[:4_001]), encoding="utf-8")
    (folder / "few.csv").write_text("".join(lines[:501]), encoding="utf-8")
    many, few, model = (str(folder / name) for name in ("many.csv", "few.csv", "golden"))
    shutil.copytree(ROOT / "tests/golden/model", model)
    golden = load(Path(model))
    dumb = golden.features.select(["block", "feature", "idf"])
    for topic in TOPICS:
        dumb = dumb.append_column(topic.value, pa.array(np.zeros(len(dumb), np.float32)))
    save(Model(golden.card, dumb), folder / "dumb")
    tags, texts, champion = (place / name / name for name in ("tags.csv", "texts.csv", "champion"))
    for output in (tags, texts, champion):
        output.parent.mkdir()
    return [
        Work("predict", ("predict", many, "--model", model, "--out", str(tags)), tags),
        Work("ingest", ("ingest", many, "--dedupe", "exact", "--out", str(texts)), texts),
        Work("train", ("train", "--data", few, "--model", str(champion), *QUICK), champion, folder / "dumb"),
    ]


def state(output: Path) -> str:
    """Give a digest of a file, or of the files in a folder."""
    files = sorted(output.iterdir()) if output.is_dir() else [output]
    sha = hashlib.sha256()
    for path in files:
        sha.update(path.name.encode() + b"\0" + (path.read_bytes() if path.exists() else b""))
    return sha.hexdigest()


def put_old(work: Work) -> str:
    """Put the old state in place."""
    if work.output.is_dir():
        shutil.rmtree(work.output)
    if work.old:
        shutil.copytree(work.old, work.output)
    else:
        work.output.write_bytes(b"old\n")
    return state(work.output)


def run(work: Work, killed_after: float | None = None) -> tuple[float, int]:
    """Do a work in a process of its own; give its seconds, and how it ended."""
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        os.setsid()
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(silence, stream)
        os._exit(main(work.arguments))
    if killed_after is not None:
        time.sleep(killed_after)
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return time.monotonic() - begun, os.waitstatus_to_exitcode(status)


def kill(work: Work, count: int, seed: int) -> Counter[str]:
    """Kill a work again and again, and give what was found behind.

    Args:
        work: The work.
        count: How often.
        seed: Of the moments.

    Returns:
        How often the old and the new state were found, how often the work was over before, and everything else.
    """
    lots, found = random.Random(seed), Counter[str]()  # noqa: S311 (lots, no secrets)
    put_old(work)
    run(work)  # once for what is made only once, such as MLflow's store
    old = put_old(work)
    seconds, _ = run(work)
    new = state(work.output)
    if new == old:
        raise RuntimeError(f"{work.name} leaves what stood there: a kill would show nothing")
    while found["old"] + found["new"] + found[MIXTURE] < count:
        put_old(work)
        begin = 0.9 * (found.total() % 2)
        _, code = run(work, seconds * lots.uniform(begin, 1))
        after = {old: "old", new: "new"}.get(state(work.output), MIXTURE)
        found[after if code < 0 or after == MIXTURE else OVER] += 1
    _, code = run(work)
    found[NEXT] += int(code != 0 or state(work.output) != new)
    found[LITTER] += len(litter(work.output))
    return found


def litter(output: Path) -> list[str]:
    """Give what stands beside an output and is neither it nor the lock that whoever moves a champion holds."""
    return [path.name for path in output.parent.iterdir() if path.name not in (output.name, f".{output.name}.lock")]


def fill(work: Work, disk: Path) -> Counter[str]:
    """Do a work on a disk without room for what it leaves, and give what was found behind."""
    old, filler = put_old(work), disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(disk).free - ROOM))
    _, code = run(work)
    found = Counter({"refused": int(code == 1), MIXTURE: int(state(work.output) != old or code != 1)})
    filler.unlink()
    _, code = run(work)
    found[NEXT] += int(code != 0 or state(work.output) == old)
    found[LITTER] += len(litter(work.output))
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


def sound(store: Path) -> bool:
    """Tell whether MLflow's store is whole."""
    with sqlite3.connect(store) as base:
        return base.execute("pragma integrity_check").fetchall() == [("ok",)]


def tally(count: int, seed: int) -> Iterator[tuple[str, Counter[str]]]:
    """Kill and fill every work, and give what was found behind each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chdir(folder)
        os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
        for module in HEAVY:
            importlib.import_module(module)
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder / 'mlflow.db'}"
        (folder / "outputs").mkdir()
        for work in works(folder, folder / "outputs"):
            yield f"{work.name}, killed", kill(work, count, seed)
        yield "MLflow’s store", Counter({"new" if sound(folder / "mlflow.db") else MIXTURE: 1})
        for left in ("golden", "dumb"):
            shutil.rmtree(folder / left)
        with small_disk(folder, "8m") as disk:
            for work in works(folder, disk):
                yield f"{work.name}, disk full", fill(work, disk)


def report(found: dict[str, Counter[str]], count: int, seconds: float) -> str:
    """Write what was found as Markdown."""
    columns = ("old", "new", OVER, "refused", *WRONG)
    lines = [
        "# Kills\n",
        f"`make kills` sent SIGKILL to each work at {count} random moments ({seconds:.0f} s in all), and did it on a "
        "disk without room. *Old* and *new* are whole; what stands right of *refused* should never be.\n",
        f"| work | {' | '.join(columns)} |",
        "| --- |" + " ---: |" * len(columns),
    ]
    lines += [f"| {name} | {' | '.join(str(each[column]) for column in columns)} |" for name, each in found.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=Path)
    wanted = parser.parse_args()
    target = wanted.report and wanted.report.resolve()
    begun = time.monotonic()
    told = dict(tally(wanted.count, wanted.seed))
    text = report(told, wanted.count, time.monotonic() - begun)
    if target:
        target.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    sys.exit(any(each[what] for each in told.values() for what in WRONG))
