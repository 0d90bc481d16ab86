"""How many are still there after so many sessions, while some are still in therapy."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import norm

from attunement.problems import Problem

Vector = NDArray[np.float64]

OPEN, LEFT, COMPLETED = 0, 1, 2


class Median(NamedTuple):
    """Median number of sessions with its interval; None where the curve does not come so low."""

    sessions: float | None
    low: float | None
    high: float | None


def life_table(time: pl.Series, outcome: pl.Series) -> pl.DataFrame:
    """Count at every time who was there, who left, who completed, and who is seen no further.

    The counts that Kaplan & Meier (1958, *J. Am. Stat. Assoc.* 53:457-481) start from.

    Parameters
    ----------
    time
        Number of sessions up to which a client was followed, above 0; clients at 0 add nothing.
    outcome
        1 left, 2 completed, 0 neither yet.

    Returns
    -------
    A row per distinct time: ``time``, ``at_risk``, ``left``, ``completed``, ``censored``.

    Raises
    ------
    Problem
        If a time is missing, or an outcome is none of the three.

    Examples
    --------
    >>> life_table(pl.Series([2, 3, 3, 5, 6]), pl.Series([1, 1, 0, 2, 1])).rows()
    [(2.0, 5, 1, 0, 0), (3.0, 4, 1, 0, 1), (5.0, 2, 0, 1, 0), (6.0, 1, 1, 0, 0)]
    """
    rows = pl.DataFrame({"time": time.cast(pl.Float64), "outcome": outcome.cast(pl.Int64)})
    if rows.null_count().sum_horizontal().item() or not rows["time"].is_finite().all():
        raise Problem("a client has no time or no outcome", "leave the client out")
    if not rows["outcome"].is_in([OPEN, LEFT, COMPLETED]).all():
        raise Problem("an outcome is neither 0, 1 nor 2", "see the documentation", field="outcome")
    return (
        rows.filter(pl.col("time") > 0)
        .group_by("time")
        .agg(
            all=pl.len().cast(pl.Int64),
            left=(pl.col("outcome") == LEFT).sum().cast(pl.Int64),
            completed=(pl.col("outcome") == COMPLETED).sum().cast(pl.Int64),
            censored=(pl.col("outcome") == OPEN).sum().cast(pl.Int64),
        )
        .sort("time")
        .with_columns(at_risk=pl.col("all").cum_sum(reverse=True))
        .select("time", "at_risk", "left", "completed", "censored")
    )


def kaplan_meier(table: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """Estimate the share who would still be there, were nobody to complete.

    Kaplan & Meier 1958, *J. Am. Stat. Assoc.* 53:457-481: the product of ``1 - d/n``. Its
    variance is Greenwood's (1926), ``S^2 * sum d / (n (n - d))``, and its interval is symmetric
    for ``log(-log S)`` (Kalbfleisch & Prentice 1980, *The Statistical Analysis of Failure Time
    Data*), so that it stays between 0 and 1.

    Parameters
    ----------
    table
        From :func:`life_table`. Who completed counts as seen no further.
    confidence
        Of the intervals, such as .95.

    Returns
    -------
    The same rows with ``staying``, ``se``, ``low`` and ``high``; no interval where everybody or
    nobody is left.

    Examples
    --------
    >>> table = life_table(pl.Series([2, 3, 3, 5, 6]), pl.Series([1, 1, 0, 0, 1]))
    >>> kaplan_meier(table).select("time", pl.col("staying", "se").round(3)).rows()
    [(2.0, 0.8, 0.179), (3.0, 0.6, 0.219), (5.0, 0.6, 0.219), (6.0, 0.0, None)]
    """
    n, d = _counts(table, "at_risk"), _counts(table, "left")
    staying = np.cumprod(1 - d / n)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        spread = np.sqrt(np.cumsum(d / (n * (n - d))))
        log = np.log(staying)
        reach = _z(confidence) * spread / np.abs(log)
        low, high = staying ** np.exp(reach), staying ** np.exp(-reach)
        se = staying * spread
    inside = (staying > 0) & (staying < 1)
    return table.with_columns(
        staying=pl.Series(staying),
        se=_where(inside, se),
        low=_where(inside, low),
        high=_where(inside, high),
    )


def cumulative_incidence(table: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """Estimate the share who will have left, some of the others having completed.

    Aalen & Johansen 1978, *Scand. J. Stat.* 5:141-150: the sum of ``S(t-) * d/n``, where S falls
    with those who left and with those who completed. One minus Kaplan-Meier answers another
    question, and is larger. The variance is that of the delta method (Marubini & Valsecchi 1995,
    *Analysing Survival Data from Clinical Trials and Observational Studies*); the interval is
    symmetric for ``log(-log I)``.

    Parameters
    ----------
    table
        From :func:`life_table`.
    confidence
        Of the intervals, such as .95.

    Returns
    -------
    The same rows with ``gone``, ``gone_se``, ``gone_low`` and ``gone_high``; no interval where
    nobody or everybody has left.

    Examples
    --------
    >>> table = life_table(pl.Series([2, 3, 3, 5, 6]), pl.Series([1, 1, 0, 2, 1]))
    >>> cumulative_incidence(table)["gone"].round(2).to_list()
    [0.2, 0.4, 0.4, 0.7]
    """
    n, d = _counts(table, "at_risk"), _counts(table, "left")
    either = d + _counts(table, "completed")
    before = np.concatenate([[1.0], np.cumprod(1 - either / n)])[: n.size]
    gone = np.cumsum(before * d / n)
    variance = np.array([_variance(i, gone, before, n, d, either) for i in range(n.size)])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        se = np.sqrt(variance)
        reach = _z(confidence) * se / np.abs(gone * np.log(gone))
        low, high = gone ** np.exp(reach), gone ** np.exp(-reach)
    inside = (gone > 0) & (gone < 1 - 1e-12) & (se > 0)
    return table.with_columns(
        gone=pl.Series(gone),
        gone_se=_where(inside, se),
        gone_low=_where(inside, low),
        gone_high=_where(inside, high),
    )


def median(curve: pl.DataFrame) -> Median:
    """Find the number of sessions after which half have left.

    The interval holds the times at which one half lies within the curve's own interval (Brookmeyer
    & Crowley 1982, *Biometrics* 38:29-41).

    The first time at which ``S <= 1/2``.

    Parameters
    ----------
    curve
        From :func:`kaplan_meier`.

    Examples
    --------
    >>> table = life_table(pl.Series([2, 3, 4, 5, 6, 7]), pl.Series([1, 1, 0, 1, 1, 1]))
    >>> median(kaplan_meier(table))
    Median(sessions=5.0, low=2.0, high=None)
    """
    return Median(*(_first_at_half(curve, name) for name in ("staying", "low", "high")))


def _first_at_half(curve: pl.DataFrame, column: str) -> float | None:
    found = curve.filter(pl.col(column) <= 0.5 + 1e-12)["time"].min()
    return float(found) if isinstance(found, float) else None


def _variance(i: int, gone: Vector, before: Vector, n: Vector, d: Vector, either: Vector) -> float:
    """Delta-method variance of the cumulative incidence at the ``i``-th time."""
    past = slice(0, i + 1)
    n, d, either, before = n[past], d[past], either[past], before[past]
    ahead = gone[i] - gone[past]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        of_staying = np.where(ahead > 0, ahead**2 * either / (n * (n - either)), 0.0)
    of_leaving = before**2 * (n - d) * d / n**3
    both = ahead * before * d / n**2
    return float(np.sum(of_staying + of_leaving - 2 * both))


def _counts(table: pl.DataFrame, column: str) -> Vector:
    return table[column].cast(pl.Float64).to_numpy()


def _where(known: NDArray[np.bool_], values: NDArray[Any]) -> pl.Series:
    return pl.Series(np.where(known, values, np.nan), dtype=pl.Float64).fill_nan(None)


def _z(confidence: float) -> float:
    return float(norm.ppf(0.5 + confidence / 2))
