"""How well the items of a scale hang together, from people's answers to them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import f as f_distribution
from scipy.stats import norm

from attunement.problems import Problem

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

FEWEST_PEOPLE = 3
LEAST_UNIQUENESS = 0.005


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
class OneFactor:
    """One common factor, fitted to the covariances of the items.

    Attributes
    ----------
    omega : Estimate
        Share of the variance of the items' sum that is due to the factor.
    loadings, uniquenesses : tuple of float
        In the unit of the answers, and that unit squared, one per item.
    """

    omega: Estimate
    loadings: tuple[float, ...]
    uniquenesses: tuple[float, ...]


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
    """
    kept = _enough(answers, items=2)
    n, k = kept.shape
    alpha = _alpha(np.cov(kept, rowvar=False))
    return reliable_share(1 - alpha, n - 1, (n - 1) * (k - 1), n, level=level)


def reliable_share(error: float, df: int, df_error: int, n: int, *, level: float) -> Estimate:
    """Reliability that is one less a ratio of mean squares, with its interval (Feldt 1965).

    Parameters
    ----------
    error : float
        The error's mean square over that of what is measured.
    df, df_error : int
        Degrees of freedom of what is measured, and of the error.
    n : int
        To be reported with the estimate.
    """
    tail = (1 - level) / 2
    return Estimate(
        value=float(1 - error),
        low=float(1 - error * f_distribution.ppf(1 - tail, df, df_error)),
        high=float(1 - error * f_distribution.ppf(tail, df, df_error)),
        n=n,
    )


def omega_total(answers: Matrix, *, items: Sequence[str] = (), level: float = 0.95) -> OneFactor:
    """McDonald's omega: reliability of a sum of items that share one factor.

    The items may be better and worse measures of it, unlike for alpha. See
    :func:`one_factor`; ``n`` of the estimate is people with complete answers.

    Parameters
    ----------
    answers : shape (people, items)
        As for :func:`cronbach_alpha`.
    items
        Their names, for the warnings.

    Raises
    ------
    Problem
        With fewer than three items, too few people, or items that never vary or repeat
        each other.
    """
    kept = _enough(answers, items=3)
    covariance = np.cov(kept, rowvar=False)
    return one_factor(covariance, len(kept) - 1, len(kept), items=items, level=level)


def one_factor(
    covariance: Matrix, df: int, n: int, *, items: Sequence[str] = (), level: float = 0.95
) -> OneFactor:
    """Fit one factor by maximum likelihood, and omega with it.

    ``omega = (sum of loadings)^2 / ((sum of loadings)^2 + sum of uniquenesses)`` (McDonald
    1999, *Test Theory*, ch. 6). The likelihood is maximised over the uniquenesses alone
    (Joreskog 1967, *Psychometrika* 32:443; Lawley and Maxwell 1971, ch. 4), none of which may
    fall below 0.005 of its item's variance. An item held there (a Heywood case) is named in
    the warnings, and then there is no interval. Otherwise the interval comes from the
    information matrix of normal data by the delta method, on the logit of omega (Kelley and
    Pornprasertmanit 2016, *Psychol. Methods* 21:69): skewed answers want a wider one.

    Parameters
    ----------
    covariance : shape (items, items)
        Of the items, in the unit of the answers squared.
    df : int
        Degrees of freedom of that covariance matrix.
    n : int
        To be reported with the estimate.
    items
        Their names, for the warnings; numbered from 1 where not given.

    Raises
    ------
    Problem
        If the items never vary or repeat each other, or there are too few people.
    """
    names = np.array(items or [str(i + 1) for i in range(len(covariance))])
    sd: Vector = np.sqrt(np.diag(covariance))
    if (sd <= 0).any():
        raise Problem(
            f"item {names[np.argmin(sd)]} has the same answer throughout",
            "leave it out of the scale, or wait for more answers",
        )
    correlation = covariance / np.outer(sd, sd)
    if np.linalg.eigvalsh(correlation)[0] < 1e-8:
        raise Problem(
            "an item repeats what the others say exactly, or there are fewer people than items",
            f"collect complete answers from more than {len(sd)} people, or leave the item out",
        )
    uniqueness = _uniquenesses(correlation)
    loadings = sd * _loadings(correlation, uniqueness)
    uniquenesses = sd**2 * uniqueness
    common, rest = loadings.sum() ** 2, uniquenesses.sum()
    omega = float(common / (common + rest))
    held, opposed = uniqueness < 1.01 * LEAST_UNIQUENESS, loadings < 0
    notes = {
        "explained wholly by the factor (a Heywood case)": names[held],
        "opposed to the others (is it reversed?)": names[opposed],
    }
    bare = bool(held.any()) or omega < 1e-9
    low, high = (None, None) if bare else _omega_interval(loadings, uniquenesses, df, level)
    return OneFactor(
        omega=Estimate(
            value=omega,
            low=low,
            high=high,
            n=n,
            warnings=tuple(f"{what}: {', '.join(who)}" for what, who in notes.items() if len(who)),
        ),
        loadings=tuple(loadings.tolist()),
        uniquenesses=tuple(uniquenesses.tolist()),
    )


