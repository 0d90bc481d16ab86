"""Learn what is usual at a site from its own check-ins."""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.course.baseline import FEWEST_CLIENTS, moderate
from attunement.guidance.reasons.library import ITEMS
from attunement.guidance.reasons.rows import ABSENT
from attunement.guidance.reasons.usual import ROUNDING, TOP, Usual, default_usual

Array = NDArray[np.float64]
Index = NDArray[np.int64]

FEWEST_ROWS = 3
MOST_AT_TOP = 0.25
LEAST_VARIANCE = 0.05
LEAST_SHARED, MOST_SHARED = 0.05, 0.95
MOST_CARRIED = 0.6
LEAST_PROFILE = 0.1
SYMPTOMS = "symptoms:"
USUAL_APPOINTMENTS = 200


def learn_usual(table: pl.DataFrame) -> Usual:
    """Learn what is usual from a site's own check-ins; documented defaults where they are too few.

    The covariance is pooled within clients, pair by pair, so that a missing answer costs only
    itself. Rounding to whole points adds 1/12 to a variance (Sheppard 1898, *Proc. London Math.
    Soc.* 29:353), which is taken off, since it is counted elsewhere. How far a departure carries
    over follows from changes over one and over two sessions, whose variances are
    ``2 v (1 - r)`` and ``2 v (1 - r**2)`` whatever the client's level. One factor is taken
    out of the correlations by repeated principal axes. Clients whose answers are often the best
    possible are left out: there spread cannot be seen.

    Parameters
    ----------
    table
        As from :func:`attunement.guidance.reasons.rows.rows`.
    """
    answers = table.select(ITEMS).to_numpy().astype(float)
    client = table["client"].rank("dense").to_numpy().astype(np.int64) - 1
    keep = _seen_to_spread(answers, client)
    answers, client = answers[keep], client[keep]
    client = np.unique(client, return_inverse=True)[1] if client.size else client
    number = int(client.max()) + 1 if client.size else 0
    absent, late = _failed(table["status"])
    if number < FEWEST_CLIENTS:
        return replace(default_usual(), absent=absent, late=late)
    count, means = _means(answers, client, number)
    there = np.isfinite(answers)
    left = np.where(there, answers - means[client], 0.0)
    pairs = there.T.astype(float) @ there
    freedom_share = 1 - number / len(client)
    covariance = left.T @ left / np.maximum(pairs * freedom_share, 1.0)
    carries = _carried(answers, client)
    lost = _lost(len(client) / number, carries) / freedom_share
    spread = np.sqrt(np.maximum((np.diag(covariance) - ROUNDING) / lost, LEAST_VARIANCE))
    shared = one_factor(covariance / lost, spread)
    learnt = Usual(
        levels=_levels(means, count),
        sds=spread,
        shared=shared,
        profile_sd=_profile_sd(means, count, (1 - shared) * spread**2),
        carries=carries,
        df=_worth(left, client, count, np.diag(covariance), float(shared.mean())),
        symptoms_shared=_symptoms_shared(table),
        absent=absent,
        late=late,
        clients=number,
    )
    return _with_view(learnt, table.filter(pl.Series(keep)), left, there, client)


def _failed(status: pl.Series) -> tuple[float, float]:
    """Count appointments that failed or began late, beside as many as 200 usual ones."""
    known = max(int(status.is_in([*ABSENT, "late", "attended"]).sum()), 0) + USUAL_APPOINTMENTS
    absent = int(status.is_in(list(ABSENT)).sum()) + USUAL_APPOINTMENTS * Usual.absent
    late = int((status == "late").sum()) + USUAL_APPOINTMENTS * Usual.late
    return float(absent / known), float(late / known)


def _seen_to_spread(answers: Array, client: Index) -> NDArray[np.bool_]:
    """Keep clients with enough check-ins, few of whose answers are the best possible."""
    there = np.isfinite(answers)
    if not client.size:
        return np.zeros(0, dtype=bool)
    rows_of = np.bincount(client, there.any(axis=1))
    given = np.maximum(np.bincount(client, there.sum(axis=1)), 1)
    at_top = np.bincount(client, (answers >= TOP).sum(axis=1)) / given
    fit = (rows_of >= FEWEST_ROWS) & (at_top < MOST_AT_TOP)
    return np.asarray(fit[client] & there.any(axis=1))


def _means(answers: Array, client: Index, number: int) -> tuple[Array, Array]:
    """Count and average every client's answers."""
    there = np.isfinite(answers)
    known = np.where(there, answers, 0.0)
    count = np.stack([np.bincount(client, one, number) for one in there.T], axis=1)
    sums = np.stack([np.bincount(client, one, number) for one in known.T], axis=1)
    return count.astype(float), sums / np.maximum(count, 1)


