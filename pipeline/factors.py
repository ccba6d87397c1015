"""Headlines' vectors as the product of two sparse factors, never multiplied out: what lets a training be large.

A headline's row of about 250 n-grams is the sum of its chunks' rows, and a chunk stands in many headlines. So the
product with a vector is taken chunk by chunk, then headline by headline: the more headlines, the more memory is spared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import minimize
from scipy.sparse.linalg import LinearOperator, aslinearoperator

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_TOLERANCE: Final = 1e-4
"""The solution is taken when the gradient is so small a part of what it was at the start."""


@dataclass(frozen=True)
class Factors:
    """Headlines' vectors, in factors.

    Attributes:
        headlines: How often each chunk stands in each headline; shape (n_headlines, n_chunks).
        chunks: By block, the chunks' rows; shape (n_chunks, n_features_of_the_block).
        scales: By block, the inverse norm of each headline; shape (n_headlines,).
    """

    headlines: sp.csr_array
    chunks: Sequence[sp.csr_array]
    scales: Sequence[Floats]

    @property
    def shape(self) -> tuple[int, int]:
        """Headlines, and the features of all blocks."""
        return self.headlines.shape[0], sum(block.shape[1] for block in self.chunks)

    def times(self, weights: Floats) -> Floats:
        """Give each headline's vector times weights; shape (n_headlines,), or (n_headlines, n) for n columns."""
        ends = np.cumsum([block.shape[1] for block in self.chunks])
        parts = zip(self.scales, self.chunks, np.split(weights, ends[:-1]), strict=True)
        products = [(scale * (self.headlines @ (block @ part)).T).T for scale, block, part in parts]
        return np.asarray(np.sum(products, axis=0))

    def transposed_times(self, values: Floats) -> Floats:
        """Give the sum of the headlines' vectors times a value each; shape (n_features,)."""
        headlines = self.headlines.T
        parts = zip(self.scales, self.chunks, strict=True)
        return np.concatenate([block.T @ (headlines @ (scale * values)) for scale, block in parts])

    def multiplied(self) -> sp.csr_array:
        """Multiply out; shape (n_headlines, n_features)."""
        parts = zip(self.scales, self.chunks, strict=True)
        return sp.csr_array(sp.hstack([sp.diags_array(scale) @ (self.headlines @ block) for scale, block in parts]))

    def operator(self) -> LinearOperator:
        """Give the same as SciPy's linear operator."""
        return LinearOperator(self.shape, self.times, self.transposed_times, dtype=np.float64)


def fit_svm(rows: Factors | sp.csr_array, tagged: Flags, weights: Floats, penalty: float) -> tuple[Floats, float]:
    """Fit a linear classifier with squared hinge loss: scikit-learn's ``LinearSVC(C=1 / penalty)``, without its lots.

    What is least is ``penalty / 2 * (|w| ** 2 + b ** 2) + sum(weight * max(0, 1 - y * (w x + b)) ** 2)``, by Newton
    steps in a trust region (Steihaug 1983; Lin, Weng and Keerthi 2008).

    Args:
        rows: The headlines' vectors.
        tagged: Whether a headline carries the topic; shape (n_headlines,).
        weights: How much each counts; same shape.
        penalty: Strength of the L2 penalty.

    Returns:
        The features' weights, shape (n_features,), and the intercept.
    """
    matrix = rows.operator() if isinstance(rows, Factors) else aslinearoperator(rows)
    loss = _Loss(matrix, np.where(tagged, 1.0, -1.0), weights / penalty)
    start = np.zeros(matrix.shape[1] + 1)
    small = _TOLERANCE * float(np.linalg.norm(loss.gradient(start)))
    found: Floats = minimize(
        loss.value,
        start,
        jac=loss.gradient,
        hessp=loss.curve,
        method="trust-ncg",
        options={"gtol": small, "max_trust_radius": 1e6, "maxiter": 500},
    ).x
    return found[:-1], float(found[-1])


class _Loss:
    """The loss, its gradient, and its curvature along a direction; the last of the parameters is the intercept."""

    def __init__(self, matrix: LinearOperator, signs: Floats, weights: Floats) -> None:
        self._matrix, self._signs, self._weights = matrix, signs, weights
        self._at, self._short = np.zeros(0), np.zeros(0)

    def value(self, parameters: Floats) -> float:
        """Give the loss."""
        return float(parameters @ parameters / 2 + self._weights @ self._shortfall(parameters) ** 2)

    def gradient(self, parameters: Floats) -> Floats:
        """Give the gradient of the loss."""
        return np.asarray(parameters + self._back(-2 * self._weights * self._shortfall(parameters) * self._signs))

    def curve(self, parameters: Floats, direction: Floats) -> Floats:
        """Give the Hessian at the parameters times a direction."""
        active = 2 * self._weights * (self._shortfall(parameters) > 0)
        return np.asarray(direction + self._back(active * self._along(direction)))

    def _shortfall(self, parameters: Floats) -> Floats:
        """Give how much each headline's margin lacks; kept, as it is asked for many times at one place."""
        if not np.array_equal(self._at, parameters):
            self._short = np.maximum(0, 1 - self._signs * self._along(parameters))
            self._at = parameters.copy()
        return self._short

    def _along(self, parameters: Floats) -> Floats:
        return np.asarray(self._matrix.matvec(parameters[:-1]) + parameters[-1])

    def _back(self, values: Floats) -> Floats:
        return np.append(self._matrix.rmatvec(values), values.sum())
