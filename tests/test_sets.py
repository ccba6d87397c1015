"""Sets of lemmas as numbers: pairs are as alike as the lemmas themselves, however many share a bit of a sketch."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.likeness import jaccard, lemma_sets
from pipeline.sets import Sets, numbers

STRETCHES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=5)


@given(STRETCHES, st.sampled_from([0.001, 0.35, 0.5, 0.99, 1.0]))
def test_pairs_are_as_alike_as_their_lemmas(stretches: list[tuple[int, int]], wanted: float) -> None:
    headlines = [" ".join(map(str, range(*sorted(stretch)))) for stretch in stretches]
    sets, pairs = lemma_sets(headlines), list(product(range(len(headlines)), repeat=2))
    one, other = np.array(pairs).T
    alike = Sets.of(headlines).alike(one, other, np.full(len(pairs), wanted))
    assert alike.tolist() == [jaccard(sets[one], sets[other]) >= wanted for one, other in pairs]


def test_each_pair_has_its_own_likeness_wanted() -> None:
    pairs = np.array([0, 0, 0]), np.array([1, 1, 1])
    assert Sets.of(["мост 1", "мост 2"]).alike(*pairs, np.array([0.3, 0.4, 1 / 3])).tolist() == [True, False, True]


def test_sketches_miss_no_common_lemma_and_promise_few_others() -> None:
    draw = np.random.default_rng(1)
    headlines = [" ".join(map(str, draw.choice(300, 12, replace=False))) for _ in range(60)]
    sets, (one, other) = lemma_sets(headlines), np.triu_indices(60, 1)
    alike = np.array([jaccard(sets[row], sets[place]) for row, place in zip(one, other, strict=True)])
    promised = Sets.of(headlines)._at_most(one, other)
    assert (promised >= alike).all()
    assert (promised - alike).mean() < 0.012  # 0.009 where all bits are equally likely


def test_small_sets_are_compared_like_large_ones() -> None:
    sets = Sets.of(["Пожар", "пожары", "нефть,газ", "Газ и нефть", "газ, нефть"])
    one, other = np.array([0, 2, 2, 0]), np.array([1, 4, 3, 2])
    assert sets._common(one, other).tolist() == [1, 2, 2, 0]
    assert sets.alike(one, other, np.array([1.0, 1.0, 0.7, 0.1])).tolist() == [True, True, False, False]


def test_the_rarest_lemma_is_the_first() -> None:
    sets = Sets.of(["мост горит", "", "мосты и мост", "мост и суд"])
    assert sets.sizes.tolist() == [2, 0, 2, 3]
    assert numbers(sets.members).tolist() == [0, 3, 2, 3, 1, 2, 3]
    assert sets.ends.tolist() == [0, 2, 2, 4, 7]
