"""Factors: what they give is what the product gives, and their solution is scikit-learn's."""

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from sklearn.svm import LinearSVC

from pipeline import classify
from pipeline.factors import Factors, _Loss, fit_svm
from pipeline.settings import Settings


def drawn(
    seed: int, headlines: int = 300, sizes: tuple[int, ...] = (30, 70)
) -> tuple[Factors, npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    counts = sp.csr_array(rng.poisson(0.05, (headlines, 80)).astype(float))
    chunks = [sp.csr_array(rng.random((80, size)) * (rng.random((80, size)) < 0.1)) for size in sizes]
    factors = Factors(counts, chunks, [rng.random(headlines) + 0.5 for _ in chunks])
    tagged = factors.multiplied() @ rng.normal(size=sum(sizes)) + rng.normal(size=headlines) / 2 > 0.3
    return factors, np.asarray(tagged, np.bool_), rng.choice(np.array([0.7, 1.0, 1.5]), headlines)


@pytest.mark.parametrize("sizes", [(30, 70), (100,), (20, 30, 50)])
@pytest.mark.parametrize("seed", range(3))
def test_products_are_those_of_the_matrix_multiplied_out(seed: int, sizes: tuple[int, ...]) -> None:
    factors, _, values = drawn(seed, sizes=sizes)
    matrix, weights = factors.multiplied().toarray(), np.random.default_rng(seed).normal(size=(100, 3))
    assert matrix.shape == factors.shape == (300, 100)
    np.testing.assert_allclose(factors.times(weights), matrix @ weights, atol=1e-12)
    np.testing.assert_allclose(factors.times(weights[:, 0]), matrix @ weights[:, 0], atol=1e-12)
    np.testing.assert_allclose(factors.transposed_times(values), matrix.T @ values, atol=1e-12)


@pytest.mark.parametrize("penalty", [0.5, 5.0, 50.0])
@pytest.mark.parametrize("seed", range(3))
def test_solution_is_that_of_scikit_learn(seed: int, penalty: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.factors._TOLERANCE", 1e-8)
    factors, tagged, values = drawn(seed)
    svc = LinearSVC(C=1 / penalty, dual=False, tol=1e-10, max_iter=10_000)
    expected = svc.fit(factors.multiplied(), tagged, sample_weight=values)
    for rows in (factors, factors.multiplied()):
        weights, intercept = fit_svm(rows, tagged, values, penalty)
        np.testing.assert_allclose(weights, expected.coef_[0], atol=1e-5)
        np.testing.assert_allclose(intercept, expected.intercept_[0], atol=1e-5)


def test_solution_is_as_exact_however_little_headlines_weigh() -> None:
    factors, tagged, values = drawn(6)
    solutions = [fit_svm(factors, tagged, values * scale, 5 * scale) for scale in (1.0, 1e-5)]
    np.testing.assert_allclose(solutions[1][0], solutions[0][0], atol=1e-3)
    weak = fit_svm(factors, tagged, values * 1e-8, 5.0)[0]
    first = factors.transposed_times(2 * values * 1e-8 / 5 * np.where(tagged, 1, -1))  # the gradient where it begins
    np.testing.assert_allclose(weak, first, atol=0.02 * np.abs(first).max())


def test_slopes_are_those_of_the_loss_and_of_its_slopes() -> None:
    factors, tagged, values = drawn(8)
    loss, rng = _Loss(factors.operator(), np.where(tagged, 1.0, -1.0), values), np.random.default_rng(8)
    at, way = rng.normal(size=101) / 5, rng.normal(size=101)
    step = 1e-6 * way
    rise = (loss.value(at + step) - loss.value(at - step)) / 2e-6
    assert loss.gradient(at) @ way == pytest.approx(rise, rel=1e-5)
    turn = (loss.gradient(at + step) - loss.gradient(at - step)) / 2e-6
    np.testing.assert_allclose(loss.curve(at, way), turn, rtol=1e-3, atol=1e-3)


def test_large_trainings_give_what_small_ones_give(monkeypatch: pytest.MonkeyPatch) -> None:
    factors, tagged, values = drawn(7)
    certain = np.where(tagged, 1, 0.01)[:, None]  # at the bound
    with monkeypatch.context() as without:
        without.setattr(classify, "_MULTIPLIED", 300)
        without.setattr(classify, "fit_svm", None)  # it must not be asked for
        small = classify.fit(factors, tagged[:, None], values[:, None], Settings())
    monkeypatch.setattr(classify, "_MULTIPLIED", 299)
    monkeypatch.setattr(Factors, "multiplied", None)  # nor this
    large = classify.fit(factors, certain, values[:, None], Settings())
    np.testing.assert_allclose(large.margins(factors), small.margins(factors), atol=0.01)
