"""The regressors of an interrupted time series, and what a plan of one can show."""

from dataclasses import dataclass

import numpy as np

from attunement.problems import Problem
from attunement.programme.evaluation.intake import Array
from attunement.programme.evaluation.power import Power, positive, power_of

FEWEST_PERIODS = 8


@dataclass(frozen=True, kw_only=True)
class SegmentPower:
    """What an interrupted time series can show: the step, the change of trend, and the end."""

    level: Power
    slope: Power
    at_end: Power


def segments(time: Array, start: int, season: int | None = None, harmonics: int = 2) -> Array:
    """Give constant, trend, step, change of trend, and pairs of sine and cosine.

    The columns are those of Wagner et al. (2002, *J. Clin. Pharm. Ther.* 27:299; cited from
    memory).

    Parameters
    ----------
    time : shape (periods,)
        Whole numbers in order.
    start
        First period after the interruption.
    season, harmonics
        Periods in a cycle, and pairs that describe it; no more than the cycle carries.

    Raises
    ------
    Problem
        With fewer than eight periods on one side, or fewer than the season has numbers.

    Examples
    --------
    >>> import numpy as np
    >>> segments(np.arange(16), 8)[7:10].tolist()
    [[1.0, -1.0, 0.0, 0.0], [1.0, 0.0, 1.0, 0.0], [1.0, 1.0, 1.0, 1.0]]
    """
    after = time >= start
    pairs = min(harmonics, season // 2) if season else 0
    if min(after.sum(), (~after).sum()) < FEWEST_PERIODS or len(time) < 2 * (4 + 2 * pairs):
        raise Problem(
            f"{(~after).sum()} periods lie before the start and {after.sum()} after",
            f"this needs {FEWEST_PERIODS} or more on each side, and {2 * (4 + 2 * pairs)} in all",
        )
    since = time - start
    angles = [2 * np.pi * (pair + 1) * time / (season or 1) for pair in range(pairs)]
    waves = [wave(angle) for angle in angles for wave in (np.sin, np.cos)]
    columns = [np.ones_like(since), since, after.astype(float), np.where(after, since, 0), *waves]
    design = np.column_stack(columns)
    kept = np.abs(design).max(axis=0) > 1e-9
    return np.asarray(design[:, kept], dtype=np.float64)


def interrupted_power(
    before: int,
    after: int,
    *,
    sd: float,
    autocorrelation: float = 0.0,
    level_change: float = 0.0,
    slope_change: float = 0.0,
    season: int | None = None,
    harmonics: int = 2,
    confidence: float = 0.95,
) -> SegmentPower:
    """Tell what an interrupted time series of this length can show.

    The exact variance of least squares with errors that follow a first-order autoregression,
    ``(X'X)^-1 X' V X (X'X)^-1``, and the normal distribution. The analysis itself does not know
    the errors' correlation, so that its power is somewhat less in short series.

    The variance is that of any linear estimator; to plan with it is our own.

    Parameters
    ----------
    before, after
        Periods.
    sd
        Of one period around the trend, in the value's unit; for the difference between two
        series where there will be a comparison.
    autocorrelation
        Of neighbouring periods, between -1 and 1.
    level_change, slope_change
        The truth to be found: a step, and a change of trend per period.
    season, harmonics
        As for :func:`segments`.
    confidence
        Of the interval that must exclude zero.

    Raises
    ------
    Problem
        As :func:`segments`; or if ``sd`` or ``autocorrelation`` cannot be.

    Examples
    --------
    >>> found = interrupted_power(24, 24, sd=5.0, autocorrelation=0.2, level_change=8.0)
    >>> round(found.level.se, 2), round(found.level.power, 2)
    (3.41, 0.65)
    """
    positive("sd", sd)
    if not -1 < autocorrelation < 1:
        raise Problem(
            f"{autocorrelation:g} is no autocorrelation",
            "give one between -1 and 1",
            field="autocorrelation",
        )
    time = np.arange(1.0, before + after + 1)
    design = segments(time, before + 1, season, harmonics)
    apart = np.abs(np.subtract.outer(time, time))
    errors = sd**2 * np.where(apart == 0, 1.0, autocorrelation**apart)
    spread = design @ np.linalg.inv(design.T @ design)
    covariance = spread.T @ errors @ spread
    units = np.eye(design.shape[1])
    end = after - 1
    asked = {
        "level": (units[2], level_change),
        "slope": (units[3], slope_change),
        "at_end": (units[2] + end * units[3], level_change + end * slope_change),
    }
    return SegmentPower(
        **{
            name: power_of(size, float(np.sqrt(w @ covariance @ w)), level=confidence)
            for name, (w, size) in asked.items()
        }
    )