def item_statistics(answers: Matrix, items: Sequence[str]) -> tuple[ItemStatistics, ...]:
    """Each item beside the rest of its scale: its correlation with them, and alpha without it.

    The correlation is with the sum of the *other* items (Nunnally and Bernstein 1994,
    *Psychometric Theory*, ch. 8), or else an item would agree with itself.

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
    """
    kept = _enough(answers, items=2)
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
    """
    if not (0 <= reliability <= 1 and sd >= 0):
        raise Problem(
            f"a reliability of {reliability:g} with an SD of {sd:g} has no standard error",
            "give a reliability from 0 to 1 and an SD of 0 or more",
        )
    return float(sd * (1 - reliability) ** 0.5)


def ends(answers: Matrix, low: Vector, high: Vector) -> Ends:
    """How often answers, and whole check-ins, stand at the ends of the range.

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


def _enough(answers: Matrix, *, items: int) -> Matrix:
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


def _uniquenesses(correlation: Matrix) -> Vector:
    """Minimise the discrepancy of one factor, given the uniquenesses (Lawley and Maxwell)."""

    def discrepancy(psi: Vector) -> tuple[float, Vector]:
        scaled = correlation / np.sqrt(np.outer(psi, psi))
        rest = np.linalg.eigvalsh(scaled)[:-1]
        loading = _loadings(correlation, psi)
        slope = (loading**2 + psi - 1) / psi**2
        return float((rest - np.log(rest) - 1).sum()), slope

    share = 1 - 0.5 / len(correlation)
    start = np.clip(share / np.diag(np.linalg.inv(correlation)), LEAST_UNIQUENESS, 1)
    bounds = [(LEAST_UNIQUENESS, 1.0)] * len(correlation)
    found = minimize(discrepancy, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, dtype=float)


def _loadings(correlation: Matrix, psi: Vector) -> Vector:
    values, vectors = np.linalg.eigh(correlation / np.sqrt(np.outer(psi, psi)))
    loading = np.sqrt(psi) * vectors[:, -1] * np.sqrt(max(float(values[-1]) - 1, 0.0))
    upright: Vector = loading * (1.0 if loading.sum() >= 0 else -1.0)
    return upright


def _omega_interval(
    loadings: Vector, uniquenesses: Vector, df: int, level: float
) -> tuple[float, float]:
    k = len(loadings)
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(uniquenesses))
    along = inverse @ loadings
    size = float(loadings @ along)
    cross = inverse * along
    information = df * np.block(
        [
            [inverse * size + np.outer(along, along), cross],
            [cross.T, inverse**2 / 2],
        ]
    )
    common, rest = loadings.sum() ** 2, uniquenesses.sum()
    omega = common / (common + rest)
    slopes = np.concatenate(
        [
            np.full(k, 2 * loadings.sum() * rest / (common + rest) ** 2),
            np.full(k, -common / (common + rest) ** 2),
        ]
    )
    variance = float(slopes @ np.linalg.pinv(information) @ slopes)
    reach = norm.ppf((1 + level) / 2) * variance**0.5 / (omega * (1 - omega))
    return float(expit(logit(omega) - reach)), float(expit(logit(omega) + reach))
