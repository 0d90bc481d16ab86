"""Which comes first: the random-intercept cross-lagged panel model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.stats import chi2

from attunement.programme.alliance_outcome.associations import (
    Array,
    Association,
    association,
    curvature,
    delta,
    inverse,
)
from attunement.programme.alliance_outcome.full_information import Patterns, deviance, patterns_of
from attunement.programme.alliance_outcome.lagged_structure import Panel
from attunement.programme.alliance_outcome.waves import waves_of

FLAT = 1e-4
LITTLE = 0.05
START = 0.1
MOST = 0.999999
POOR_FIT = 0.08
PLACES = {
    "alliance_to_outcome": (1, 0),
    "outcome_to_alliance": (0, 1),
    "alliance_to_alliance": (0, 0),
    "outcome_to_outcome": (1, 1),
}


@dataclass(frozen=True, kw_only=True)
class ModelTest:
    """How far the model is from any covariance at all.

    Attributes
    ----------
    chi2, df, p : float
        Likelihood ratio against free means and covariances.
    rmsea : float
        Root mean square error of approximation.
    """

    chi2: float
    df: int
    p: float
    rmsea: float


@dataclass(frozen=True, kw_only=True)
class CrossLagged:
    """What comes first, within clients.

    Attributes
    ----------
    alliance_to_outcome, outcome_to_alliance : Association
        Of one wave's departure from the client's own level with the next wave's, all else equal.
    alliance_to_alliance, outcome_to_outcome : Association
        How departures carry over.
    levels : Association
        Correlation between clients' lasting levels.
    sessions : tuple of int
        Which sessions were the waves.
    clients : int
    missing : float
        Share of scores that were missing.
    log_likelihood : float
    parameters : int
    test : ModelTest or None
        None where scores are missing.
    warnings : tuple of str
        What a reader must know before leaning on it.
    """

    alliance_to_outcome: Association
    outcome_to_alliance: Association
    alliance_to_alliance: Association
    outcome_to_outcome: Association
    levels: Association
    sessions: tuple[int, ...]
    clients: int
    missing: float
    log_likelihood: float
    parameters: int
    test: ModelTest | None
    warnings: tuple[str, ...]


def cross_lagged(
    scores: Any,
    *,
    alliance: str,
    outcome: str,
    sessions: Sequence[int] | None = None,
    level: float = 0.95,
) -> CrossLagged:
    """Fit a random-intercept cross-lagged panel model.

    Hamaker, Kuiper and Grasman (2015, *Psychol. Methods* 20:102; cited from memory): each score
    is its wave's mean, the client's lasting level and a departure; departures of both scales at
    one wave depend on both departures at the wave before. Lagged effects are the same at every
    wave, means and innovations are free. Full-information maximum likelihood, so that clients
    with missing scores count with what they have; standard errors from the observed information.
    Unlike person-mean centring with the outcome's own past in the model it has no bias of
    Nickell (1981, *Econometrica* 49:1417).

    ``x_it = m_t + level_i + d_it`` and ``d_it = L d_i(t-1) + e_it``, with ``x`` the pair of scores.

    Parameters
    ----------
    scores
        The table ``scores``, of any kind.
    alliance, outcome, sessions
        As for :func:`attunement.programme.alliance_outcome.waves.waves_of`.
    level
        Confidence of the intervals.

    Raises
    ------
    Problem
        With fewer than three waves, or fewer than fifty clients.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> scores = simulate(Plan(clients=100, responses=False), seed=7).scores
    >>> found = cross_lagged(scores, alliance="session-check-in.alliance", outcome="phq9",
    ...                      sessions=[1, 2, 3])
    >>> found.clients, found.sessions, round(found.alliance_to_outcome.value, 1)
    (99, (1, 2, 3), -1.2)
    """
    waves = waves_of(scores, alliance=alliance, outcome=outcome, sessions=sessions)
    return fit_panel(waves.values, waves.sessions, level=level)


def fit_panel(values: Array, sessions: Sequence[int], *, level: float = 0.95) -> CrossLagged:
    """Fit the model to scores laid out by wave.

    The model and its sources are those of :func:`cross_lagged`.

    Parameters
    ----------
    values : shape (clients, 2 * waves)
        Alliance and outcome of the first wave, of the second ...; NaN where missing.
    sessions
        Which session each wave is.
    level
        Confidence of the intervals.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> level = np.repeat(rng.normal(size=(100, 2)), 3, axis=0).reshape(100, 6)
    >>> found = fit_panel(level + rng.normal(size=(100, 6)), (1, 2, 3))
    >>> found.clients, found.parameters, found.test.df
    (100, 22, 5)
    """
    panel = Panel(waves=len(sessions))
    pairs = values.reshape(len(values), -1, 2)
    centre, unit = np.nanmean(pairs, axis=(0, 1)), np.nanstd(pairs, axis=(0, 1))
    patterns = patterns_of(((pairs - centre) / unit).reshape(values.shape))

    def both(numbers: Array) -> tuple[float, Array]:
        implied = panel.structure(numbers)
        value, by_mean, by_covariance = deviance(patterns, implied.mean, implied.covariance)
        return value, panel.gradient(numbers, by_mean, by_covariance)

    rows = int(sum(pattern.rows.sum() for pattern in patterns))

    def per_row(numbers: Array) -> tuple[float, Array]:
        value, slopes = both(numbers)
        return value / rows, slopes / rows

    found = minimize(
        per_row,
        _start(panel),
        jac=True,
        method="BFGS",
        options={"gtol": 1e-7, "maxiter": 1000},
    )
    at = found.x
    covariance = inverse(curvature(lambda numbers: both(numbers)[1], at) / 2)
    value = both(at)[0]
    test = _test(panel, patterns, value)
    effects = {
        name: association(**_effect(panel, at, covariance, place, unit), level=level)
        for name, place in PLACES.items()
    }
    return CrossLagged(
        **effects,
        levels=_levels(panel, at, covariance, level),
        sessions=tuple(sessions),
        clients=rows,
        missing=float(np.isnan(values[np.isfinite(values).any(axis=1)]).mean()),
        log_likelihood=-value / 2 - _log_units(values, unit),
        parameters=panel.size,
        test=test,
        warnings=_warnings(panel, at, test, converged=float(np.abs(found.jac).max()) < FLAT),
    )


def _log_units(values: Array, unit: Array) -> float:
    """Say what the scores' units add to the log-likelihood."""
    counts = np.isfinite(values).reshape(len(values), -1, 2).sum(axis=(0, 1))
    return float(counts @ np.log(unit))


