"""Omega: the reliability of items that share one factor, each in its own measure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import norm

from attunement.measures.reliability.alpha import Estimate, Matrix, Vector, enough
from attunement.problems import Problem

LEAST_UNIQUENESS = 0.005


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


def omega_total(answers: Matrix, *, items: Sequence[str] = (), level: float = 0.95) -> OneFactor:
    """McDonald's omega: reliability of a sum of items that share one factor.

    The items may be better and worse measures of it, unlike for alpha. See
    :func:`one_factor`; ``n`` of the estimate is people with complete answers.

    Parameters
    ----------
    answers : shape (people, items)
        As for :func:`attunement.measures.reliability.alpha.cronbach_alpha`.
    items
        Their names, for the warnings.

    Raises
    ------
    Problem
        With fewer than three items, too few people, or items that never vary or repeat
        each other.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> answers = rng.normal(size=(100, 1)) + rng.normal(size=(100, 4))
    >>> found = omega_total(answers).omega
    >>> round(found.value, 2), round(found.low, 2)
    (0.76, 0.68)
    """
    kept = enough(answers, items=3)
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

    Examples
    --------
    >>> covariance = np.outer([1.0, 0.8, 1.2], [1.0, 0.8, 1.2]) + np.diag([1.0, 0.5, 0.9])
    >>> found = one_factor(covariance, 99, 100)
    >>> [round(loading, 2) for loading in found.loadings], round(found.omega.value, 2)
    ([1.0, 0.8, 1.2], 0.79)
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
