"""What lies before a session: earlier values of the same client, and sums over them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]

MOST_SESSIONS = 40


@dataclass(frozen=True)
class Earlier:
    """Number, sum and sum of squares of earlier values, of shape (rows judged, columns)."""

    count: Array
    total: Array
    squares: Array


def earlier(values: Array, start: Index, judged: Index, lag: int = 0) -> Earlier:
    """Sum what lies before each judged row.

    Parameters
    ----------
    values : shape (rows, columns)
        Sorted by client and session; NaN where missing.
    start : shape (rows,)
        The first row of the row's client.
    judged
        Which rows are judged.
    lag
        How many of the rows just before are left out too.
    """
    there = np.isfinite(values)
    known = np.where(there, values, 0.0)
    last = np.maximum(judged - lag, start[judged])
    parts = (there.astype(float), known, known**2)
    return Earlier(*(_between(part, start[judged], last) for part in parts))


def _between(part: Array, first: Index, last: Index) -> Array:
    """Sum rows from ``first`` up to and without ``last``."""
    sums = np.concatenate([np.zeros((1, part.shape[1])), np.cumsum(part, axis=0)])
    return np.asarray(sums[last] - sums[first])


def history(values: Array, start: Index, judged: Index) -> Array:
    """Lay out earlier values, the latest first: shape (rows judged, sessions, columns).

    Sessions that a client does not have are NaN; so are those more than 40 sessions ago.
    """
    before = judged - start[judged]
    most = int(min(before.max(initial=0), MOST_SESSIONS))
    place = judged[:, None] - np.arange(1, most + 1)
    known = place >= start[judged][:, None]
    return np.where(known[:, :, None], values[np.maximum(place, 0)], np.nan)
