r"""Intervals for variances, by the profile of the likelihood.

A standard deviation lies in its interval where the deviance, lowest over everything else, is no
more than a quantile of chi-squared above its minimum (Bates, Machler, Bolker & Walker 2015, *J.
Stat. Softw.* 67(1), section 5.1; Venzon & Moolgavkar 1988, *Appl. Stat.* 37:87-94, cited from
memory). The likelihood is the one that was fitted: restricted where the fit was.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy.optimize import brentq, minimize
from scipy.stats import chi2

from attunement.multilevel.design import Level
from attunement.multilevel.estimation import Estimates
from attunement.multilevel.likelihood import profile
from attunement.multilevel.results import Fit
from attunement.multilevel.search import optimise
from attunement.multilevel.stacks import Array
from attunement.multilevel.units import structure_of

PRECISE = 1e-6
FLAT = 1e-4
LEAST = 1e-6
WIDEN = 1.5


def variance_intervals(fit: Fit, *, level: float = 0.95) -> pl.DataFrame:
    """Find profile-likelihood intervals for every variance.

    Parameters
    ----------
    fit
        Any fit; the autocorrelation of residuals, where there is one, counts as known.
    level
        Confidence.

    Returns
    -------
    ``fit.variances`` with ``variance_low``, ``variance_high``, ``sd_low`` and ``sd_high``. A lower
    end of 0 means that the data cannot tell the variance from none.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.multilevel import fit
    >>> rows = pl.DataFrame({"client": [1, 1, 2, 2, 3, 3], "score": [5.0, 4, 9, 7, 2, 2]})
    >>> found = variance_intervals(fit(rows, "score ~ 1 + (1 | client)"))
    >>> found.select("group", pl.col("sd", "sd_low", "sd_high").round(2)).rows()
    [('client', 2.94, 1.12, 12.6), ('residual', 0.91, 0.48, 2.7)]
    """
    found = fit.estimates
    courses = [
        _of_effect(found, number, effect)
        for number, each in enumerate(found.nesting.levels)
        for effect in each.effects
    ]
    highest = float(chi2.ppf(level, 1))
    ends = [_ends(course, highest) for course in (*courses, _of_residual(found))]
    low, high = np.array(ends).T * found.units.scale[-1]
    return fit.variances.with_columns(
        variance_low=pl.Series(low**2),
        variance_high=pl.Series(high**2),
        sd_low=pl.Series(low),
        sd_high=pl.Series(high),
    )


@dataclass(frozen=True, kw_only=True)
class Course:
    """One standard deviation, relative to the outcome's, and all that goes with it.

    Attributes
    ----------
    best : float
        Its estimate.
    unit : float
        What one of it is worth, per unit of the column.
    lowest : float
        The deviance there.
    start : shape (numbers,)
        The other numbers there.
    height : callable
        From the standard deviation and the other numbers to the deviance, and its derivatives by
        them.
    """

    best: float
    unit: float
    lowest: float
    start: Array
    height: Callable[[float, Array], tuple[float, Array]]


def _of_effect(found: Estimates, number: int, effect: str) -> Course:
    """Follow the standard deviation of one effect.

    Where an effect comes first, its standard deviation is that of the residual times one number.
    The other numbers are the logarithm of the residual's standard deviation, and the rest.
    """
    levels = list(found.nesting.levels)
    levels[number] = _coming_first(levels[number], effect)
    structure = structure_of(levels, found.units, centred=False)
    here = sum(len(basis) for basis in structure.bases[:number])
    optimum = optimise(found.products, structure, reml=found.reml)
    others = np.delete(np.arange(len(optimum.numbers)), here)
    best_sigma = np.sqrt(optimum.point.residual)

    def height(size: float, rest: Array) -> tuple[float, Array]:
        sigma = float(np.exp(rest[0]))
        numbers = np.insert(rest[1:], here, size / sigma)
        point = profile(
            found.products, structure.factors(numbers), reml=found.reml, residual=sigma**2
        )
        slopes = structure.gradient(point.gradients)
        by_sigma = 2 * (point.free - point.squares / sigma**2) - slopes[here] * size / sigma
        return point.deviance, np.concatenate([[by_sigma], slopes[others]])

    return Course(
        best=float(abs(optimum.numbers[here]) * best_sigma),
        unit=1 / found.units.scale[found.units.place[effect]],
        lowest=optimum.point.deviance,
        start=np.concatenate([[np.log(best_sigma)], optimum.numbers[others]]),
        height=height,
    )


def _of_residual(found: Estimates) -> Course:
    """Follow the residual's standard deviation."""

    def height(size: float, rest: Array) -> tuple[float, Array]:
        factors = found.structure.factors(rest)
        point = profile(found.products, factors, reml=found.reml, residual=size**2)
        return point.deviance, found.structure.gradient(point.gradients)

    point = found.optimum.point
    return Course(
        best=float(np.sqrt(point.residual)),
        unit=1.0,
        lowest=point.deviance,
        start=found.optimum.numbers,
        height=height,
    )


def _coming_first(level: Level, effect: str) -> Level:
    """Put an effect before all others of its level."""
    blocks = sorted(level.blocks, key=lambda block: effect not in block)
    first = sorted(blocks[0], key=lambda other: other != effect)
    return replace(level, blocks=(tuple(first), *blocks[1:]))


def _ends(course: Course, highest: float) -> tuple[float, float]:
    """Find where the course rises above its lowest point by a given height."""

    def above(size: float) -> float:
        def scaled(rest: Array) -> tuple[float, Array]:
            value, slopes = course.height(size, rest)
            return value - course.lowest, slopes

        found = minimize(scaled, course.start, jac=True, method="BFGS", options={"gtol": FLAT})
        return float(found.fun) - highest

    low = 0.0 if above(LEAST) <= 0 else _crossing(above, LEAST, course.best)
    far = max(course.best, LEAST) * WIDEN
    while above(far) < 0:
        far *= WIDEN
    return low * course.unit, _crossing(above, max(course.best, LEAST), far) * course.unit


def _crossing(above: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(above, low, high, xtol=PRECISE * high, rtol=PRECISE))
