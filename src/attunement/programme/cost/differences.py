"""Differences between two arms in cost and effect, and where they lie."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from attunement.programme.cost.columns import Array, Clients


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A difference per client between two arms, the new less the old, with its interval."""

    value: float
    se: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Two arms of different clients, summed up.

    Attributes
    ----------
    mean : shape (2,)
        Difference in mean (cost, effect), the new arm less the old.
    arms : tuple of shape (2, 2)
        Covariance of (cost, effect) of the mean of each arm.
    clients : tuple of int
        In each arm.
    """

    mean: Array
    arms: tuple[Array, Array]
    clients: tuple[int, int]

    @property
    def covariance(self) -> Array:
        """Of the differences: shape (2, 2)."""
        return np.asarray(sum(self.arms))

    def of(self, weights: Array, level: float) -> Difference:
        """Give a weighted sum of cost and effect.

        Its interval is by Student's t with the degrees of freedom of Welch (1947, *Biometrika*
        34:28) and Satterthwaite, from memory: costs spread unequally in arms of unequal size.
        """
        mean = float(weights @ self.mean)
        first, second = (max(float(weights @ one @ weights), 0.0) for one in self.arms)
        variance = first + second
        if variance == 0:
            return Difference(value=mean, se=0.0, low=mean, high=mean)
        apart = (first**2 / (self.clients[0] - 1), second**2 / (self.clients[1] - 1))
        reach = float(t.ppf((1 + level) / 2, variance**2 / sum(apart))) * variance**0.5
        return Difference(value=mean, se=variance**0.5, low=mean - reach, high=mean + reach)


def moments(new: Clients, old: Clients) -> Moments:
    """Sum up two arms of different clients."""
    first, second = (np.stack([arm.cost, arm.effect]) for arm in (new, old))
    return Moments(
        mean=np.asarray(first.mean(axis=1) - second.mean(axis=1)),
        arms=(np.cov(first) / len(new), np.cov(second) / len(old)),
        clients=(len(new), len(old)),
    )


def quadrant(cost: float, effect: float) -> str:
    """Say where a difference lies on the plane.

    Examples
    --------
    >>> quadrant(-10.0, 0.1)
    'costs less, does more'
    """
    return f"costs {'more' if cost > 0 else 'less'}, does {'more' if effect > 0 else 'less'}"
