"""What followed each strategy at one site, beside recovery unaided at the same depth of drop."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.multitest import multipletests

Array = NDArray[np.float64]

FEWEST_CLIENTS = 10
FEWEST_UNAIDED = 30
FEWEST_EACH_WAY = 5
FALSE_DISCOVERIES = 0.05
LATEST_LAG = 3
STEADY = 1e-3  # a little ridge, so that a regression on few rows has an answer
CLOSE = 1e-9
LEVEL = 0.95


@dataclass(frozen=True, kw_only=True)
class SiteEvidence:
    """What followed one strategy. It is never the effect of the strategy.

    Therapists choose strategies for clients, and choose more of them for clients they worry about
    (confounding by indication); only what is measured here, depth of the drop and time since, is
    held equal.

    Attributes
    ----------
    strategy : str
        Which.
    clients : int
        With how many clients it was tried after a drop, and followed for long enough.
    recovered : float or None
        Share of those tries after which the client was back at their level.
    expected : float or None
        Share that recovered unaided at the same depth and time.
    difference : float or None
        Between the two; None where there is too little to say.
    interval : pair of float or None
        95 % interval of that difference.
    shrunken : float or None
        The difference, drawn towards that of all strategies by as much as it is uncertain.
    shrunken_interval : pair of float or None
        95 % interval of the shrunken difference.
    p : float or None
        Two-sided, for no difference.
    stands_out : bool
        Whether it differs, with at most 5 in 100 such statements false.
    """

    strategy: str
    clients: int
    recovered: float | None = None
    expected: float | None = None
    difference: float | None = None
    interval: tuple[float, float] | None = None
    shrunken: float | None = None
    shrunken_interval: tuple[float, float] | None = None
    p: float | None = None
    stands_out: bool = False


@dataclass(frozen=True)
class _Unaided:
    """Recovery without any strategy, as a function of depth and time."""

    weights: Array
    covariance: Array


def site_evidence(chances: pl.DataFrame) -> Mapping[str, SiteEvidence]:
    """Compare recovery after each strategy with recovery unaided.

    Recovery unaided is a logistic regression on depth of the drop and sessions since, with a
    variance that allows for several chances of one client (Liang & Zeger 1986, *Biometrika*
    73:13). Each strategy's tries are compared with what that predicts for the same depths and
    times. Differences are shrunken by empirical Bayes (variance between strategies after
    DerSimonian & Laird 1986, *Control. Clin. Trials* 7:177); which of them stand out is decided
    so that the expected share of false statements is at most 5 % (Benjamini & Hochberg 1995,
    *J. R. Stat. Soc. B* 57:289).

    ``log(p / (1 - p)) = a + b log(depth) + c log(depth)^2 + d_lag`` unaided; the difference is
    ``mean(recovered - p)`` over a strategy's tries.

    Parameters
    ----------
    chances
        As from :func:`attunement.guidance.followup.chances.chances`.

    Returns
    -------
    By strategy, in the order of their ids. A strategy with fewer than 10 clients, or any strategy
    while fewer than 30 chances went by unaided, has counts alone.

    Examples
    --------
    >>> rows = {"client": [f"c{n}" for n in range(60)], "lag": [1, 2] * 30,
    ...         "depth": [2.5 + n % 4 / 2 for n in range(60)],
    ...         "recovered": [n % 3 > 0 for n in range(60)],
    ...         "strategy": ["agree-a-depth" if n % 4 == 0 else None for n in range(60)]}
    >>> found = site_evidence(pl.DataFrame(rows))["agree-a-depth"]
    >>> found.clients, round(found.recovered, 2), round(found.expected, 2), found.stands_out
    (15, 0.67, 0.66, False)
    """
    unaided = _unaided(chances.filter(pl.col("strategy").is_null()))
    found = {
        str(name): _compare(str(name), rows, unaided)
        for (name,), rows in chances.drop_nulls("strategy").group_by("strategy")
    }
    told = [one for one in found.values() if one.difference is not None]
    return dict(sorted({**found, **{one.strategy: one for one in _together(told)}}.items()))


def _design(rows: pl.DataFrame) -> Array:
    lag = rows["lag"].clip(upper_bound=LATEST_LAG).to_numpy()
    depth = np.log(rows["depth"].to_numpy().astype(float))
    later = [(lag == step).astype(float) for step in range(2, LATEST_LAG + 1)]
    return np.column_stack([np.ones(len(lag)), depth, depth**2, *later])


def _unaided(rows: pl.DataFrame) -> _Unaided | None:
    recovered = rows["recovered"].to_numpy().astype(float)
    both_ways = min(recovered.sum(), len(recovered) - recovered.sum())
    if len(recovered) < FEWEST_UNAIDED or both_ways < FEWEST_EACH_WAY:
        return None
    design = _design(rows)
    ridge = STEADY * np.eye(design.shape[1])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        chance = _logistic(design @ weights)
        information = design.T @ (design * (chance * (1 - chance))[:, None]) + ridge
        step = np.linalg.solve(information, design.T @ (recovered - chance) - ridge @ weights)
        weights = weights + step
        if np.abs(step).max() < CLOSE:
            break
    chance = _logistic(design @ weights)
    pull = _by_client(rows, design * (recovered - chance)[:, None])
    bread = np.linalg.inv(information)
    clients = len(pull)
    return _Unaided(weights, bread @ (pull.T @ pull) @ bread * clients / max(clients - 1, 1))


def _logistic(value: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(value, -30, 30))))


def _by_client(rows: pl.DataFrame, values: Array) -> Array:
    client = rows["client"].rank("dense").to_numpy().astype(np.int64) - 1
    sums = np.zeros((int(client.max()) + 1, values.shape[1]))
    np.add.at(sums, client, values)
    return sums


def _compare(strategy: str, rows: pl.DataFrame, unaided: _Unaided | None) -> SiteEvidence:
    clients = rows["client"].n_unique()
    alone = SiteEvidence(strategy=strategy, clients=clients)
    if unaided is None or clients < FEWEST_CLIENTS:
        return alone
    design, recovered = _design(rows), rows["recovered"].to_numpy().astype(float)
    chance = _logistic(design @ unaided.weights)
    n, left = len(recovered), recovered - chance
    slope = (design * (chance * (1 - chance))[:, None]).mean(axis=0)
    by_client = _by_client(rows, left[:, None])[:, 0]
    observed = float((by_client**2).sum()) * clients / (clients - 1) / n**2
    by_chance = float((chance * (1 - chance)).sum()) / n**2
    variance = max(observed, by_chance) + float(slope @ unaided.covariance @ slope)
    difference, spread = float(left.mean()), variance**0.5
    reach = float(stats.t.ppf((1 + LEVEL) / 2, clients - 1)) * spread
    return replace(
        alone,
        recovered=float(recovered.mean()),
        expected=float(chance.mean()),
        difference=difference,
        interval=(difference - reach, difference + reach),
        p=float(2 * stats.t.sf(abs(difference) / spread, clients - 1)),
    )


def _together(told: list[SiteEvidence]) -> list[SiteEvidence]:
    if not told:
        return []
    difference = np.array([one.difference for one in told], dtype=float)
    widths = np.array([one.interval[1] - one.interval[0] for one in told if one.interval])
    reach = stats.t.ppf((1 + LEVEL) / 2, np.array([one.clients for one in told]) - 1)
    variance = (widths / 2 / reach) ** 2
    weight = 1 / variance
    mean = float((weight * difference).sum() / weight.sum())
    scatter = float((weight * (difference - mean) ** 2).sum())
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    between = max(scatter - (len(told) - 1), 0.0) / room if room > 0 else 0.0
    weight = 1 / (variance + between)
    mean = float((weight * difference).sum() / weight.sum())
    kept = between / (between + variance)
    shrunken = mean + kept * (difference - mean)
    spread = np.sqrt(kept * variance + (1 - kept) ** 2 / weight.sum())
    half = float(stats.norm.ppf((1 + LEVEL) / 2)) * spread
    p = [one.p for one in told]
    stands_out = multipletests(p, alpha=FALSE_DISCOVERIES, method="fdr_bh")[0]
    return [
        replace(
            one,
            shrunken=float(shrunken[i]),
            shrunken_interval=(float(shrunken[i] - half[i]), float(shrunken[i] + half[i])),
            stands_out=bool(stands_out[i]),
        )
        for i, one in enumerate(told)
    ]
