"""Batches that are unlike the corpus, each in one way, and batches that are not: what `rubrika drift` says of them.

``make drift-check`` compares random halves of the corpus a hundred times, and writes models/report/drift.md.
"""

import argparse
import csv
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Final

from joblib import Parallel, delayed

from pipeline.drift.batch import read_batch
from pipeline.drift.compare import FALSE_ALARMS, Drift, Told, compare
from pipeline.ingest import Options
from pipeline.tagger import Tagger

ROOT: Final = Path(__file__).parent.parent
Row = dict[str, str]

_WHO = ("The council", "A local museum", "The bakery", "A village school", "The ferry line", "One young cellist")
_DOES = ("opens", "postpones", "repairs", "wins back", "gives away", "paints")
_WHAT = (
    "its oldest bridge",
    "a winter garden",
    "the town clock",
    "two rowing boats",
    "the summer fair",
    "a blue piano",
)
FOREIGN: Final = [" ".join(words) for words in product(_WHO, _DOES, _WHAT)]


def corpus() -> list[Row]:
    """Give the rows of the corpus."""
    with (ROOT / "data/headlines.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: Iterable[Row]) -> Path:
    """Write rows as a CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ("headline", "tags", "date"), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def halves(rows: list[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """Deal rows to two halves by lot."""
    dealt = random.Random(seed).sample(rows, len(rows))  # noqa: S311 (lots, no secrets)
    return dealt[: len(dealt) // 2], dealt[len(dealt) // 2 :]


def _headlines(change: Callable[[str], str]) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [{**row, "headline": change(row["headline"])} for row in rows]


def _lossy(headline: str) -> str:
    """Write a headline as a program without Cyrillic letters does."""
    return headline.encode("ascii", "replace").decode()


def _garbled(headline: str) -> str:
    """Read the UTF-8 of a headline as CP1251."""
    return headline.encode().decode("cp1251", "replace")


def _without(topic: str) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [row for row in rows if topic not in row["tags"].split()]


UNLIKE: Final[Mapping[str, Callable[[list[Row]], list[Row]]]] = {
    "another language": lambda _: [{"headline": text, "tags": "", "date": ""} for text in FOREIGN],
    "one headline in ten in another language": lambda rows: [
        {**row, "headline": FOREIGN[place % len(FOREIGN)]} if place % 10 == 0 else row for place, row in enumerate(rows)
    ],
    "another decade": lambda rows: [row for row in rows if "2008" <= row["date"] < "2015"],
    "UTF-8 read as CP1251": _headlines(_garbled),
    "letters lost to question marks": _headlines(_lossy),
    "no politics": _without("politics"),
    "no economy": _without("economy"),
    "no war": _without("war"),
}
"""What is wrong with a batch, and how it comes of one that is like the corpus."""


def told(reference: list[Row], new: list[Row], tagger: Tagger, false_alarms: float = FALSE_ALARMS) -> Drift:
    """Compare two batches by way of files."""
    seed = tagger.model.settings.seed
    with tempfile.TemporaryDirectory() as folder:
        paths = write(Path(folder) / "reference.csv", reference), write(Path(folder) / "new.csv", new)
        one, other = (Told.of(read_batch(str(path), Options(), seed), tagger) for path in paths)
    return compare(one, other, tagger, false_alarms, seed)


def by_chance(drift: Drift) -> bool:
    """Tell whether a sign would be one by its chance alone, however small the gap."""
    return bool(replace(drift, signs=[replace(sign, matters=0.0) for sign in drift.signs]).alarms)


_tagger: list[Tagger] = []


def _half(model: str, seed: int) -> tuple[bool, bool, dict[str, float]]:
    if not _tagger:
        _tagger.append(Tagger.load(model))
    found = told(*halves(corpus(), seed), _tagger[0])
    gaps = {sign.name: abs(sign.new.value - sign.reference.value) for sign in found.signs}
    return bool(found.alarms), by_chance(found), gaps


def _report(model: str, count: int) -> Iterable[str]:
    tagger, rows = Tagger.load(model), corpus()
    reference, new = halves(rows, 0)
    unlike = {name: told(reference, change(new), tagger).alarms for name, change in UNLIKE.items()}
    dealt = Parallel(n_jobs=-1)(delayed(_half)(model, seed) for seed in range(1, count + 1))
    alarms, chance = (sum(one[place] for one in dealt) for place in (0, 1))
    yield "# Drift\n"
    yield (
        f"`make drift-check` compares batches: of {len(unlike)} that are unlike the reference "
        f"{sum(map(bool, unlike.values()))} are noticed, and {alarms} of {count} random halves of one corpus raise an "
        "alarm.\n"
    )
    yield (
        f"They are drawn from the corpus ({len(rows):,} rows, at most 5,000 of a batch looked at), with false alarms "
        f"set to {FALSE_ALARMS:.0%}.\n"
    )
    yield "## Noticed\n\nThe reference is one half of the corpus; the new batch is made of the other.\n"
    yield "| the new batch | noticed | by |\n| --- | --- | --- |"
    for name, found in unlike.items():
        signs = ", ".join(f"{sign.name} {sign.reference.value:.2f} → {sign.new.value:.2f}" for sign in found)
        yield f"| {name} | {'yes' if found else '**no**'} | {signs} |"
    yield f"\n## Not to cry wolf\n\nOf {count} random halves against the other half:\n"
    yield "| alarms | at most | by chance alone, had any gap mattered |\n| ---: | ---: | ---: |"
    yield f"| {alarms} | {count // 20} | {chance} |\n"
    yield "The largest gap that was met between halves, beside the one that matters:\n"
    yield "| sign | largest gap | matters from |\n| --- | ---: | ---: |"
    for sign in told(reference, new, tagger).signs:
        yield f"| {sign.name} | {max(gaps[sign.name] for *_, gaps in dealt):.3f} | {sign.matters:.2f} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--model", default=str(ROOT / "models/champion"))
    parser.add_argument("--report", type=Path)
    wanted = parser.parse_args()
    text = "\n".join(_report(wanted.model, wanted.count)) + "\n"
    if wanted.report:
        wanted.report.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
