"""Stepped-wedge trials: every cluster begins, chance decides when."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from attunement.multilevel import Fit, fit
from attunement.problems import Problem
from attunement.programme.evaluation.effects import Effect, effect
from attunement.programme.evaluation.intake import codes, columns_of, numbers, zero_or_one

FEWEST_CLUSTERS = 4
ADVISED_CLUSTERS = 10


@dataclass(frozen=True, kw_only=True)
class SteppedWedge:
    """What a stepped wedge showed.

    Attributes
    ----------
    outcome : str
    constant : Effect
        The effect, if it is the same from the first period on (Hussey and Hughes).
    by_exposure : dict of int to Effect
        The effect in the first period with it, the second, and so on.
    average : Effect
        The mean of those: right also where the effect grows or fades.
    icc : float
        Share of the variance that lies between clusters.
    period_icc : float
        Share that lies between a cluster's periods.
    clusters, periods, rows : int
    cells : polars.DataFrame
        A row per cluster and period: ``cluster`` (its name), ``period`` (its place, from 1),
        ``treated``, ``rows``, ``mean`` of the outcome; clusters in the order of their start.
    warnings : tuple of str
        What a reader must know before leaning on it.
    sentence : str
        The result in words.
    """

    outcome: str
    constant: Effect
    by_exposure: dict[int, Effect]
    average: Effect
    icc: float
    period_icc: float
    clusters: int
    periods: int
    rows: int
    cells: pl.DataFrame
    warnings: tuple[str, ...]
    sentence: str


def stepped_wedge(
    table: Any,
    *,
    outcome: str = "outcome",
    cluster: str = "cluster",
    period: str = "period",
    treated: str = "treated",
    cluster_periods: bool = True,
    level: float = 0.95,
) -> SteppedWedge:
    """Estimate the effect of something that all clusters begin, one after the other.

    Hussey and Hughes (2007, *Contemp. Clin. Trials* 28:182): a mixed model with an effect for
    every period and intercepts that vary over clusters, and, after Hooper et al. (2016, *Stat.
    Med.* 35:4718), over clusters' periods. The second fit lets the effect differ by the number of
    periods since the cluster began; where it does, the constant effect can be far from any of
    them (Kenny et al. 2022, *Stat. Med.* 41:4311). Fitted by restricted likelihood with
    Satterthwaite's degrees of freedom (:func:`attunement.multilevel.fit`); the average, whose
    interval is otherwise too narrow, has those of the clusters less two. (Sources from memory.)

    ``y = period_t + effect * treated_jt + cluster_j + cluster-period_jt + error``.

    Parameters
    ----------
    table
        One row per client, of any kind; other clients in every period.
    outcome
        Column: a number, or 1 and 0, for which effects are differences in risk.
    cluster, period
        Columns: what was randomised; and the period, as a whole number.
    treated
        Column: 1 where the cluster had begun. Once begun, it goes on.
    cluster_periods
        Whether clusters' levels may change from period to period.
    level
        Confidence of the intervals.

    Raises
    ------
    Problem
        If a cluster stops again, some rows of one cluster and period had begun and some not,
        all began together, or there are fewer than four clusters.

    Examples
    --------
    >>> import polars as pl
    >>> noise = [2.0, -1, 0, 1, -2, 1, 0, -1, 3, -3]
    >>> rows = pl.DataFrame([
    ...     {"cluster": c, "period": p, "treated": int(p > c % 3),
    ...      "outcome": 10 + c / 2 + p - 2 * (p > c % 3) + noise[(3 * c + 5 * p + i) % 10]}
    ...     for c in range(6) for p in range(4) for i in range(5)])
    >>> found = stepped_wedge(rows)
    >>> round(found.constant.value, 2), round(found.average.value, 2)
    (-2.28, -2.47)
    """
    rows = columns_of(table, outcome, cluster, period, treated)
    wedge = _wedge(rows, outcome, cluster, period, treated)
    levels = "cluster/cell" if cluster_periods else "cluster"
    constant = fit(wedge, f"outcome ~ C(period) + treated + (1 | {levels})", level=level)
    exposures = sorted(set(wedge["exposure"]) - {0})
    names = [f"exposure{number}" for number in exposures]
    columns = {
        name: (pl.col("exposure") == number).cast(pl.Float64)
        for name, number in zip(names, exposures, strict=True)
    }
    varying = fit(
        wedge.with_columns(**columns),
        f"outcome ~ C(period) + {' + '.join(names)} + (1 | {levels})",
        level=level,
    )
    told = [name for name in names if _known(varying, name)]
    clusters = wedge["cluster"].n_unique()
    average = _average(varying, told, clusters, level)
    return SteppedWedge(
        outcome=outcome,
        constant=_effect(constant, "treated"),
        by_exposure={int(name.removeprefix("exposure")): _effect(varying, name) for name in told},
        average=average,
        icc=float(constant.icc["cluster"]),
        period_icc=float(constant.icc.get("cell", 0.0)),
        clusters=clusters,
        periods=wedge["period"].n_unique(),
        rows=len(wedge),
        cells=_cells(wedge),
        warnings=_warnings(clusters, constant),
        sentence=_sentence(outcome, average, clusters, level),
    )


def _wedge(
    rows: pl.DataFrame, outcome: str, cluster: str, period: str, treated: str
) -> pl.DataFrame:
    """Bring the table into shape, with the number of periods since each cluster began."""
    wedge = pl.DataFrame(
        {
            "outcome": numbers(rows, outcome),
            "cluster": codes(rows, cluster),
            "name": _names(rows[cluster]),
            "period": numbers(rows, period),
            "treated": zero_or_one(rows, treated),
        }
    ).with_columns(
        cell=pl.struct("cluster", "period").rank("dense"),
        period=pl.col("period").rank("dense").cast(pl.Int64),
    )
    cells = wedge.group_by("cluster", "period").agg(
        least=pl.col("treated").min(), most=pl.col("treated").max()
    )
    ordered = cells.sort("cluster", "period").with_columns(
        fell=pl.col("most").diff().over("cluster") < 0
    )
    if not cells["least"].equals(cells["most"]):
        raise Problem(
            "a cluster has rows with and without it in one period",
            "let the period in which it began count as one or the other, or leave it out",
        )
    if ordered["fell"].any():
        raise Problem("a cluster stopped again", "a stepped wedge goes on once begun")
    begins = cells.filter(pl.col("most") == 1).group_by("cluster").agg(begin=pl.col("period").min())
    clusters = cells["cluster"].n_unique()
    if clusters < FEWEST_CLUSTERS or (begins["begin"].n_unique() < 2 and len(begins) == clusters):
        raise Problem(
            f"{clusters} clusters began in {begins['begin'].n_unique()} different periods",
            f"this needs {FEWEST_CLUSTERS} clusters or more, that begin at different times",
        )
    return wedge.join(begins, on="cluster", how="left").with_columns(
        exposure=((pl.col("period") - pl.col("begin") + 1) * pl.col("treated"))
        .fill_null(0)
        .cast(pl.Int64)
    )


def _names(column: pl.Series) -> pl.Series:
    """Write names as text, and numbers among them as the whole numbers they are."""
    whole = column.dtype.is_float() and bool((column == column.floor()).all())
    return (column.cast(pl.Int64) if whole else column).cast(pl.String)


def _cells(wedge: pl.DataFrame) -> pl.DataFrame:
    """Average every cluster and period, in the order in which clusters began."""
    return (
        wedge.group_by("cluster", "name", "begin", "period")
        .agg(treated=pl.col("treated").first() == 1, rows=pl.len(), mean=pl.col("outcome").mean())
        .sort("begin", "cluster", "period", nulls_last=True)
        .drop("begin", "cluster")
        .rename({"name": "cluster"})
    )


def _known(model: Fit, term: str) -> bool:
    """Whether an effect can be told from the course of time."""
    return term in model.coefficients.drop_nulls("estimate")["term"]


def _effect(model: Fit, term: str) -> Effect:
    row = model.coefficients.row(by_predicate=pl.col("term") == term, named=True)
    return Effect(
        value=row["estimate"],
        se=row["se"],
        low=row["low"],
        high=row["high"],
        p=row["p"],
        df=row["df"],
    )


def _average(model: Fit, names: list[str], clusters: int, level: float) -> Effect:
    known = model.coefficients.drop_nulls("estimate")
    weights = np.array([term in names for term in known["term"]]) / len(names)
    return effect(
        float(weights @ known["estimate"].to_numpy()),
        float(np.sqrt(weights @ model.covariance @ weights)),
        df=clusters - 2,
        level=level,
    )


def _warnings(clusters: int, model: Fit) -> tuple[str, ...]:
    few = (
        f"with {clusters} clusters their spread is hardly known; "
        f"{ADVISED_CLUSTERS} or more are advised"
    )
    own = [text for text in model.warnings if "Singular" not in text]
    return (*([few] if clusters < ADVISED_CLUSTERS else []), *own)


def _sentence(outcome: str, average: Effect, clusters: int, level: float) -> str:
    chance = " Chance alone could explain this." if average.low <= 0 <= average.high else ""
    return (
        f"Averaged over the periods since {clusters} clusters began, {outcome} was "
        f"{abs(average.value):.3g} {'lower' if average.value < 0 else 'higher'} than without "
        f"({level:.0%} interval {average.low:.3g} to {average.high:.3g}).{chance}"
    )
