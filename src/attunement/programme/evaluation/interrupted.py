"""Interrupted time series: whether a count or rate left its course when something began."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from attunement.problems import Problem
from attunement.programme.evaluation.autocorrelation import fit_series
from attunement.programme.evaluation.effects import Effect
from attunement.programme.evaluation.intake import Array, columns_of, numbers, zero_or_one
from attunement.programme.evaluation.segments import segments

ADVISED_PERIODS = 12


@dataclass(frozen=True, kw_only=True)
class Interrupted:
    """What an interrupted time series showed.

    Attributes
    ----------
    level : Effect
        Step at the start, in the value's unit; against the comparison where there is one.
    slope : Effect
        Change of the trend, in the value's unit per period.
    at_end : Effect
        Difference in the last period to the course that was expected without it.
    relative : float
        ``at_end`` as a share of that expected value; NaN where that is not above zero.
    autocorrelation : float
        Of neighbouring periods' errors.
    before, after : int
        Periods.
    compared : bool
        Whether a comparison series was taken off.
    course : polars.DataFrame
        ``time``, ``value``, ``fitted``, ``expected`` (without what began; empty before it), and
        ``comparison`` where there is one.
    start : int
        The first period with it.
    warnings : tuple of str
        What a reader must know before leaning on it.
    sentence : str
        The result in words.
    """

    level: Effect
    slope: Effect
    at_end: Effect
    relative: float
    autocorrelation: float
    before: int
    after: int
    compared: bool
    course: pl.DataFrame
    start: int
    warnings: tuple[str, ...]
    sentence: str


def interrupted_time_series(
    table: Any,
    *,
    start: int,
    time: str = "time",
    value: str = "value",
    group: str | None = None,
    season: int | None = None,
    harmonics: int = 2,
    lag: int | None = None,
    confidence: float = 0.95,
) -> Interrupted:
    """Estimate step and change of trend in a series, against its own past.

    Segmented regression (Wagner et al. 2002, *J. Clin. Pharm. Ther.* 27:299; Bernal, Cummins
    and Gasparrini 2017, *Int. J. Epidemiol.* 46:348; cited from memory)::

        value = a + b time + level [time >= start] + slope (time - start)+ + season + error

    with the season as pairs of sines and cosines. With a comparison series the same is fitted
    to the difference between the two, which is what fitting both with all interactions
    estimates, and leaves out whatever moves both. Intervals are robust to autocorrelation and
    hold in short series (:class:`attunement.programme.evaluation.autocorrelation.SeriesFit`).

    Parameters
    ----------
    table
        One row per period, or per period and group, of any kind.
    start
        The first period with what is evaluated.
    time, value
        Columns: the period as a whole number, without gaps, and its count or rate.
    group
        Column: 1 for the series it happened to, 0 for the comparison.
    season
        Periods in a cycle, as 12 for months; no season where absent.
    harmonics
        Pairs of sine and cosine.
    lag
        For Newey and West; chosen by the length of the series where absent.
    confidence
        Of the intervals.

    Raises
    ------
    Problem
        If periods are missing or doubled, there are fewer than eight before or after, or too few
        for the season.

    Examples
    --------
    >>> import polars as pl
    >>> noise = [1.0, -2, 0, 2, -1, 1, -1, 0, 2, -2, 1, -1] * 2
    >>> referred = [50 + month / 2 + noise[month] + 8 * (month >= 12) for month in range(24)]
    >>> rows = pl.DataFrame({"time": list(range(24)), "value": referred})
    >>> found = interrupted_time_series(rows, start=12)
    >>> round(found.level.value, 1), round(found.slope.value, 1)
    (8.3, 0.0)
    """
    names = [time, value] + ([group] if group else [])
    rows = columns_of(table, *names)
    own, other = _series(rows, time, value, group)
    when = own["time"].to_numpy().astype(float)
    y = own["value"].to_numpy()
    design = segments(when, start, season, harmonics)
    before = int((when < start).sum())
    fit = fit_series(y if other is None else y - other, design, lag=lag)
    units = np.eye(design.shape[1])
    last = units[2] + units[3] * (when[-1] - start)
    level, slope, at_end = (
        fit.effect(weights, level=confidence) for weights in (units[2], units[3], last)
    )
    own_fit = fit if other is None else fit_series(y, design, lag=lag)
    fitted = design @ own_fit.values
    expected = fitted - design[:, 2:4] @ fit.values[2:4]
    base = float(expected[-1])
    course = own.with_columns(
        fitted=pl.Series(fitted),
        expected=pl.Series(np.where(when < start, np.nan, expected)).fill_nan(None),
    )
    if other is not None:
        course = course.with_columns(comparison=pl.Series(other))
    return Interrupted(
        level=level,
        slope=slope,
        at_end=at_end,
        relative=at_end.value / base if base > 0 else float("nan"),
        autocorrelation=fit.autocorrelation,
        before=before,
        after=len(when) - before,
        compared=other is not None,
        course=course,
        start=start,
        warnings=_warnings(before, len(when) - before, season, compared=other is not None),
        sentence=_sentence(at_end, base, confidence),
    )


def _series(
    rows: pl.DataFrame, time: str, value: str, group: str | None
) -> tuple[pl.DataFrame, Array | None]:
    """Order the series that it happened to, and the comparison beside it."""
    table = pl.DataFrame({"time": numbers(rows, time), "value": numbers(rows, value)})
    if not group:
        return _in_order(table), None
    treated = pl.Series(zero_or_one(rows, group) == 1)
    own, other = (_in_order(table.filter(part)) for part in (treated, ~treated))
    if not own["time"].equals(other["time"]):
        raise Problem(
            "the comparison series has other periods than the series itself",
            "keep the periods that both have",
        )
    return own, other["value"].to_numpy()


def _in_order(series: pl.DataFrame) -> pl.DataFrame:
    series = series.sort("time")
    if series.is_empty() or not (series["time"].diff().drop_nulls() == 1).all():
        raise Problem(
            "a period is missing, doubled, or no whole number",
            "give one row for each period, numbered 1, 2, 3 ...",
        )
    return series.with_columns(pl.col("time").cast(pl.Int64))


def _warnings(before: int, after: int, season: int | None, *, compared: bool) -> tuple[str, ...]:
    doubts = {
        "without a comparison series, anything else that began at the same time "
        "is part of this figure": not compared,
        f"with {min(before, after)} periods on one side a trend is hardly known; "
        f"{ADVISED_PERIODS} or more are advised": min(before, after) < ADVISED_PERIODS,
        "less than two cycles of the season lie before the start": bool(
            season and before < 2 * season
        ),
    }
    return tuple(doubt for doubt, holds in doubts.items() if holds)


def _sentence(at_end: Effect, base: float, confidence: float) -> str:
    share = f", {at_end.value / base:+.0%}" if base > 0 else ""
    chance = (
        " Chance alone could explain this."
        if at_end.low <= 0 <= at_end.high
        else " That is an association in time: what else began then cannot be told apart."
    )
    return (
        f"In the last period it was {abs(at_end.value):.3g} "
        f"{'lower' if at_end.value < 0 else 'higher'} than its earlier course led to expect "
        f"({at_end.value + base:.4g} against {base:.4g}{share}; {confidence:.0%} interval "
        f"{at_end.low:.3g} to {at_end.high:.3g}).{chance}"
    )
