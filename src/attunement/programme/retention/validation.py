"""Test a way of learning on clients it never saw: those who came later, and those elsewhere."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from attunement.problems import Problem
from attunement.programme.retention.learn import Weights
from attunement.programme.retention.measures import (
    alerts,
    auc,
    brier,
    calibration,
    calibration_plot,
    decision_curve,
)
from attunement.programme.retention.model import Model, Tested

Vector = NDArray[np.float64]
Learner = Callable[[pl.DataFrame], Weights]

LATER, SITE, ALL_SITES = "later", "site", "all sites"
EARLY_SHARE = 0.7
MOST_FOLDS = 10
FEWEST_EVENTS, FEWEST_EVENTS_OF_A_SITE = 100, 30
TOLERABLE_SLOPE = (0.6, 1.6)
TOLERABLE_RATIO = (0.67, 1.5)


def threshold_of(forecast: Vector, alert_rate: float) -> float:
    """Find the forecast that so many rows reach or pass."""
    return float(np.quantile(forecast, 1 - alert_rate))


@dataclass(frozen=True, kw_only=True)
class Later:
    """Clients who began later, and what a model of the earlier ones forecasts for them.

    Attributes
    ----------
    since : date
        From which day on they began.
    rows : polars.DataFrame
        Theirs.
    forecast : shape (rows,)
    threshold : float
        From which forecast on to alert, by those learned from.
    """

    since: date
    rows: pl.DataFrame
    forecast: Vector
    threshold: float


def later_clients(rows: pl.DataFrame, learner: Learner, alert_rate: float) -> Later:
    """Learn from clients who began early what was known by then; forecast for those who came later.

    Temporal validation, as in Steyerberg & Harrell (2016, *J. Clin. Epidemiol.* 69:245-247).

    Parameters
    ----------
    rows
        From :func:`~attunement.programme.retention.periods.periods`.
    learner
        Makes weights from rows.
    alert_rate
        Share of rows alerted.

    Raises
    ------
    Problem
        If too little lies on either side.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from attunement.programme.retention.learn import learn
    >>> rng = np.random.default_rng(7)
    >>> day = [date(2026, 1, 1) + timedelta(days=n // 4) for n in range(800)]
    >>> rows = pl.DataFrame({"client": np.arange(800) // 4, "date": day, "known_on": day,
    ...                      "alliance": rng.normal(7, 1, 800), "left": rng.random(800) < 0.1})
    >>> learner = lambda some: learn(some, ["alliance"], {"alliance": "rating"})
    >>> found = later_clients(rows, learner, 0.2)
    >>> found.since.isoformat(), found.rows.height
    ('2026-05-20', 240)
    """
    began = pl.col("date").min().over("client")
    starts = rows.group_by("client").agg(pl.col("date").min())["date"].sort()
    cut: date = starts[int(EARLY_SHARE * (starts.len() - 1))]
    early = rows.filter(began <= cut, pl.col("known_on") <= cut)
    late = rows.filter(began > cut)
    if not early["left"].any() or not late["left"].any() or late["left"].all():
        raise Problem("nobody left early on, or later", "wait until there are more data")
    weights = learner(early)
    return Later(
        since=cut,
        rows=late,
        forecast=np.asarray(expit(weights.log_odds(late)), dtype=float),
        threshold=threshold_of(np.asarray(expit(weights.log_odds(early)), dtype=float), alert_rate),
    )


def in_time(later: Later) -> Tested:
    """Test on clients who began later."""
    return _tested(LATER, f"{later.since:%Y-%m-%d}", later.rows, later.forecast, later.threshold)


def by_site(rows: pl.DataFrame, learner: Learner, alert_rate: float) -> tuple[Tested, ...]:
    """Learn without some sites and test on them, until every site was left out once.

    Steyerberg & Harrell 2016, *J. Clin. Epidemiol.* 69:245-247: internal-external validation. With
    more than ten sites, several are left out together.

    Parameters
    ----------
    rows
        From :func:`~attunement.programme.retention.periods.periods`, with ``site``.
    learner, alert_rate
        As for :func:`later_clients`.

    Returns
    -------
    All sites together first, then each with 30 events or more; nothing where there is one site.

    Examples
    --------
    >>> from attunement.programme.retention.learn import learn
    >>> rng = np.random.default_rng(7)
    >>> rows = pl.DataFrame({"client": np.arange(800) // 4, "site": ["A", "B"] * 400,
    ...                      "alliance": rng.normal(7, 1, 800), "left": rng.random(800) < 0.1})
    >>> found = by_site(rows, lambda some: learn(some, ["alliance"], {"alliance": "rating"}), 0.2)
    >>> [(one.where, one.events) for one in found]
    [('all sites', 86), ('A', 39), ('B', 47)]
    """
    known = rows.filter(pl.col("site").is_not_null())
    sites = known["site"].unique().sort()
    if sites.len() < 2:
        return ()
    folds = min(MOST_FOLDS, sites.len())
    parts, forecasts, limits = [], [], []
    for fold in range(folds):
        out = pl.col("site").is_in(sites.gather_every(folds, fold).implode())
        rest, part = known.filter(~out), known.filter(out)
        weights = learner(rest)
        parts.append(part)
        forecasts.append(np.asarray(expit(weights.log_odds(part)), dtype=float))
        limits.append(threshold_of(np.asarray(expit(weights.log_odds(rest)), float), alert_rate))
    together, chance = pl.concat(parts), np.concatenate(forecasts)
    if not together["left"].any():
        return ()
    limit = float(np.mean(limits))
    return (
        _tested(SITE, ALL_SITES, together, chance, limit),
        *_each_site(together, chance, limit, sites),
    )


def _each_site(
    rows: pl.DataFrame, chance: Vector, limit: float, sites: Iterable[str]
) -> Iterable[Tested]:
    for site in sites:
        here = (rows["site"] == site).to_numpy()
        own = rows.filter(pl.Series(here))
        if own["left"].sum() >= FEWEST_EVENTS_OF_A_SITE:
            yield _tested(SITE, str(site), own, chance[here], limit)


def _tested(kind: str, where: str, rows: pl.DataFrame, chance: Vector, limit: float) -> Tested:
    left, client = rows["left"].to_numpy(), rows["client"].to_numpy()
    return Tested(
        kind=kind,
        where=where,
        clients=rows["client"].n_unique(),
        rows=rows.height,
        events=int(left.sum()),
        auc=auc(chance, left, client),
        brier=brier(chance, left),
        brier_of_mean=brier(np.full(left.size, left.mean()), left),
        calibration=calibration(chance, left, client),
        alerts=alerts(chance, left, limit),
        plot=_columns(calibration_plot(chance, left)),
        decision=_columns(decision_curve(chance, left)),
    )


def _columns(table: pl.DataFrame) -> dict[str, tuple[float | None, ...]]:
    return {name: tuple(table[name].to_list()) for name in table.columns}


def why_not_valid(model: Model) -> tuple[str, ...]:
    """Say why a model may not be used; nothing where it may.

    It may where, among clients who began later, 100 or more left (Collins, Ogundimu & Altman 2016,
    *Stat. Med.* 35:214-226), the interval of its AUC lies above .5, the calibration slope between
    0.6 and 1.6, and observed over expected between 0.67 and 1.5 (these limits are ours), and where
    no feature is too good to be true.
    """
    later = [test for test in model.tests if test.kind == LATER]
    if not later:
        return ("it was not tested on clients who began later",)
    reasons = [f"the feature {name} is too good to be true" for name in model.suspects]
    return (*reasons, *_failings(later[0], FEWEST_EVENTS))


def valid_sites(model: Model) -> frozenset[str]:
    """Name the sites at which the model held although it had not seen them."""
    return frozenset(
        test.where
        for test in model.tests
        if test.kind == SITE
        and test.where != ALL_SITES
        and not _failings(test, FEWEST_EVENTS_OF_A_SITE)
    )


def _failings(test: Tested, fewest: int) -> list[str]:
    slope, ratio = test.calibration.slope.value, test.calibration.ratio
    failings = {
        f"only {test.events} of those it was tested on left": test.events < fewest,
        f"it tells nobody apart (AUC from {test.auc.low:.2f})": not test.auc.low > 0.5,
        f"its calibration slope is {slope:.2f}": not _within(slope, TOLERABLE_SLOPE),
        f"{ratio:.2f} times as many left as it expected": not _within(ratio, TOLERABLE_RATIO),
    }
    return [words for words, true in failings.items() if true]


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
