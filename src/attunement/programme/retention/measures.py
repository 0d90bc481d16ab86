"""How good a forecast is: discrimination, calibration, and what its alerts are worth."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
import statsmodels.api as sm
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import norm, rankdata

from attunement.course.proportions import Share, share
from attunement.problems import Problem

Vector = NDArray[np.float64]
Flags = NDArray[np.bool_]

SMALLEST = 1e-9


class Estimate(NamedTuple):
    """A number with its standard error and the ends of its interval."""

    value: float
    se: float
    low: float
    high: float


class Calibration(NamedTuple):
    """How forecasts compare with what happened.

    ``in_the_large`` is the shift, in log-odds, that would make the mean right (0 is best);
    ``slope`` the factor that would (1 is best: below it, forecasts are too extreme); ``ratio``
    observed over expected events.
    """

    in_the_large: Estimate
    slope: Estimate
    ratio: float


class Alerts(NamedTuple):
    """What alerting the highest forecasts would have meant.

    ``rate`` of rows alerted; ``sensitivity``, the share of leavers alerted; ``ppv``, the share of
    alerts that were followed by leaving; ``threshold``, the forecast from which on to alert.
    """

    rate: float
    sensitivity: Share
    ppv: Share
    threshold: float


def auc(
    forecast: ArrayLike, left: ArrayLike, cluster: ArrayLike | None = None, confidence: float = 0.95
) -> Estimate:
    """Estimate how likely a row that ended in leaving has the higher forecast of two.

    DeLong, DeLong & Clarke-Pearson 1988, *Biometrics* 44:837-845, by midranks (Sun & Xu 2014,
    *IEEE Signal Process. Lett.* 21:1389-1393); with clusters, such as the rows of one client, the
    variance of Obuchowski 1997, *Biometrics* 53:567-578. The interval is symmetric for the
    log-odds of the AUC.

    ``P(f1 > f0) + P(f1 = f0) / 2`` for the forecasts of a row that ended in leaving and of one that
    did not.

    Parameters
    ----------
    forecast
        Higher is more likely to leave.
    left
        Whether each left.
    cluster
        What each row belongs to; every row to itself where absent.
    confidence
        Of the interval.

    Raises
    ------
    Problem
        If everybody left, or nobody.

    Examples
    --------
    >>> found = auc([0.1, 0.2, 0.3, 0.4, 0.8], [False, False, True, False, True])
    >>> round(found.value, 3)
    0.833
    """
    forecast, left = np.asarray(forecast, dtype=float), np.asarray(left, dtype=bool)
    m, n = int(left.sum()), int((~left).sum())
    if not m or not n:
        raise Problem("everybody left, or nobody did", "there is nothing to tell apart")
    ranks = rankdata(forecast)
    own = np.empty(forecast.size)
    own[left], own[~left] = rankdata(forecast[left]), rankdata(forecast[~left])
    # The chance of each row to be in order with a random row of the other kind.
    order = np.where(left, (ranks - own) / n, 1 - (ranks - own) / m)
    value = float(order[left].mean())
    members = (
        np.arange(left.size) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    )
    k = int(members.max()) + 1
    above, below = (
        np.bincount(members, np.where(kind, order - value, 0.0), k).astype(float)
        for kind in (left, ~left)
    )
    with_left = np.unique(members[left]).size
    with_stayed = np.unique(members[~left]).size
    variance = _scatter(above, above, with_left) / m**2
    variance += _scatter(below, below, with_stayed) / n**2
    variance += 2 * _scatter(above, below, k) / (m * n)
    return _on_logit(value, float(np.sqrt(max(variance, 0.0))), confidence)


def _scatter(one: Vector, other: Vector, clusters: int) -> float:
    return float(clusters / max(clusters - 1, 1) * (one @ other))


def _on_logit(value: float, se: float, confidence: float) -> Estimate:
    z = float(norm.ppf(0.5 + confidence / 2))
    if not 0 < value < 1 or se == 0:
        return Estimate(value, se, value, value)
    reach = z * se / (value * (1 - value))
    low, high = expit(logit(value) + np.array([-reach, reach]))
    return Estimate(value, se, float(low), float(high))


def brier(forecast: ArrayLike, left: ArrayLike) -> float:
    """Mean squared difference between forecast and outcome (Brier 1950, *Mon. Weather Rev.* 78:1).

    For rare events it is small whatever the forecast: compare it with that of the mean.

    ``mean((f - y)^2)`` over forecasts ``f`` and outcomes ``y`` (1 left, 0 not).

    Examples
    --------
    >>> round(brier([0.1, 0.2, 0.6], [False, False, True]), 3)
    0.07
    """
    return float(np.mean((np.asarray(forecast, float) - np.asarray(left, float)) ** 2))


def calibration(
    forecast: ArrayLike, left: ArrayLike, cluster: ArrayLike | None = None, confidence: float = 0.95
) -> Calibration:
    """Compare forecasts with what happened, as a whole and by their spread.

    Cox 1958, *Biometrika* 45:562-565: logistic regression of the outcome on the log-odds of the
    forecast; for calibration in the large with its slope held at 1 (Van Calster et al. 2019, *BMC
    Med.* 17:230). Standard errors allow for rows of one cluster to be alike.

    ``log(p / (1 - p)) = a + b log(f / (1 - f))`` with ``f`` the forecast and ``p`` the chance.

    Examples
    --------
    >>> forecast = [0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    >>> found = calibration(forecast, [False, False, True, False, False, True, False, True])
    >>> round(found.slope.value, 2), round(found.ratio, 2)
    (0.86, 1.03)
    """
    log_odds = logit(np.clip(np.asarray(forecast, float), SMALLEST, 1 - SMALLEST))
    y = np.asarray(left, float)
    z = float(norm.ppf(0.5 + confidence / 2))
    how: dict[str, Any] = {"cov_type": "HC0"}
    if cluster is not None:
        groups = np.unique(cluster, return_inverse=True)[1]
        how = {"cov_type": "cluster", "cov_kwds": {"groups": groups}}
    family = sm.families.Binomial()
    shift = sm.GLM(y, np.ones_like(y), family=family, offset=log_odds).fit(**how)
    both = sm.GLM(y, sm.add_constant(log_odds), family=family).fit(**how)
    estimates = [
        Estimate(float(b), float(se), float(b - z * se), float(b + z * se))
        for b, se in ((shift.params[0], shift.bse[0]), (both.params[-1], both.bse[-1]))
    ]
    expected = float(np.sum(np.asarray(forecast, float)))
    return Calibration(estimates[0], estimates[1], float(y.sum()) / expected)


def calibration_plot(forecast: ArrayLike, left: ArrayLike, bins: int = 10) -> pl.DataFrame:
    """Compare forecast and outcome in equally large groups of rising forecast.

    Returns
    -------
    A row per group: ``forecast`` (mean), ``n``, ``left``, ``observed``, ``low``, ``high`` (Wilson
    1927).

    Examples
    --------
    >>> forecast = [0.1, 0.1, 0.2, 0.2, 0.6, 0.6, 0.7, 0.7]
    >>> left = [False, False, False, True, False, True, True, True]
    >>> calibration_plot(forecast, left, bins=2).select("n", "left", "observed").rows()
    [(4, 1, 0.25), (4, 3, 0.75)]
    """
    order = np.argsort(np.asarray(forecast, float), kind="stable")
    rows = []
    for part in np.array_split(order, min(bins, order.size)):
        events = int(np.asarray(left, bool)[part].sum())
        found = share(events, part.size)
        mean = float(np.asarray(forecast, float)[part].mean())
        rows.append((mean, part.size, events, found.share, found.low, found.high))
    columns = ["forecast", "n", "left", "observed", "low", "high"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def alerts(forecast: ArrayLike, left: ArrayLike, threshold: float) -> Alerts:
    """Say what alerting every forecast from ``threshold`` on would have meant.

    Plain shares of counts.

    Examples
    --------
    >>> found = alerts([0.1, 0.2, 0.6, 0.7], [False, False, False, True], 0.5)
    >>> found.rate, found.ppv.share, found.sensitivity.share
    (0.5, 0.5, 1.0)
    """
    alerted, left = np.asarray(forecast, float) >= threshold, np.asarray(left, bool)
    both = int((alerted & left).sum())
    return Alerts(
        rate=float(alerted.mean()),
        sensitivity=share(both, int(left.sum())),
        ppv=share(both, int(alerted.sum())),
        threshold=threshold,
    )


def decision_curve(
    forecast: ArrayLike, left: ArrayLike, thresholds: ArrayLike | None = None
) -> pl.DataFrame:
    """Compare checking in by the forecast with checking in on everybody, and on nobody.

    Vickers & Elkin 2006, *Med. Decis. Making* 26:565-574: net benefit is ``TP/n - FP/n * p/(1 -
    p)``, where p is the forecast from which on one would check in, and its odds say how many
    check-ins that were not needed one would give for one that was.

    Returns
    -------
    A row per threshold: ``threshold``, ``model``, ``everybody``, ``nobody`` (net benefit).

    Examples
    --------
    >>> forecast, left = [0.1, 0.2, 0.6, 0.7], [False, False, False, True]
    >>> [round(value, 3) for value in decision_curve(forecast, left, [0.25]).row(0)]
    [0.25, 0.167, 0.0, 0.0]
    """
    forecast, left = np.asarray(forecast, float), np.asarray(left, bool)
    rate = float(left.mean())
    grid = np.linspace(0.1, 4, 40) * rate if thresholds is None else np.asarray(thresholds, float)
    grid = grid[(grid > 0) & (grid < 1)]
    rows = []
    for p in grid:
        alerted = forecast >= p
        odds = p / (1 - p)
        model = float((alerted & left).mean() - odds * (alerted & ~left).mean())
        rows.append((float(p), model, rate - odds * (1 - rate), 0.0))
    return pl.DataFrame(rows, schema=["threshold", "model", "everybody", "nobody"], orient="row")


class ExpectedAlerts(NamedTuple):
    """Sensitivity and positive predictive value to expect."""

    sensitivity: float
    ppv: float


def expected_alerts(hazard: float, auc: float, alert_rate: float) -> ExpectedAlerts:
    """Work out what alerts can be worth before any model is built.

    Forecasts are taken to be normal with equal spread among those who leave and those who stay, so
    that they lie ``sqrt(2) * Phi^-1(AUC)`` apart.

    The arithmetic is our own, of two normal distributions.

    Parameters
    ----------
    hazard
        Share of sessions after which a client leaves.
    auc
        Of the forecast.
    alert_rate
        Share of sessions alerted.

    Examples
    --------
    >>> found = expected_alerts(hazard=0.025, auc=0.70, alert_rate=0.20)
    >>> round(found.sensitivity, 2), round(found.ppv, 3)
    (0.45, 0.056)
    """
    apart = float(np.sqrt(2) * norm.ppf(auc))

    def too_many(limit: float) -> float:
        alerted = hazard * norm.sf(limit - apart) + (1 - hazard) * norm.sf(limit)
        return float(alerted - alert_rate)

    limit = brentq(too_many, -20, 20)
    sensitivity = float(norm.sf(limit - apart))
    return ExpectedAlerts(sensitivity, hazard * sensitivity / alert_rate)
