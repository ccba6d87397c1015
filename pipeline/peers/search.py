"""The best settings of each peer, and its thresholds, chosen on the training side in the same way as Rubrika's."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from pipeline import classify
from pipeline.corpus import Corpus
from pipeline.decide import Decision
from pipeline.evaluate import macro_f1, outcomes
from pipeline.peers import bag, embedding, fast
from pipeline.peers.recipe import Flags, Floats, Learnt, Recipe
from pipeline.settings import Settings
from pipeline.stages import Stages


@dataclass(frozen=True)
class Chosen:
    """A peer that stands for its family.

    Attributes:
        recipe: How it learnt.
        learnt: What it has learnt from the whole training side.
        decision: Its calibration and thresholds, from cross-validation.
    """

    recipe: Recipe
    learnt: Learnt
    decision: Decision

    def given(self, headlines: Sequence[str]) -> Flags:
        """Give whether each headline gets each topic; shape (n_headlines, n_topics)."""
        return self.decision.given(self.decision.scores(self.learnt.margins(headlines)))

    def answer(self, headlines: Sequence[str]) -> Flags:
        """Give the same with nothing kept from before, for timing."""
        return self.decision.given(self.decision.scores(self.learnt.fresh(headlines)))


class Folds:
    """The training side, cut into the folds that Rubrika's own cross-validation uses.

    Args:
        corpus: Labelled headlines, dealt.
        settings: How many folds, and the seed.
    """

    def __init__(self, corpus: Corpus, settings: Settings) -> None:
        self.headlines = np.array(corpus.frame["headline"][corpus.train], dtype=object)
        self.tagged, self._right = corpus.tagged[corpus.train], settings.unsure_right
        folds = GroupKFold(settings.split_folds, shuffle=True, random_state=settings.seed)
        self._folds = list(folds.split(self.tagged, groups=corpus.groups[corpus.train]))

    def tried(self, recipe: Recipe) -> float:
        """Give the macro-F1 of a recipe on the first fold, by the thresholds that are best there."""
        margins, asked = self._unseen(recipe, 0)
        return self._macro(margins, self.tagged[asked])

    def decision(self, recipe: Recipe) -> Decision:
        """Learn to decide from the margins of all folds."""
        margins = np.zeros(self.tagged.shape)
        for place in range(len(self._folds)):
            found, asked = self._unseen(recipe, place)
            margins[asked] = found
        return classify.decide(margins, self.tagged, self._right)

    def _unseen(self, recipe: Recipe, place: int) -> tuple[Floats, np.ndarray]:
        seen, asked = self._folds[place]
        learnt = recipe.fit(list(self.headlines[seen]), self.tagged[seen])
        return learnt.margins(list(self.headlines[asked])), asked

    def _macro(self, margins: Floats, truth: Flags) -> float:
        decision = classify.decide(margins, truth, self._right)
        given = decision.given(decision.scores(margins))
        return float(macro_f1(outcomes(given, truth).sum(axis=0)))


def choose(corpus: Corpus, settings: Settings, cache: Path, stages: Stages) -> dict[str, Chosen]:
    """Choose the best settings of each family and train them on the whole training side.

    Args:
        corpus: Labelled headlines, dealt.
        settings: The folds and the seed.
        cache: The folder that keeps embeddings.
        stages: Where to tell what happens.

    Returns:
        A peer for each family, by its name.
    """
    folds, found = Folds(corpus, settings), {}
    recipes = [*bag.recipes(), *fast.recipes(), *embedding.recipes(cache)]
    for family, group in groupby(recipes, key=lambda recipe: recipe.family):
        with stages(family) as tell:
            rivals = list(group)
            scores = [folds.tried(recipe) for recipe in rivals] if len(rivals) > 1 else [0.0]
            best = rivals[int(np.argmax(scores))]
            tell(f"{best.settings}: the best of {len(rivals)}")
            found[family] = Chosen(best, best.fit(list(folds.headlines), folds.tagged), folds.decision(best))
    return found
