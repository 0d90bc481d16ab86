"""Differences between two arms in cost and effect, and where they lie."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from attunement.programme.cost.columns import Array, Clients


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A difference per client between two arms, the new less the old, with its interval."""

    value: float
    se: float
    low: float
    high: float


def difference(mean: float, variance: float, level: float) -> Difference:
    """Give a difference of two means its interval by the normal distribution."""
    se = float(np.sqrt(max(variance, 0.0)))
    reach = float(norm.ppf((1 + level) / 2)) * se
    return Difference(value=float(mean), se=se, low=float(mean - reach), high=float(mean + reach))


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Difference of two arms in mean (cost, effect), and the covariance of those differences.

    Attributes
    ----------
    mean : shape (2,)
    covariance : shape (2, 2)
    """

    mean: Array
    covariance: Array

    def of(self, weights: Array, level: float) -> Difference:
        """Give a weighted sum of cost and effect."""
        return difference(
            float(weights @ self.mean), float(weights @ self.covariance @ weights), level
        )


def moments(new: Clients, old: Clients) -> Moments:
    """Sum up two arms of different clients."""
    arms = [np.stack([arm.cost, arm.effect]) for arm in (new, old)]
    first, second = arms
    return Moments(
        mean=np.asarray(first.mean(axis=1) - second.mean(axis=1)),
        covariance=np.asarray(sum(np.cov(arm) / arm.shape[1] for arm in arms)),
    )


def quadrant(cost: float, effect: float) -> str:
    """Say where a difference lies on the plane.

    Examples
    --------
    >>> quadrant(-10.0, 0.1)
    'costs less, does more'
    """
    return f"costs {'more' if cost > 0 else 'less'}, does {'more' if effect > 0 else 'less'}"
