"""An association with its interval."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

Array = NDArray[np.float64]
STEP = 1e-5


@dataclass(frozen=True, kw_only=True)
class Association:
    """How much of one thing goes with one more of another.

    Attributes
    ----------
    value, se : float
        In units of the outcome per unit of the alliance.
    low, high : float
        Ends of the confidence interval.
    standardised : float
        The same in standard deviations of that level: within clients, or between them.
    """

    value: float
    se: float
    low: float
    high: float
    standardised: float

    def __str__(self) -> str:
        return f"{self.value:.3g} ({self.low:.3g} to {self.high:.3g})"


def association(
    value: float, se: float, *, unit: float, level: float, df: float = np.inf
) -> Association:
    """Give an estimate its interval, and its size with ``unit`` outcome SDs per alliance SD.

    ``value -+ t se`` with Student's t; ``standardised = value * unit``. Plain definitions, the
    names our own.

    Parameters
    ----------
    unit
        Standard deviation of the alliance over that of the outcome.
    level
        Confidence.
    df
        Of Student's t; normal where infinite.

    Examples
    --------
    >>> found = association(-0.5, 0.1, unit=0.4, level=0.95)
    >>> round(found.low, 2), round(found.high, 2), found.standardised
    (-0.7, -0.3, -0.2)
    """
    quantile = t(df).ppf if np.isfinite(df) else norm.ppf
    reach = float(quantile((1 + level) / 2)) * se
    return Association(
        value=float(value),
        se=float(se),
        low=float(value - reach),
        high=float(value + reach),
        standardised=float(value * unit),
    )


def curvature(gradient: Callable[[Array], Array], at: Array) -> Array:
    """Differentiate a gradient numerically, from both sides: shape (numbers, numbers)."""
    steps = STEP * np.maximum(np.abs(at), 0.1)
    rows = [
        (gradient(at + step * unit) - gradient(at - step * unit)) / (2 * step)
        for step, unit in zip(steps, np.eye(len(at)), strict=True)
    ]
    return np.asarray((np.array(rows) + np.array(rows).T) / 2)


def inverse(matrix: Array) -> Array:
    """Invert a symmetric matrix; a direction without information counts as known."""
    return np.asarray(np.linalg.pinv(matrix, hermitian=True), dtype=np.float64)


def delta(function: Callable[[Array], float], at: Array, covariance: Array) -> tuple[float, float]:
    """Give a function of estimates and its standard error, by the delta method."""
    steps = STEP * np.maximum(np.abs(at), 0.1)
    slope = np.array(
        [
            (function(at + step * unit) - function(at - step * unit)) / (2 * step)
            for step, unit in zip(steps, np.eye(len(at)), strict=True)
        ]
    )
    return float(function(at)), float(np.sqrt(slope @ covariance @ slope))
