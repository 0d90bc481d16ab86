"""What is usual at a site: how answers spread and move together within a client."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.course.baseline import FEWEST_CLIENTS, UNIT_SD, moderate
from attunement.guidance.reasons.library import ITEMS

Array = NDArray[np.float64]

TOP, BOTTOM = 10.0, 0.0
SHARED = 0.6
ROUNDING = 1 / 12
FEWEST_ROWS = 3
MOST_AT_TOP = 0.25
LEAST_SHARED, MOST_SHARED = 0.05, 0.95


@dataclass(frozen=True, kw_only=True)
class Usual:
    """How the answers of one client usually spread, in points from 0 to 10.

    Within a client, an answer departs from its own level by ``sd * (sqrt(shared) f +
    sqrt(1 - shared) e)``: the day as a whole ``f``, and what is particular to the answer ``e``.

    Attributes
    ----------
    levels : shape (8,)
        Usual level of each answer; only the differences between them matter.
    sds : shape (8,)
        Usual spread of each answer within a client.
    shared : shape (8,)
        Share of that variance that the answers have in common: the squared loading on one factor.
    profile_sd : float
        Spread between clients of how far an answer lies above the client's other answers.
    df : float
        How many degrees of freedom the usual spread counts for against a client's own.
    view_bias, view_sd, view_shared : float
        The therapist's mean answer: how far above the client's, its spread within a client, and
        the share of its variance that it has in common with the client's answers.
    clients : int
        From how many clients it was learnt; 0 for the documented defaults.
    """

    levels: Array
    sds: Array
    shared: Array
    profile_sd: float = 0.6
    df: float = 12.0
    view_bias: float = -0.5
    view_sd: float = 0.7
    view_shared: float = 0.3
    clients: int = 0


def default_usual(sd: float | None = None, df: float = 12.0) -> Usual:
    """Documented defaults, or what follows from the usual spread of the mean of the eight.

    Two answers share 0.6 of their variance within a client; a mean of eight of which each
    correlates by ``r`` with the others spreads ``sqrt((1 + 7 r) / 8)`` times as much as one
    (Spearman 1910 and Brown 1910, *Br. J. Psychol.* 3:271-322).

    Parameters
    ----------
    sd
        Usual spread of the mean of the eight within a client, in points;
        :data:`attunement.course.baseline.UNIT_SD` of the range where None.
    df
        What that knowledge is worth.
    """
    items = len(ITEMS)
    of_mean = UNIT_SD * (TOP - BOTTOM) if sd is None else sd
    of_item = of_mean * (items / (1 + (items - 1) * SHARED)) ** 0.5
    return Usual(
        levels=np.full(items, 7.0),
        sds=np.full(items, of_item),
        shared=np.full(items, SHARED),
        df=df,
    )


def learn_usual(table: pl.DataFrame) -> Usual:
    """Learn from a site's own check-ins; the documented defaults where there are too few.

    The covariance is pooled within clients, pair by pair, so that a missing answer costs only
    itself; rounding to whole points adds 1/12 to a variance (Sheppard 1898, *Proc. London Math.
    Soc.* 29:353) and is taken off, since it is counted elsewhere. One factor is taken out of the
    correlations by repeated principal axes. Clients whose answers are often the best possible
    are left out: there spread cannot be seen.

    Parameters
    ----------
    table
        As from :func:`attunement.guidance.reasons.rows.rows`, of sessions without anything that
        is to be found, or of so many that it does not matter.
    """
    answers = table.select(ITEMS).to_numpy().astype(float)
    client = table["client"].rank("dense").to_numpy().astype(np.int64) - 1
    there = np.isfinite(answers)
    rows_of = np.bincount(client, there.any(axis=1))
    if rows_of.size == 0:
        return default_usual()
    at_top = np.bincount(client, (answers >= TOP).sum(axis=1)) / np.maximum(
        np.bincount(client, there.sum(axis=1)), 1
    )
    fit = (rows_of >= FEWEST_ROWS) & (at_top < MOST_AT_TOP)
    if fit.sum() < FEWEST_CLIENTS:
        return default_usual()
    keep = fit[client]
    answers, there = answers[keep], there[keep]
    client = np.unique(client[keep], return_inverse=True)[1]
    number = int(client.max()) + 1
    count = np.stack([np.bincount(client, t, number) for t in there.T], axis=1)
    sums = np.stack(
        [
            np.bincount(client, np.where(t, a, 0.0), number)
            for a, t in zip(answers.T, there.T, strict=True)
        ],
        axis=1,
    )
    means = sums / np.maximum(count, 1)
    left = np.where(there, answers - means[client], 0.0)
    pairs = there.T.astype(float) @ there
    covariance = left.T @ left / np.maximum(pairs - number * pairs / len(client), 1.0)
    spread = np.sqrt(np.maximum(np.diag(covariance) - ROUNDING, 0.05))
    shared = one_factor(covariance, spread)
    squares = np.stack([np.bincount(client, column**2, number) for column in left.T], axis=1)
    freedom = np.maximum(count - 1, 0)
    worth = len(ITEMS) / (1 + (len(ITEMS) - 1) * float(shared.mean()) ** 2)
    enough = (freedom.sum(axis=1) > 0) & (squares.sum(axis=1) > 0)
    ratio = (squares / np.diag(covariance)).sum(axis=1)[enough] / freedom.sum(axis=1)[enough]
    _, df = moderate(ratio, freedom.mean(axis=1)[enough] * worth)
    full = (count > 0).all(axis=1)
    levels = means[full].mean(axis=0) if full.any() else np.full(len(ITEMS), 7.0)
    profile = means[full] - levels
    profile = profile - profile.mean(axis=1, keepdims=True)
    noise = float(np.mean((1 - shared) * spread**2 / np.maximum(count[full], 1)))
    profile_sd = max(float(np.var(profile)) * 8 / 7 - noise, 0.01) ** 0.5
    learnt = Usual(
        levels=levels, sds=spread, shared=shared, profile_sd=profile_sd, df=df, clients=number
    )
    return _with_view(learnt, table.filter(pl.Series(keep)), left, there, client)


def one_factor(covariance: Array, spread: Array) -> Array:
    """Find what each answer shares with one factor: principal axes, repeated."""
    correlation = covariance / np.outer(spread, spread)
    off = correlation - np.diag(np.diag(correlation))
    shared = np.full(len(spread), float(off.sum() / (off.size - len(spread))))
    for _ in range(50):
        shared = shared.clip(LEAST_SHARED, MOST_SHARED)
        values, vectors = np.linalg.eigh(off + np.diag(shared))
        shared = values[-1] * vectors[:, -1] ** 2
    return np.asarray(shared.clip(LEAST_SHARED, MOST_SHARED))


def _with_view(
    usual: Usual,
    table: pl.DataFrame,
    left: Array,
    there: NDArray[np.bool_],
    client: NDArray[np.int64],
) -> Usual:
    """Add how the therapist's mean answer spreads, and how far it goes with the client's."""
    view = table["view"].to_numpy().astype(float)
    known = np.isfinite(view) & there.any(axis=1)
    if known.sum() < FEWEST_CLIENTS * FEWEST_ROWS:
        return usual
    who, number = client[known], int(client.max()) + 1
    count = np.bincount(who, minlength=number)
    mean = np.bincount(who, view[known], number) / np.maximum(count, 1)
    apart = view[known] - mean[who]
    freedom = float(np.maximum(count - 1, 0).sum())
    if freedom < FEWEST_CLIENTS:
        return usual
    variance = float((apart**2).sum()) / freedom
    day = left[known].sum(axis=1) / there[known].sum(axis=1)
    together = float((apart * day).sum()) / freedom
    loading = together / (variance**0.5 * float(np.mean(usual.sds * usual.shared**0.5)))
    means = table.select(pl.mean_horizontal(ITEMS)).to_series().to_numpy().astype(float)
    return replace(
        usual,
        view_bias=float(np.nanmean(view[known] - means[known])),
        view_sd=variance**0.5,
        view_shared=float(np.clip(max(loading, 0.0) ** 2, 0.0, 0.9)),
    )