def _carried(answers: Array, client: Index) -> float:
    """Estimate the correlation of departures one session apart."""
    variance = []
    for lag in (1, 2):
        same = client[lag:] == client[:-lag]
        change = (answers[lag:] - answers[:-lag])[same]
        change = change[np.isfinite(change)]
        variance.append(float(np.mean(change**2)) - 2 * ROUNDING if change.size else 0.0)
    once, twice = variance
    return float(np.clip(twice / once - 1, 0.0, MOST_CARRIED)) if once > 0 and twice > 0 else 0.0


def _lost(sessions: float, carries: float) -> float:
    """Give the share of a variance that is left around the mean of so many sessions."""
    of_mean = (1 + carries) / (1 - carries) / sessions
    ends = 2 * carries * (1 - carries**sessions) / (sessions * (1 - carries)) ** 2
    return float(max(1 - of_mean + ends, 0.2))


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


def _levels(means: Array, count: Array) -> Array:
    full = (count > 0).all(axis=1)
    return np.asarray(means[full].mean(axis=0)) if full.any() else np.full(len(ITEMS), 7.0)


def _profile_sd(means: Array, count: Array, particular: Array) -> float:
    """Estimate how far clients' profiles differ, less what sampling adds."""
    full = (count > 0).all(axis=1)
    if not full.any():
        return LEAST_PROFILE
    profile = means[full] - means[full].mean(axis=0)
    profile = profile - profile.mean(axis=1, keepdims=True)
    noise = float(np.mean(particular / count[full]))
    items = len(ITEMS)
    spread = float(np.var(profile)) * items / (items - 1) - noise
    return float(max(spread, LEAST_PROFILE**2) ** 0.5)


def _worth(left: Array, client: Index, count: Array, variance: Array, shared: float) -> float:
    """Estimate how alike clients' spreads are, as degrees of freedom (Smyth 2004)."""
    items = len(ITEMS)
    away = left / np.sqrt(variance)
    whole = np.bincount(client, (away**2).sum(axis=1), len(count))
    common = np.bincount(client, away.mean(axis=1) ** 2, len(count)) * items
    ratio = (whole - common) / (1 - shared) + common / (1 + (items - 1) * shared)
    freedom = np.maximum(count - 1, 0).sum(axis=1)
    enough = (freedom > 0) & (ratio > 0)
    return moderate(ratio[enough] / freedom[enough], freedom[enough])[1]


def _symptoms_shared(table: pl.DataFrame) -> float:
    """Average the correlations of symptom scales within clients."""
    names = [name for name in table.columns if name.startswith(SYMPTOMS)]
    default = Usual.symptoms_shared
    if len(names) < 2:
        return default
    whole = table.select("client", *names).drop_nulls()
    apart = whole.select(pl.col(names) - pl.col(names).mean().over("client")).to_numpy()
    if len(whole) - whole["client"].n_unique() < FEWEST_CLIENTS or (apart.std(axis=0) == 0).any():
        return default
    correlation = np.corrcoef(apart.T)
    off = correlation[~np.eye(len(names), dtype=bool)]
    return float(np.clip(off.mean(), 0.0, MOST_SHARED))


def _with_view(
    usual: Usual, table: pl.DataFrame, left: Array, there: NDArray[np.bool_], client: Index
) -> Usual:
    """Add how the therapist's mean answer spreads, and how far it goes with the client's."""
    view = table["view"].to_numpy().astype(float)
    known = np.isfinite(view) & there.any(axis=1)
    who, number = client[known], int(client.max()) + 1
    count = np.bincount(who, minlength=number)
    freedom = float(np.maximum(count - 1, 0).sum())
    if freedom < FEWEST_CLIENTS:
        return usual
    apart = view[known] - (np.bincount(who, view[known], number) / np.maximum(count, 1))[who]
    variance = max(float((apart**2).sum()) / freedom, LEAST_VARIANCE)
    day = left[known].sum(axis=1) / there[known].sum(axis=1)
    together = float((apart * day).sum()) / freedom
    loading = together / (variance**0.5 * float(np.mean(usual.sds * usual.shared**0.5)))
    means = table.select(pl.mean_horizontal(ITEMS)).to_series().to_numpy().astype(float)
    return replace(
        usual,
        view_bias=float(np.mean(view[known] - means[known])),
        view_sd=variance**0.5,
        view_shared=float(np.clip(max(loading, 0.0) ** 2, 0.0, 0.9)),
    )
