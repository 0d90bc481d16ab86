"""Stepped-wedge designs: when each cluster begins, and what the plan can show."""

from collections.abc import Sequence

import numpy as np

from attunement.problems import Problem
from attunement.programme.evaluation.intake import Array
from attunement.programme.evaluation.power import Power, positive, power_of


def steps(clusters_per_step: Sequence[int], *, periods: int | None = None) -> Array:
    """Lay out the usual wedge: all begin without, and each step begins one period later.

    The design is that of Hussey and Hughes (2007, *Contemp. Clin. Trials* 28:182; cited from
    memory).

    Parameters
    ----------
    clusters_per_step
        How many clusters begin at the second period, the third, and so on.
    periods
        How many there are; one more than the steps where absent.

    Returns
    -------
    shape (clusters, periods)
        1 where a cluster has it, 0 where not yet.

    Examples
    --------
    >>> steps([1, 1]).astype(int).tolist()
    [[0, 1, 1], [0, 0, 1]]
    """
    periods = periods or len(clusters_per_step) + 1
    begins = np.repeat(np.arange(1, len(clusters_per_step) + 1), clusters_per_step)
    return (np.arange(periods) >= begins[:, None]).astype(float)


def wedge_variance(design: Array, *, cell_variance: float, between: float) -> float:
    """Variance of the effect in a stepped wedge, in closed form.

    Hussey and Hughes (2007, *Contemp. Clin. Trials* 28:182, eq. 8; cited from memory): with
    ``I`` clusters, ``T`` periods, ``U`` cells with it, ``W`` the sum over periods of the squared
    number of clusters with it, and ``V`` the sum over clusters of the squared number of periods::

        I s (s + T t) / ((I U - W) s + (U^2 + I T U - T W - I V) t)

    Parameters
    ----------
    design : shape (clusters, periods)
        1 where a cluster has it.
    cell_variance
        ``s``: of the mean of one cluster in one period, around the cluster's level.
    between
        ``t``: of the clusters' levels.

    Examples
    --------
    >>> variance = wedge_variance(steps([1, 1, 1]), cell_variance=0.05, between=0.05)
    >>> round(variance, 4)
    0.0536
    """
    clusters, periods = design.shape
    u = design.sum()
    w, v = (design.sum(axis=0) ** 2).sum(), (design.sum(axis=1) ** 2).sum()
    above = clusters * cell_variance * (cell_variance + periods * between)
    below = (clusters * u - w) * cell_variance
    below += (u**2 + clusters * periods * u - periods * w - clusters * v) * between
    return float(above / below)


def wedge_covariance(
    design: Array,
    *,
    cell_variance: float,
    between: float,
    between_periods: float = 0.0,
    by_exposure: bool = False,
) -> Array:
    """Covariance of the effects by generalised least squares on cluster-period means.

    ``(X' V^-1 X)^-1``, summed over clusters.

    Parameters
    ----------
    design, cell_variance, between
        As for :func:`wedge_variance`, with which it agrees where ``between_periods`` is 0.
    between_periods
        Variance of a cluster's level from one period to another (Hooper et al. 2016, *Stat.
        Med.* 35:4718; from memory).
    by_exposure
        One effect for each number of periods since a cluster began, instead of one for all.

    Returns
    -------
    shape (effects, effects)

    Raises
    ------
    Problem
        If the design cannot tell effects from periods.

    Examples
    --------
    >>> found = wedge_covariance(steps([1, 1, 1]), cell_variance=0.05, between=0.05)
    >>> found.round(4).tolist()
    [[0.0536]]
    """
    clusters, periods = design.shape
    since = design.cumsum(axis=1) * design
    times = np.arange(1, since.max() + 1) if by_exposure else [None]
    effects = [design.ravel() if t is None else (since == t).ravel().astype(float) for t in times]
    regressors = np.column_stack([np.tile(np.eye(periods), (clusters, 1)), *effects])
    own = between + (cell_variance + between_periods) * np.eye(periods)
    precision = np.kron(np.eye(clusters), np.linalg.inv(own))
    information = regressors.T @ precision @ regressors
    if np.linalg.matrix_rank(information) < len(information):
        raise Problem(
            "this design cannot tell the effect from the course of time",
            "let clusters begin in different periods, with some period in which none has begun",
        )
    return np.asarray(np.linalg.inv(information)[periods:, periods:])


def wedge_power(
    design: Array,
    effect: float,
    *,
    per_cell: float,
    sd: float = 1.0,
    icc: float = 0.05,
    autocorrelation: float = 1.0,
    by_exposure: bool = False,
    level: float = 0.95,
) -> Power:
    """Tell what a stepped wedge with new clients in every period can show.

    The standard error is the root of :func:`wedge_covariance`, the power that of
    :func:`~attunement.programme.evaluation.power.power_of`.

    Clusters' means have the variances ``sd^2 (1 - icc) / per_cell`` around their level, ``sd^2 icc
    autocorrelation`` between clusters and ``sd^2 icc (1 - autocorrelation)`` between a cluster's
    periods.

    Parameters
    ----------
    design
        From :func:`steps`, or any other of shape (clusters, periods).
    effect
        The truth to be found, in the outcome's unit.
    per_cell
        Clients of one cluster in one period.
    sd
        Of clients' outcomes, within and between clusters together.
    icc
        Share of that variance that lies between clusters in one period.
    autocorrelation
        Of a cluster's level between periods: 1 where it stays, as Hussey and Hughes assume.
    by_exposure
        Plan for the mean of the effects by periods since the start, where it may grow or fade
        (Kenny et al. 2022, *Stat. Med.* 41:4311; from memory), instead of one constant effect.
    level
        Confidence of the interval that must exclude zero.

    Raises
    ------
    Problem
        If a number cannot be, or the design cannot tell effects from periods.

    Examples
    --------
    >>> found = wedge_power(steps([4, 4, 4]), 0.3, per_cell=20)
    >>> round(found.se, 3), round(found.power, 2)
    (0.113, 0.76)
    """
    positive("per_cell", per_cell)
    positive("sd", sd)
    if not (0 <= icc < 1 and 0 <= autocorrelation <= 1):
        raise Problem("the ICC or the autocorrelation is no share", "give both from 0 to 1")
    covariance = wedge_covariance(
        design,
        cell_variance=sd**2 * (1 - icc) / per_cell,
        between=sd**2 * icc * autocorrelation,
        between_periods=sd**2 * icc * (1 - autocorrelation),
        by_exposure=by_exposure,
    )
    return power_of(effect, float(np.sqrt(covariance.mean())), level=level)
