"""What to label next: the headlines whose labels would teach most.

Filtered active submodular selection (Wei, Iyer and Bilmes 2015, https://proceedings.mlr.press/v37/wei15.html): among
the headlines that the model is least sure of, those are taken that together bring the most words that it has seen
seldom and that many headlines hold. Near-duplicates are asked for once. ``simulate.py`` shows what it gains.
"""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from math import log1p, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.answers import Tagged
from pipeline.decide import sureness
from pipeline.features import WORD_BLOCK
from pipeline.ingest.clean import clean_column
from pipeline.ingest.duplicates import Duplicates
from pipeline.likeness import lemma_sets
from pipeline.model import Model
from pipeline.tagger import Tagger

Floats = npt.NDArray[np.float64]

FILTER: Final = 8
"""Unsure headlines that are looked at for each that is asked for."""


def plan(tagger: Tagger, headlines: Sequence[str], most: int) -> list[Tagged]:
    """Choose the headlines to ask a person about.

    Args:
        tagger: The model.
        headlines: The headlines without labels.
        most: How many to choose.

    Returns:
        At most so many, with the model's tags, that which teaches most first; none in a language that it cannot read.
    """
    seen = clean_column(pa.array(headlines, pa.string()))
    scores, readable = tagger.scores(seen)
    sure = sureness(scores, tagger.decision.thresholds)
    places = [place for place in once(headlines) if readable[place]]
    lemmas = lemma_sets([headlines[place] for place in places])
    chosen = [places[place] for place in informative(lemmas, sure[places], known(tagger.model), most)]
    table = tagger.tag_arrow(pa.table({"headline": pa.array(headlines, pa.string()).take(chosen)}), seen.take(chosen))
    return [Tagged.of(row) for row in table.to_pylist()]


def once(headlines: Sequence[str]) -> list[int]:
    """Give the places of headlines, of near-duplicates the first only."""
    copies = {place for place, _ in Duplicates(near=True).find(headlines, range(len(headlines)), "")}
    return [place for place in range(len(headlines)) if place not in copies]


def informative(lemmas: Sequence[frozenset[str]], sure: Floats, seen: Mapping[str, float], most: int) -> list[int]:
    """Choose headlines that the model is unsure of and whose words it has seen seldom, so that they do not repeat.

    The sum over words of ``log(1 + headlines) * sqrt(times labelled)`` is made as large as can be, word by word less
    worth each time; the greedy choice is within 1 - 1/e of the best one (Nemhauser, Wolsey and Fisher 1978).

    Args:
        lemmas: The words of each headline.
        sure: How sure the model is of each, 0 to 1; shape (n_headlines,).
        seen: In how many labelled headlines a word stands.
        most: How many to choose.

    Returns:
        Places in the order of their worth.
    """
    worth = {lemma: log1p(count) for lemma, count in Counter(chain.from_iterable(lemmas)).items()}
    times = {lemma: float(seen.get(lemma, 0)) for lemma in worth}

    def gain(place: int) -> float:
        return sum(worth[lemma] * (sqrt(times[lemma] + 1) - sqrt(times[lemma])) for lemma in sorted(lemmas[place]))

    unsure = np.argsort(sure, kind="stable")[: FILTER * most].tolist()
    heap = [(-gain(place), rank, place) for rank, place in enumerate(unsure)]
    heapq.heapify(heap)
    chosen: list[int] = []
    while heap and len(chosen) < most:
        _, rank, place = heapq.heappop(heap)
        now = (-gain(place), rank, place)  # it may have fallen since it was put there (Minoux 1978)
        if heap and heap[0] < now:
            heapq.heappush(heap, now)
            continue
        chosen.append(place)
        for lemma in lemmas[place]:
            times[lemma] += 1
    return chosen


def known(model: Model) -> dict[str, float]:
    """Give in how many headlines a model's training has seen each word, by the words' idf."""
    words = model.features.filter(pa.compute.equal(model.features["block"], WORD_BLOCK))
    idf = words["idf"].to_numpy().astype(np.float64) ** (1 / model.settings.tfidf_idf_power)
    counts = (model.card.corpus["train"] + 1) / np.exp(idf - 1) - 1
    return dict(zip(words["feature"].to_pylist(), counts.tolist(), strict=True))
