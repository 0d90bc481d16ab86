"""How well the items of a scale hang together, from people's answers to them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f as f_distribution

from attunement.problems import Problem

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

FEWEST_PEOPLE = 3


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value, its confidence interval (None where there is none), and on how many it rests.

    Attributes
    ----------
    value, low, high
        In the unit of what is estimated; a reliability has none.
    n : int
        How many people, or check-ins where the function says so.
    warnings : tuple of str
        What a reader must know before leaning on it.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemStatistics:
    """One item beside the others of its scale.

    Attributes
    ----------
    mean, sd : float
        In the unit of the answers.
    item_total : float or None
        Correlation with the sum of the other items; None where either never varies.
    alpha_if_dropped : float or None
        Cronbach's alpha of the others; None where fewer than two are left.
    """

    item: str
    mean: float
    sd: float
    item_total: float | None
    alpha_if_dropped: float | None


@dataclass(frozen=True, kw_only=True)
class Ends:
    """How often answers stand at an end of their range, where a scale sees no further.

    Attributes
    ----------
    answers, check_ins : int
        How many answers were given, and how many check-ins have every item answered.
    ceiling_answers, floor_answers : float
        Share of the answers at the highest and the lowest possible value.
    ceiling_check_ins, floor_check_ins : float or None
        Share of those check-ins with every answer there; None where there are none.
    """

    answers: int
    check_ins: int
    ceiling_answers: float
    floor_answers: float
    ceiling_check_ins: float | None
    floor_check_ins: float | None


def complete(answers: Matrix) -> Matrix:
    """Keep the rows with every item answered (not NaN)."""
    kept: Matrix = answers[np.isfinite(answers).all(axis=1)]
    return kept


def enough(answers: Matrix, *, items: int) -> Matrix:
    """Keep complete rows, or raise a :class:`Problem` if nothing can be said from them."""
    kept = complete(answers)
    if answers.shape[1] < items:
        raise Problem(
            f"the scale has {answers.shape[1]} items", f"this needs {items} items or more"
        )
    if len(kept) < FEWEST_PEOPLE:
        raise Problem(
            f"{len(kept)} people answered every item",
            f"this needs complete answers from {FEWEST_PEOPLE} people or more",
        )
    if np.ptp(kept.sum(axis=1)) <= 1e-12 * max(1.0, float(np.abs(kept).max())):
        raise Problem(
            "everyone has the same total", "reliability needs people who differ; wait for more"
        )
    return kept


def cronbach_alpha(answers: Matrix, *, level: float = 0.95) -> Estimate:
    """Cronbach's alpha: reliability of a sum of equally good items.

    ``k / (k - 1) * (1 - sum of the items' variances / variance of their sum)``
    (Cronbach 1951, *Psychometrika* 16:297). The interval is exact for normal, equally good
    items: ``(1 - alpha) / (1 - estimate)`` follows an F distribution with ``n - 1`` and
    ``(n - 1)(k - 1)`` degrees of freedom (Feldt 1965, *Psychometrika* 30:357).

    Parameters
    ----------
    answers : shape (people, items)
        One row per person, reversed items turned round. Rows with a missing answer (NaN)
        are left out.
    level : float
        Confidence of the interval.

    Raises
    ------
    Problem
        With fewer than two items, fewer than three people with complete answers, or a sum
        that is the same for everyone.

    Examples
    --------
    >>> answers = np.array([[1.0, 2, 2], [3, 3, 4], [2, 2, 1], [5, 4, 5], [4, 4, 3]])
    >>> found = cronbach_alpha(answers)
    >>> round(found.value, 2), round(found.low, 2), found.n
    (0.92, 0.59, 5)
    """
    kept = enough(answers, items=2)
    n, k = kept.shape
    alpha = _alpha(np.cov(kept, rowvar=False))
    return reliable_share(1 - alpha, n - 1, (n - 1) * (k - 1), n, level=level)


def reliable_share(error: float, df: int, df_error: int, n: int, *, level: float) -> Estimate:
    """Reliability that is one less a ratio of mean squares, with its interval (Feldt 1965).

    ``1 - error``, whose interval follows from ``(1 - reliability) / (1 - estimate)`` being
    distributed as F.

    Parameters
    ----------
    error : float
        The error's mean square over that of what is measured.
    df, df_error : int
        Degrees of freedom of what is measured, and of the error.
    n : int
        To be reported with the estimate.

    Examples
    --------
    >>> found = reliable_share(0.2, 29, 87, 30, level=0.95)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (0.8, 0.65, 0.9)
    """
    tail = (1 - level) / 2
    return Estimate(
        value=float(1 - error),
        low=float(1 - error * f_distribution.ppf(1 - tail, df, df_error)),
        high=float(1 - error * f_distribution.ppf(tail, df, df_error)),
        n=n,
    )


def item_statistics(answers: Matrix, items: Sequence[str]) -> tuple[ItemStatistics, ...]:
    """Each item beside the rest of its scale: its correlation with them, and alpha without it.

    The correlation is with the sum of the *other* items (Nunnally and Bernstein 1994,
    *Psychometric Theory*, ch. 8), or else an item would agree with itself.

    ``corr(x_j, sum of x - x_j)``.

    Parameters
    ----------
    answers : shape (people, items)
        As for :func:`cronbach_alpha`.
    items
        Their names, in the order of the columns.

    Raises
    ------
    Problem
        As for :func:`cronbach_alpha`.

    Examples
    --------
    >>> answers = np.array([[1.0, 2, 2], [3, 3, 4], [2, 2, 1], [5, 4, 5], [4, 4, 3]])
    >>> [(one.item, round(one.item_total, 2)) for one in item_statistics(answers, ["a", "b", "c"])]
    [('a', 0.9), ('b', 0.92), ('c', 0.81)]
    """
    kept = enough(answers, items=2)
    covariance = np.cov(kept, rowvar=False)
    return tuple(_item(kept, covariance, position, name) for position, name in enumerate(items))


def standard_error_of_measurement(sd: float, reliability: float) -> float:
    """Spread of a person's observed scores around their true one: ``sd * sqrt(1 - reliability)``.

    In the unit of ``sd`` (Lord and Novick 1968, *Statistical Theories of Mental Test Scores*,
    ch. 3).

    Raises
    ------
    Problem
        If the reliability is not between 0 and 1, or the SD is below 0.

    Examples
    --------
    >>> round(standard_error_of_measurement(6.1, 0.84), 2)
    2.44
    """
    if not (0 <= reliability <= 1 and sd >= 0):
        raise Problem(
            f"a reliability of {reliability:g} with an SD of {sd:g} has no standard error",
            "give a reliability from 0 to 1 and an SD of 0 or more",
        )
    return float(sd * (1 - reliability) ** 0.5)


def ends(answers: Matrix, low: Vector, high: Vector) -> Ends:
    """How often answers, and whole check-ins, stand at the ends of the range.

    Plain shares; it estimates nothing, and the layout is our own.

    Parameters
    ----------
    answers : shape (check-ins, items)
        Missing answers (NaN) do not count; a check-in counts where every item is answered.
    low, high : shape (items,)
        Each item's range.

    Raises
    ------
    Problem
        If there is no answer at all.

    Examples
    --------
    >>> found = ends(np.array([[10.0, 10], [7, 10], [0, 5]]), np.zeros(2), np.full(2, 10.0))
    >>> round(found.ceiling_answers, 2), round(found.ceiling_check_ins, 2)
    (0.5, 0.33)
    """
    given = np.isfinite(answers)
    if not given.any():
        raise Problem("there are no answers", "check the instrument's and the items' names")
    whole = given.all(axis=1)
    top, bottom = (answers == high) & given, (answers == low) & given
    return Ends(
        answers=int(given.sum()),
        check_ins=int(whole.sum()),
        ceiling_answers=float(top.sum() / given.sum()),
        floor_answers=float(bottom.sum() / given.sum()),
        ceiling_check_ins=float(top[whole].all(axis=1).mean()) if whole.any() else None,
        floor_check_ins=float(bottom[whole].all(axis=1).mean()) if whole.any() else None,
    )


def _alpha(covariance: Matrix) -> float:
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _item(kept: Matrix, covariance: Matrix, position: int, name: str) -> ItemStatistics:
    others = np.delete(np.delete(covariance, position, 0), position, 1)
    variance, rest = covariance[position, position], others.sum()
    shared = covariance[position].sum() - variance
    varies = variance > 0 and rest > 1e-12 * np.trace(covariance)
    return ItemStatistics(
        item=name,
        mean=float(kept[:, position].mean()),
        sd=float(variance**0.5),
        item_total=float(shared / (variance * rest) ** 0.5) if varies else None,
        alpha_if_dropped=_alpha(others) if varies and len(others) > 1 else None,
    )
