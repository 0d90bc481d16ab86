"""The association between clients' true levels, corrected for the noise of observed means."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import minimize
from scipy.stats import norm

from attunement.programme.alliance_outcome.associations import (
    Array,
    Association,
    association,
    curvature,
    delta,
    inverse,
)
from attunement.programme.alliance_outcome.centring import common_slope, moved

SMALLEST = 1e-4
LOWER = np.tril_indices(2)


@dataclass(frozen=True, kw_only=True)
class Latent:
    """Association between clients' lasting levels of alliance and outcome.

    Attributes
    ----------
    slope : Association
        Outcome per unit of alliance, between clients' true levels.
    correlation : Association
        Between those levels.
    reliability : float
        Of a client's observed mean alliance as a measure of their level, at the mean number of
        sessions.
    """

    slope: Association
    correlation: Association
    reliability: float


@dataclass(frozen=True, kw_only=True)
class _Sums:
    """All that the likelihood needs, for clients with equally many rows together.

    Attributes
    ----------
    within : shape (2, 2)
        Products of departures, summed over all rows.
    free : int
        Their degrees of freedom.
    size, clients : shape (sizes,)
        Rows of a client, and how many clients have so many.
    mean : shape (sizes, 2)
        Of those clients' means.
    spread : shape (sizes, 2, 2)
        Products of their departures from ``mean``, summed.
    """

    within: Array
    free: int
    size: Array
    clients: Array
    mean: Array
    spread: Array


def latent_between(rows: pl.DataFrame, *, level: float = 0.95) -> Latent | None:
    """Estimate the association between true levels by maximum likelihood.

    Alliance and outcome of a client ``i`` with ``n`` sessions are, less the common trend, level
    plus departure, both normal in two dimensions with covariances ``B`` and ``W``. Their means
    then have covariance ``B + W / n``: the multilevel latent covariate model (Ludtke et al.
    2008, *Psychol. Methods* 13:203; cited from memory), in which the slope is ``B[a, y] /
    B[a, a]``. Intervals come from the observed information, by the delta method; that of the
    correlation on Fisher's scale.

    Parameters
    ----------
    rows
        From :func:`attunement.programme.alliance_outcome.centring.centred`.
    level
        Confidence of the intervals.

    Returns
    -------
    None where clients' true levels hardly differ, so that nothing can be said.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.programme.alliance_outcome.centring import centred
    >>> from attunement.programme.alliance_outcome.pairing import pairs_of
    >>> scores = simulate(Plan(clients=100, responses=False), seed=7).scores
    >>> rows = centred(pairs_of(scores, alliance="session-check-in.alliance", outcome="phq9"))
    >>> found = latent_between(rows)
    >>> round(found.correlation.value, 2), round(found.reliability, 2)
    (-0.26, 0.91)
    """
    scale = rows.select(pl.col("alliance", "outcome").std()).to_numpy()[0]
    sums = _sums(rows, scale)
    found = minimize(
        _deviance, _start(sums), args=(sums,), jac=True, method="L-BFGS-B", options={"ftol": 1e-14}
    )
    between = _factor(found.x[3:])
    between = between @ between.T
    if min(between[0, 0], between[1, 1]) < SMALLEST:
        return None
    covariance = inverse(curvature(lambda x: _deviance(x, sums)[1], found.x) / 2)
    slope, slope_se = delta(_slope, found.x, covariance)
    z, z_se = delta(_fisher, found.x, covariance)
    reach = float(norm.ppf((1 + level) / 2)) * z_se
    r = float(np.tanh(z))
    unit = float(scale[1] / scale[0])
    mean_size = float((sums.clients * sums.size).sum() / sums.clients.sum())
    noise = sums.within[0, 0] / sums.free / mean_size
    return Latent(
        slope=association(
            slope * unit,
            slope_se * unit,
            unit=float(np.sqrt(between[0, 0] / between[1, 1])) / unit,
            level=level,
        ),
        correlation=Association(
            value=r,
            se=z_se * (1 - r**2),
            low=float(np.tanh(z - reach)),
            high=float(np.tanh(z + reach)),
            standardised=r,
        ),
        reliability=float(between[0, 0] / (between[0, 0] + noise)),
    )


def _sums(rows: pl.DataFrame, scale: Array) -> _Sums:
    names = ["alliance", "outcome"]
    steady = rows.select(
        "client",
        *(
            (pl.col(name) - common_slope(rows, name) * pl.col("time")) / unit
            for name, unit in zip(names, scale, strict=True)
        ),
    )
    departures = steady.select(moved(name) for name in names).to_numpy()
    means = steady.group_by("client").agg(pl.col(names).mean(), size=pl.len())
    size, place = np.unique(means["size"].to_numpy(), return_inverse=True)
    values = means.select(names).to_numpy()
    clients = np.bincount(place).astype(np.float64)
    sums = [np.bincount(place, column) for column in values.T]
    mean: Array = np.stack(sums, axis=1).astype(np.float64) / clients[:, None]
    apart = values - mean[place]
    products = [np.bincount(place, one * other) for one in apart.T for other in apart.T]
    return _Sums(
        within=departures.T @ departures,
        free=len(steady) - len(means) - 1,
        size=size.astype(float),
        clients=clients,
        mean=mean,
        spread=np.stack(products, axis=1).astype(np.float64).reshape(-1, 2, 2),
    )


def _start(sums: _Sums) -> Array:
    """Begin with variances as they are seen, and no association."""
    within = np.sqrt(np.diag(sums.within) / sums.free)
    total = np.einsum("nii->i", sums.spread) / sums.clients.sum()
    spread = np.sqrt(np.maximum(total, 0.1 * within**2))
    return np.array([within[0], 0.0, within[1], spread[0], 0.0, spread[1]])


def _deviance(numbers: Array, sums: _Sums) -> tuple[float, Array]:
    """Minus twice the log-likelihood, and its gradient by the two Cholesky factors."""
    factors = _factor(numbers[:3]), _factor(numbers[3:])
    within, between = (factor @ factor.T for factor in factors)
    precise = np.linalg.inv(within)
    spread = between + within / sums.size[:, None, None]
    precision = np.linalg.inv(spread)
    weight = sums.clients[:, None, None] * precision
    mean = np.linalg.solve(weight.sum(axis=0), np.einsum("nij,nj->i", weight, sums.mean))
    apart = sums.mean - mean
    seen = sums.spread + sums.clients[:, None, None] * apart[:, :, None] * apart[:, None, :]
    value = sums.free * np.linalg.slogdet(within)[1] + np.trace(precise @ sums.within)
    value += sums.clients @ np.linalg.slogdet(spread)[1] + np.einsum("nij,nji->", precision, seen)
    by_spread = weight - precision @ seen @ precision
    by_within = sums.free * precise - precise @ sums.within @ precise
    by_within += (by_spread / sums.size[:, None, None]).sum(axis=0)
    slopes = [2 * by_within @ factors[0], 2 * by_spread.sum(axis=0) @ factors[1]]
    return float(value), np.concatenate([slope[LOWER] for slope in slopes])


def _factor(numbers: Array) -> Array:
    factor: Array = np.zeros((2, 2))
    factor[LOWER] = numbers
    return factor


def _slope(numbers: Array) -> float:
    """Slope between levels, ``B[a, y] / B[a, a]``, from the factor of B."""
    return float(numbers[4] / numbers[3])


def _fisher(numbers: Array) -> float:
    """Correlation between levels on Fisher's scale."""
    return float(np.arctanh(numbers[4] / np.hypot(numbers[4], numbers[5])))
