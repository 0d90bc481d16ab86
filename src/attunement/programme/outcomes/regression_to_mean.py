"""How many would seem to improve although nothing changed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from attunement.measures.scale import Direction
from attunement.problems import Problem

Vector = NDArray[np.float64]

GRID = 801
REACH = 8.0


@dataclass(frozen=True, kw_only=True)
class Population:
    """Scores of everybody of whom those in treatment are the worse part.

    Attributes
    ----------
    mean, sd : float
        In scale units.
    reliability : float
        Share of the variance that is true, between 0 and 1; retest where known.
    low, high : float or None
        Ends of the scale.
    step : float
        Between one possible score and the next.
    direction : Direction
        Which way is better.

    Raises
    ------
    Problem
        If the SD or the reliability is impossible.

    Examples
    --------
    >>> everybody = Population(mean=7.0, sd=6.0, reliability=0.84, low=0, high=27)
    >>> everybody.direction.value
    'lower-is-better'
    """

    mean: float
    sd: float
    reliability: float
    low: float | None = None
    high: float | None = None
    step: float = 1.0
    direction: Direction = Direction.LOWER

    def __post_init__(self) -> None:
        if not self.sd > 0:
            raise Problem(f"{self.sd} is not a standard deviation", "give one above 0", field="sd")
        if not 0 < self.reliability < 1:
            raise Problem(
                f"{self.reliability} is not a reliability",
                "give a number between 0 and 1",
                field="reliability",
            )

    @property
    def scores(self) -> Vector:
        """Possible scores; far enough from the mean where the scale has no end."""
        low = self.mean - REACH * self.sd if self.low is None else self.low
        high = self.mean + REACH * self.sd if self.high is None else self.high
        steps = np.arange(round((high - low) / self.step) + 1, dtype=float)
        return np.asarray(low + self.step * steps, dtype=float)


@dataclass(frozen=True, kw_only=True)
class NoChange:
    """What two scores would show although nobody changed.

    Attributes
    ----------
    any_improvement : float
        Share whose second score is better at all.
    reliable_improvement, reliable_deterioration : float
        Share whose second score is better, or worse, by the reliable change or more.
    no_case_any_more : float
        Share beyond the cut-off, on the better side, of those who were on the other.
    mean_change : float
        Mean of second less first score, in scale units.
    """

    any_improvement: float
    reliable_improvement: float
    reliable_deterioration: float
    no_case_any_more: float
    mean_change: float


def no_change(
    first: ArrayLike,
    population: Population,
    *,
    reliable: float,
    case_at: float,
    follow_ups: int = 1,
) -> NoChange:
    """Work out what would be seen of clients with these first scores, had nobody truly changed.

    Classical test theory with normal true scores and errors (Lord & Novick 1968, *Statistical
    Theories of Mental Test Scores*; on regression to the mean Barnett, van der Pols & Dobson 2005,
    *Int. J. Epidemiol.* 34:215-220), each score rounded to the nearest possible one: given a first
    score, the chances of true scores, and from each the chances of later ones. A client counts
    with the best of several follow-ups.

    With mean ``m``, SD ``s`` and reliability ``r`` the true score behind a first score ``x`` is
    normal with mean ``m + r (x - m)`` and variance ``r (1 - r) s^2``, and a later one adds ``(1 -
    r) s^2``.

    Parameters
    ----------
    first
        First scores of those in treatment, in scale units.
    population
        Everybody they are taken from.
    reliable
        The least reliable change, in scale units.
    case_at
        The cut-off: a score there, or worse, makes a case.
    follow_ups
        Of how many later scores the best is taken.

    Raises
    ------
    Problem
        If there is no first score.

    Examples
    --------
    >>> everybody = Population(mean=7.0, sd=6.0, reliability=0.84, low=0, high=27)
    >>> found = no_change([12.0, 15, 18, 21], everybody, reliable=6, case_at=10)
    >>> round(found.any_improvement, 2), round(found.reliable_improvement, 2)
    (0.62, 0.12)
    """
    values, counts = np.unique(np.asarray(first, dtype=float), return_counts=True)
    if not values.size:
        raise Problem("there is no first score", "check the scale and the sessions")
    true, weight = _true_scores(population)
    scores = population.scores
    chance = _chances(true, population)
    place = np.abs(values[:, None] - scores).argmin(axis=1)
    given = weight * chance[place]
    given /= given.sum(axis=1, keepdims=True)
    sign = 1.0 if population.direction is Direction.HIGHER else -1.0
    change = sign * (scores - values[:, None])
    share = counts / counts.sum()

    def happens(where: NDArray[np.bool_]) -> Vector:
        """Chance, by first score, that at least one follow-up is where it should be."""
        once = np.einsum("ks,vs->vk", chance.T, where.astype(float))
        return np.asarray((given * (1 - (1 - once) ** follow_ups)).sum(axis=1), dtype=float)

    cases = sign * (values - case_at) <= 0
    well = np.broadcast_to(sign * (scores - case_at) > 0, change.shape)
    expected = (given @ chance.T * (scores - values[:, None])).sum(axis=1)
    of_cases = share[cases].sum()
    return NoChange(
        any_improvement=float(share @ happens(change > 0)),
        reliable_improvement=float(share @ happens(change >= reliable)),
        reliable_deterioration=float(share @ happens(change <= -reliable)),
        no_case_any_more=float((share * happens(well))[cases].sum() / of_cases)
        if of_cases > 0
        else 0.0,
        mean_change=float(share @ expected),
    )


def selected(population: Population, case_at: float) -> tuple[Vector, Vector]:
    """Give the scores of those at the cut-off or worse, and their chances in the population."""
    true, weight = _true_scores(population)
    scores = population.scores
    chance = _chances(true, population) @ weight
    sign = 1.0 if population.direction is Direction.HIGHER else -1.0
    cases = sign * (scores - case_at) <= 0
    return scores[cases], chance[cases] / chance[cases].sum()


def _true_scores(population: Population) -> tuple[Vector, Vector]:
    """Lay a grid over the true scores, with their chances."""
    z = np.linspace(-REACH, REACH, GRID)
    weight = np.exp(-0.5 * z**2)
    spread = population.sd * population.reliability**0.5
    return population.mean + spread * z, weight / weight.sum()


def _chances(true: Vector, population: Population) -> Vector:
    """Chance of every possible score, shape (scores, true); the ends take what lies beyond."""
    error = population.sd * (1 - population.reliability) ** 0.5
    scores = population.scores
    edges = np.concatenate([[-np.inf], scores[:-1] + population.step / 2, [np.inf]])
    below = ndtr((edges[:, None] - true) / error)
    return np.asarray(np.diff(below, axis=0), dtype=float)
