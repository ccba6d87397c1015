"""Stage 4, classify: it learns, its probabilities hold, and its thresholds and its doubt are the best ones."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from pipeline import classify, tfidf
from pipeline.chunks import split
from pipeline.decide import Decision, sureness
from pipeline.errors import SettingsError
from pipeline.features import Features
from pipeline.lemmatize import lemmatize
from pipeline.settings import CLASSIFIERS, Settings
from pipeline.topics import TOPICS, parse_tags

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BY_HEART = (
    ("Сейм выбрал спикера", "politics"),
    ("Премьер сменил двух министров", "politics"),
    ("Партия вышла из коалиции", "politics"),
    ("Сахар подорожал к зиме", "economy"),
    ("Банк поднял ставку", "economy"),
    ("Премьер снизил налог для банков", "economy politics"),
    ("Танки вошли в город", "war"),
    ("Премьер просит танки у соседей", "war politics"),
    ("Ёжик вышел из тумана", ""),
    ("Город выбрал ёлку к зиме", ""),
)


# By kind, how steeply a headline's loss grows with its margin; the answer is 1 or -1.
STEEP = {
    "ridge": lambda margins, answer: margins - answer,
    "svm": lambda margins, answer: -2 * answer * np.maximum(0, 1 - answer * margins),
    "logistic": lambda margins, answer: -answer / (1 + np.exp(answer * margins)),
}


def flags(tags: Sequence[str]) -> Flags:
    return np.array([[topic in parse_tags(text) for topic in TOPICS] for text in tags])


def toy(rows: int, seed: int) -> tuple[sp.csr_array, Flags]:
    draw = np.random.default_rng(seed)
    features = (draw.random((rows, 60)) < 0.2).astype(float)
    truth = np.stack([features[:, start : start + 20] @ np.linspace(-1, 1, 20) for start in (0, 20, 40)], axis=1)
    return sp.csr_array(features), truth + draw.normal(0, 0.3, truth.shape) > 0


def drawn(rows: int, seed: int) -> tuple[Floats, Floats, Flags]:
    draw = np.random.default_rng(seed)
    margins = draw.normal(-0.5, 1.5, (rows, 3))
    chances = 1 / (1 + np.exp(-(margins * [1, 2, 4] + [0, -0.5, 1])))
    return margins, chances, draw.random(chances.shape) < chances


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_learns_ten_rows_by_heart(kind: str) -> None:
    headlines, tags = zip(*BY_HEART, strict=True)
    chunks = split(pa.array(headlines, pa.string()))
    counts = tfidf.count(chunks, [lemmatize(chunk) for chunk in chunks.distinct], Features("lemma", 3, 6))
    rows = tfidf.transform(counts, tfidf.fit(counts, Settings(tfidf_ngram_min_df=1)))
    linear = classify.fit(
        rows, flags(tags), np.ones((len(tags), 3)), Settings(classify_model=kind, classify_penalty=0.001)
    )
    np.testing.assert_array_equal(linear.margins(rows) > 0, flags(tags))


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_more_data_does_not_hurt(kind: str) -> None:
    asked, truth = toy(2000, seed=1)
    right = []
    for size in (20, 200, 2000):
        linear = classify.fit(*toy(size, seed=2), np.ones((size, 3)), Settings(classify_model=kind))
        right.append(float(((linear.margins(asked) > 0) == truth).mean()))
    assert right == sorted(right)
    assert right[-1] > 0.85


def test_weights_are_those_that_a_file_of_float32_gives_back() -> None:
    weights = classify.fit(*toy(100, seed=3), np.ones((100, 3)), Settings()).weights
    np.testing.assert_array_equal(weights, weights.astype(np.float32))


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_a_heavier_headline_outweighs_its_contradiction(kind: str) -> None:
    rows, tags = toy(200, seed=4)
    twice, both = sp.csr_array(sp.vstack([rows, rows])), np.vstack([tags, ~tags])
    heavy = np.repeat([[3.0] * 3, [1.0] * 3], 200, axis=0)
    margins = classify.fit(twice, both, heavy, Settings(classify_model=kind)).margins(rows)
    assert ((margins > 0) == tags).mean() > 0.8


@pytest.mark.parametrize("doubt", [0.0, 0.01, 1.0])
@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_what_is_learnt_costs_least_where_both_answers_weigh_what_they_are_likely(kind: str, doubt: float) -> None:
    rows, tags = toy(300, seed=5)
    draw = np.random.default_rng(5)
    chances = np.where(tags, 1.0, doubt if doubt < 1 else draw.random(tags.shape))
    weights, penalty = draw.uniform(0.5, 2, tags.shape), 3.0
    linear = classify.fit(rows, chances, weights, Settings(classify_model=kind, classify_penalty=penalty))

    def slopes(margins: Floats) -> Floats:
        certain = np.minimum(chances, 1 - chances) <= 0.01
        yes = weights * np.where(certain & (chances < 0.5), 0, chances) * STEEP[kind](margins, 1)
        no = weights * np.where(certain & (chances > 0.5), 0, 1 - chances) * STEEP[kind](margins, -1)
        return np.vstack([rows.T @ (yes + no), (yes + no).sum(axis=0)])

    held = penalty * np.vstack([linear.weights, linear.intercepts * (kind != "ridge")])
    first = np.abs(slopes(np.zeros(tags.shape))).max()
    np.testing.assert_allclose(slopes(linear.margins(rows)) + held, 0, atol=5e-5 * first)


def test_probabilities_are_the_chances_that_drew_the_tags() -> None:
    margins, chances, tagged = drawn(20_000, seed=4)
    decision = classify.decide(margins, tagged, 0.95)
    np.testing.assert_allclose(decision.slopes, [1, 2, 4], rtol=0.08)
    np.testing.assert_allclose(decision.offsets, [0, -0.5, 1], atol=0.12)
    np.testing.assert_allclose(decision.scores(margins), chances, atol=0.03)


@pytest.mark.parametrize("seed", range(5))
def test_threshold_is_half_of_the_best_f1_and_about_as_good(seed: int) -> None:
    margins, _, tagged = drawn(3000, seed)
    decision = classify.decide(margins, tagged, 0.95)
    for scores, truth, chosen in zip(decision.scores(margins).T, tagged.T, decision.thresholds, strict=True):

        def f1(cut: float, scores: Floats = scores, truth: Flags = truth) -> float:
            return float(2 * ((scores >= cut) & truth).sum() / ((scores >= cut).sum() + truth.sum()))

        assert 0 < chosen < 1
        best = max(f1(cut) for cut in scores)
        assert chosen == pytest.approx(best / 2)
        assert f1(chosen) > best - 0.02


def test_threshold_is_half_of_the_best_f1_however_bad_that_is() -> None:
    draw = np.random.default_rng(9)
    for _ in range(20):
        scores, truth = draw.random(100), draw.random(100) < 0.05
        truth[0] = True
        best = max(2 * (truth & (scores >= cut)).sum() / ((scores >= cut).sum() + truth.sum()) for cut in scores)
        assert classify._threshold(scores, truth) == pytest.approx(best / 2)


def test_curve_counts_what_each_threshold_brings() -> None:
    scores, truth = np.array([0.1, 0.25, 0.5, 0.5, 0.8]), np.array([False, True, False, True, True])
    curve = classify._curve(scores, truth)
    assert curve[:, 0].tolist() == [cut / 100 for cut in range(1, 100)]
    for cut, precision, recall in curve:
        given, hits = (scores >= cut).sum(), (truth & (scores >= cut)).sum()
        assert (precision, recall) == (hits / given if given else 1, hits / 3)


@pytest.mark.parametrize(("score", "band"), [(0.5, 0.0), (0.75, 0.5), (0.25, 1.0)])
def test_a_lone_headline_is_as_sure_as_it_has_to_be_where_it_is_right(score: float, band: float) -> None:
    assert classify._band(np.array([[score]]), np.array([0.5]), np.array([[True]]), 1.0) == band


@pytest.mark.parametrize("wanted", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("seed", range(3))
def test_band_is_the_smallest_that_keeps_the_promise(seed: int, wanted: float) -> None:
    margins, _, tagged = drawn(500, seed)
    decision = classify.decide(margins, tagged, wanted)
    scores = decision.scores(margins)
    right = (decision.given(scores) == tagged).all(axis=1)
    sure = sureness(scores, decision.thresholds)
    kept = [cut for cut in sure if right[sure >= cut].mean() >= wanted]
    assert decision.band == pytest.approx(min(kept))
    assert right[~decision.unsure(scores)].mean() >= wanted


def test_equals_are_sure_together_or_not_at_all() -> None:
    margins = np.repeat([[4.0, -4.0, -4.0], [-4.0, 4.0, -4.0], [-4.0, -4.0, 4.0], [-4.0] * 3], 40, axis=0)
    tagged = margins > 0
    tagged[30:40] = False  # a quarter of equal headlines is wrong, those before are right
    decision = classify.decide(margins, tagged, 0.95)
    scores = decision.scores(margins)
    sure = ~decision.unsure(scores)
    assert not sure.any() or (decision.given(scores) == tagged).all(axis=1)[sure].mean() >= 0.95


def test_a_promise_that_cannot_be_kept_leaves_everything_unsure() -> None:
    margins, _, tagged = drawn(400, seed=5)
    decision = classify.decide(margins, tagged[::-1], 0.99)
    assert decision.unsure(decision.scores(margins)).mean() > 0.99


@pytest.mark.parametrize("wanted", [0.6, 0.75, 0.9])
def test_wanted_precision_holds_and_costs_no_more_recall_than_it_must(wanted: float) -> None:
    margins, _, tagged = drawn(2000, seed=7)
    decision = classify.decide(margins, tagged, 0.95).precise(wanted)
    scores = decision.scores(margins)
    for column, truth, cut in zip(scores.T, tagged.T, decision.thresholds, strict=True):
        assert truth[column >= cut].mean() >= wanted
        assert cut == pytest.approx(0.01) or truth[column >= cut - 0.01].mean() < wanted


def test_precision_out_of_reach_is_refused() -> None:
    margins, _, tagged = drawn(2000, seed=8)
    decision = classify.decide(margins, tagged[::-1], 0.95)
    with pytest.raises(SettingsError, match=r"--min-precision: found 0\.99 for politics; expected at most 0\.\d+"):
        decision.precise(0.99)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([0.5, 0.0, 0.0], 0.0),
        ([0.0, 0.0, 0.0], 1.0),
        ([1.0, 1.0, 1.0], 1.0),
        ([0.25, 0.0, 0.0], 0.5),  # half the way from 0.5 down to 0
        ([0.75, 1.0, 1.0], 0.5),
        ([1.0, 0.4, 0.0], 0.25),  # from 0.2 up to 1
        ([1.0, 0.1, 0.0], 0.5),  # from 0.2 down to 0
    ],
)
def test_sureness_is_the_way_from_the_threshold_to_certainty(scores: list[float], expected: float) -> None:
    assert sureness(np.array([scores]), np.array([0.5, 0.2, 0.8]))[0] == pytest.approx(expected)


@given(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), st.floats(0.1, 10), st.floats(-5, 5), st.floats(0.01, 0.99))
def test_scores_grow_with_margins(margins: tuple[float, float], slope: float, offset: float, cut: float) -> None:
    decision = Decision(np.full(3, slope), np.full(3, offset), np.full(3, cut), 0.5, np.zeros((3, 0, 3)))
    low, high = decision.scores(np.repeat([[min(margins)], [max(margins)]], 3, axis=1))
    assert ((low >= 0) & (low <= high) & (high <= 1)).all()
    assert (decision.given(low) <= decision.given(high)).all()


def test_learnt_scores_grow_with_margins() -> None:
    margins, _, tagged = drawn(1000, seed=6)
    decision = classify.decide(margins, tagged, 0.9)
    assert (np.diff(decision.scores(np.sort(margins, axis=0)), axis=0) >= 0).all()