def _start(panel: Panel) -> Array:
    """Begin with half of the variance between clients, and little carried over."""
    half = np.sqrt(0.5) * np.array([1.0, 0.0, 1.0])
    lagged = START * np.eye(2).ravel()
    return np.concatenate([np.zeros(2 * panel.waves), lagged, np.tile(half, panel.waves + 1)])


def _effect(
    panel: Panel, numbers: Array, covariance: Array, place: tuple[int, int], unit: Array
) -> dict[str, float]:
    """Give one lagged effect in the scores' units, its error, and what makes it standardised."""
    to, source = place
    index = 2 * panel.waves + 2 * to + source
    spread = np.diag(panel.structure(numbers).within).reshape(-1, 2).mean(axis=0) ** 0.5
    ratio = float(unit[to] / unit[source])
    se = float(np.sqrt(covariance[index, index]))
    return {
        "value": float(numbers[index]) * ratio,
        "se": se * ratio,
        "unit": float(spread[source] / spread[to]) / ratio,
    }


def _levels(panel: Panel, numbers: Array, covariance: Array, level: float) -> Association:
    """Correlation of lasting levels, its interval on Fisher's scale."""

    def fisher(at: Array) -> float:
        between = panel.structure(at).between
        r = between[0, 1] / np.sqrt(between[0, 0] * between[1, 1])
        return float(np.arctanh(np.clip(r, -MOST, MOST)))

    z, se = delta(fisher, numbers, covariance)
    found = association(z, se, unit=1.0, level=level)
    r = float(np.tanh(z))
    return Association(
        value=r,
        se=se * (1 - r**2),
        low=float(np.tanh(found.low)),
        high=float(np.tanh(found.high)),
        standardised=r,
    )


def _test(panel: Panel, patterns: list[Patterns], value: float) -> ModelTest | None:
    only = patterns[0]
    if len(patterns) > 1 or only.seen.shape != (1, 2 * panel.waves):
        return None
    free, _, _ = deviance(patterns, only.mean[0], only.covariance[0])
    size = 2 * panel.waves
    df = size + size * (size + 1) // 2 - panel.size
    statistic = max(value - free, 0.0)
    return ModelTest(
        chi2=statistic,
        df=df,
        p=float(chi2.sf(statistic, df)),
        rmsea=float(np.sqrt(max(statistic - df, 0.0) / (df * only.rows[0]))),
    )


def _warnings(
    panel: Panel, numbers: Array, test: ModelTest | None, *, converged: bool
) -> tuple[str, ...]:
    implied = panel.structure(numbers)
    share = np.diag(implied.between) / np.diag(implied.covariance)[:2]
    doubts = {
        "the search did not converge: do not rely on these figures": not converged,
        "clients hardly differ in their lasting level of one scale: "
        "a model without such levels would say the same": bool(share.min() < LITTLE),
        "departures grow from wave to wave, which no course does for long": bool(
            np.abs(np.linalg.eigvals(implied.lagged)).max() >= 1
        ),
        "the model does not fit the data well (RMSEA above 0.08)": bool(
            test is not None and test.rmsea > POOR_FIT
        ),
    }
    return tuple(doubt for doubt, holds in doubts.items() if holds)
