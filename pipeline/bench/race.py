"""How fast, against whom: interleaved rounds in one process, ratios within a round, the machine and the versions told.

On a machine that others use too, only ratios within a round mean anything: each round runs every contestant once, every
other round backwards, and a ratio is the median over rounds. The headlines are the corpus's own words, shuffled.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from pipeline.bench.rivals import fasttext_predict, naive_predict
from pipeline.bench.speed import Speed, interleave, machine, save
from pipeline.labelled import read_labelled
from pipeline.lemmatize import forget
from pipeline.machine import processors
from pipeline.model import load
from pipeline.tagger import Tagger
from pipeline.topics import OTHER

OURS: Final = "rubrika, one thread"
_LETTERS: Final = np.array(list("абвгдежзийклмнопрстуфхцчшщыьэюя"))
_SHARE: Final = 10
"""The slow contestants get one headline in so many."""


def headlines(words: Sequence[str], count: int, seed: int) -> list[str]:
    """Make different headlines of eight words each from given words, as often as they stand."""
    drawn = np.random.default_rng(seed).choice(np.array(words, dtype=object), (count, 8))
    return [" ".join(row) for row in drawn]


def strangers(count: int, seed: int) -> list[str]:
    """Make headlines of eight words each that nobody has seen: four to ten letters by lot."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(4, 11, (count, 8))
    return [" ".join("".join(rng.choice(_LETTERS, size)) for size in row) for row in sizes]


def bench(folder: Path, data: Path, out: Path, rounds: int, count: int) -> dict[str, list[Speed]]:
    """Measure everything.

    Args:
        folder: The model.
        data: The labelled table that the rivals learn from.
        out: The folder for the table, the picture and the JSON.
        rounds: How many times each contestant is measured.
        count: How many headlines.

    Returns:
        The speeds of each contest.
    """
    told = {"machine": machine(), "headlines": count, "rounds": rounds}
    table = read_labelled(data)
    texts, tags = list(table["headline"]), [(text.split() or [OTHER])[0] for text in table["tags"]]
    words = [word for text in texts for word in text.split()]
    contests = {
        "warm": warm(folder, (texts, tags), headlines(words, count, 1), rounds),
        "threads": threads(folder, _table(headlines(words, count, 1)), rounds),
        "cold": cold(folder, words, count, rounds),
        "shell": shell(folder, rounds),
    }
    save(contests, told, out)
    return contests


def warm(folder: Path, labelled: tuple[list[str], list[str]], texts: list[str], rounds: int) -> list[Speed]:
    """Measure tagging of a list of headlines whose words are known, in headlines a second."""
    one, some = Tagger(load(folder), threads=1), texts[: len(texts) // _SHARE]
    works: dict[str, tuple[Callable[[list[str]], object], list[str]]] = {
        OURS: (lambda given: one.tag_arrow(_table(given)), texts),
        "fastText, predict on the list": (fasttext_predict(*labelled), texts),
        "cached pymorphy3 + TF-IDF + logistic regression": (naive_predict(*labelled), some),
    }
    for work, given in works.values():
        work(given)
    return interleave({name: _rate(*pair) for name, pair in works.items()}, rounds, faster=OURS, more=True)


def threads(folder: Path, table: pa.Table, rounds: int) -> list[Speed]:
    """Measure what all processors bring, in headlines a second, where nothing is made of Python's own texts."""
    names = [f"{name} on an Arrow table" for name in ("one thread", f"{processors()} threads")]
    taggers = dict(zip(names, (Tagger(load(folder), threads=1), Tagger(load(folder))), strict=True))
    for tagger in taggers.values():
        tagger.tag_arrow(table)
    works = {name: _rate(tagger.tag_arrow, table) for name, tagger in taggers.items()}
    return interleave(works, rounds, faster=names[0], more=True)


def cold(folder: Path, words: Sequence[str], count: int, rounds: int) -> list[Speed]:
    """Measure a fresh tagger, in headlines a second."""
    model, seeds = load(folder), iter(range(10, 10_000))

    def work(make: Callable[[int, int], list[str]], size: int) -> Callable[[], float]:
        def fresh() -> float:
            forget()
            return _rate(Tagger(model, threads=1).tag_arrow, _table(make(size, next(seeds))))()

        return fresh

    works = {
        "rubrika, words of the corpus": work(lambda size, seed: headlines(words, size, seed), count),
        "rubrika, every word new": work(strangers, count // 20),
    }
    return interleave(works, min(rounds, 3), faster="rubrika, words of the corpus", more=True)


def shell(folder: Path, rounds: int) -> list[Speed]:
    """Measure commands from start to end, and the reading of a model alone, in seconds."""
    console = str(Path(sys.executable).parent / "rubrika")
    commands = {
        "rubrika predict, one headline": [console, "predict", "--model", str(folder.resolve())],
        "rubrika --help": [console, "--help"],
        'python -c "import sklearn.linear_model"': [sys.executable, "-c", "import sklearn.linear_model"],
    }

    def work(command: list[str]) -> Callable[[], float]:
        def run() -> float:
            begun = time.perf_counter()
            subprocess.run(command, input="ЦБ сохранил ставку", text=True, capture_output=True, check=True)  # noqa: S603
            return time.perf_counter() - begun

        return run

    def read() -> float:
        begun = time.perf_counter()
        load(folder)
        return time.perf_counter() - begun

    works = {name: work(command) for name, command in commands.items()} | {"the model alone, read": read}
    return interleave(works, rounds, faster="rubrika predict, one headline", more=False)


def _table(texts: list[str]) -> pa.Table:
    return pa.table({"headline": pa.array(texts, pa.string())})


def _rate(work: Callable[[Any], object], given: Sequence[str] | pa.Table) -> Callable[[], float]:
    def measured() -> float:
        begun = time.perf_counter()
        work(given)
        return len(given) / (time.perf_counter() - begun)

    return measured
