"""The mixed model behind the expected course, fitted by statsmodels."""

import warnings
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams

Model = Literal["intercept and slope", "intercept", "none"]
Matrix = tuple[tuple[float, ...], ...]
Array = NDArray[np.float64]

TERMS = ("intercept", "log session", "baseline", "baseline by log session")
LEAST_VARIANCE = 1e-5
WORTH_A_SLOPE = 5.99 / 2
LEVELS_GUESS, SLOPES_GUESS = 0.5, 0.05
OPTIMISERS: tuple[dict[str, Any], ...] = (
    {"method": ["lbfgs"], "maxiter": 500, "factr": 10.0, "pgtol": 1e-7},
    {"method": ["bfgs", "lbfgs", "cg"]},
)

SLOPES_ALIKE = (
    "Clients' own slopes do not differ measurably, so clients are taken to differ in level alone."
)
SLOPES_UNKNOWN = (
    "No model with a slope of each client's own could be fitted, so clients are taken to "
    "differ in level alone."
)
SLOPES_TIED = (
    "Clients' own levels and slopes go hand in hand entirely, which more clients would "
    "probably not confirm."
)
CLIENTS_ALIKE = (
    "No model with a level of each client's own could be fitted, so every score is taken to "
    "be independent of the client's others."
)
STARTS_ALIKE = "All clients began at the same score, so its effect is not known and taken to be 0."


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Estimates in the scale's unit; the fields are those of ``ExpectedCourse``."""

    model: Model
    coefficients: tuple[float, float, float, float]
    uncertainty: Matrix
    baseline_mean: float
    between: Matrix
    residual: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Estimate:
    """Estimates for standardised scores: coefficients, their covariance, Psi, sigma squared."""

    b: Array
    covariance: Array
    psi: Array
    residual: float
    log_likelihood: float

    @property
    def on_boundary(self) -> bool:
        """Whether a variance is nil or a correlation perfect."""
        effects = 1 + bool(self.psi[1].any())
        return bool(np.linalg.eigvalsh(self.psi[:effects, :effects]).min() < LEAST_VARIANCE)


def fit_growth(rows: pl.DataFrame) -> Growth:
    """Fit later scores to log(session) and the first score.

    Parameters
    ----------
    rows
        Sorted by client and session: ``client``, ``session`` (from 1), ``score`` and
        ``baseline`` (scale units), none of them missing.
    """
    score = rows["score"].to_numpy()
    starts = rows.group_by("client").agg(pl.col("baseline").first())["baseline"].to_numpy()
    baseline_mean = float(np.sort(starts).mean())
    centre, unit = float(score.mean()), float(score.std()) or 1.0
    log_session = np.log(rows["session"].to_numpy().astype(float))
    baseline = (rows["baseline"].to_numpy() - baseline_mean) / unit
    design = np.column_stack(
        [np.ones_like(log_session), log_session, baseline, baseline * log_session]
    )
    estimable = [True, True, *[bool(np.ptp(starts) > 0)] * 2]
    groups = np.unique(rows["client"].to_numpy(), return_inverse=True)[1]
    model, found, said = _best((score - centre) / unit, design[:, estimable], groups)
    b, covariance = _place(found, np.flatnonzero(estimable))
    to_unit = np.array([unit, unit, 1.0, 1.0])
    b = b * to_unit
    return Growth(
        model=model,
        coefficients=(float(b[0]) + centre, float(b[1]), float(b[2]), float(b[3])),
        uncertainty=_plain(covariance * np.outer(to_unit, to_unit)),
        baseline_mean=baseline_mean,
        between=_plain(found.psi * unit**2),
        residual=found.residual * unit**2,
        warnings=said if all(estimable) else (*said, STARTS_ALIKE),
    )


def _best(score: Array, design: Array, groups: Any) -> tuple[Model, _Estimate, tuple[str, ...]]:
    """Choose the richest of the three models that the scores can carry.

    Slopes without a variance, or tied to the levels, are kept only where they raise the
    likelihood beyond the 5 % point of chi-squared with two degrees of freedom.
    """
    levels = _mixed(score, design, groups)
    if levels is None or levels.on_boundary:
        return "none", _least_squares(score, design), (CLIENTS_ALIKE,)
    slopes = _mixed(score, design, groups, start=levels)
    if slopes is None or slopes.log_likelihood < levels.log_likelihood - LEAST_VARIANCE:
        return "intercept", levels, (SLOPES_UNKNOWN,)
    if not slopes.on_boundary:
        return "intercept and slope", slopes, ()
    if slopes.log_likelihood - levels.log_likelihood > WORTH_A_SLOPE:
        return "intercept and slope", slopes, (SLOPES_TIED,)
    return "intercept", levels, (SLOPES_ALIKE,)


def _mixed(
    score: Array, design: Array, groups: Any, *, start: _Estimate | None = None
) -> _Estimate | None:
    """Fit by REML: intercepts, or slopes as well from the estimates with intercepts alone.

    From the library's own starting values, its optimisers can report convergence several
    units of log-likelihood below the maximum where slopes hardly differ; from these, with a
    tight tolerance, they reach the maximum that lme4 finds. None where they do not converge.
    """
    variances = [start.psi[0, 0] / start.residual, SLOPES_GUESS] if start else [LEVELS_GUESS]
    b = start.b if start else _least_squares(score, design).b
    guess = MixedLMParams.from_components(fe_params=b, cov_re=np.diag(variances))
    model = MixedLM(score, design, groups, exog_re=design[:, : len(variances)])
    attempts = (_attempt(model, guess, optimiser) for optimiser in OPTIMISERS)
    found = next((estimate for estimate in attempts if estimate), None)
    if found is None:
        return None
    return replace(found, covariance=_covariance(design, groups, found.psi, found.residual))


def _attempt(model: Any, guess: Any, optimiser: dict[str, Any]) -> _Estimate | None:
    """Let one optimiser try; its estimate is without the coefficients' covariance."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = model.fit(start_params=guess, reml=True, **optimiser)
            log_likelihood = float(result.llf)
        except (np.linalg.LinAlgError, ValueError):
            return None
    effects = model.exog_re.shape[1]
    psi = np.zeros((2, 2))
    psi[:effects, :effects] = result.cov_re
    b, residual = np.asarray(result.fe_params, dtype=np.float64), float(result.scale)
    numbers = [*b, *psi.ravel(), residual, log_likelihood]
    if not (result.converged and np.isfinite(numbers).all() and residual > 0):
        return None
    return _Estimate(b, np.zeros((b.size, b.size)), psi, residual, log_likelihood)


def _covariance(design: Array, groups: Any, psi: Array, residual: float) -> Array:
    """Covariance of the coefficients by generalised least squares."""
    edges = np.flatnonzero(np.diff(groups)) + 1
    information = np.zeros((design.shape[1], design.shape[1]))
    for rows in np.split(design, edges):
        scatter = rows[:, :2] @ psi @ rows[:, :2].T + residual * np.eye(len(rows))
        information += rows.T @ np.linalg.solve(scatter, rows)
    return np.asarray(np.linalg.inv(information), dtype=np.float64)


def _least_squares(score: Array, design: Array) -> _Estimate:
    inverse: Array = np.asarray(np.linalg.pinv(design.T @ design), dtype=np.float64)
    b = inverse @ design.T @ score
    residual = float(((score - design @ b) ** 2).sum() / (score.size - b.size))
    return _Estimate(b, inverse * residual, np.zeros((2, 2)), residual, -np.inf)


def _place(found: _Estimate, columns: Any) -> tuple[Array, Array]:
    """Put what could be estimated among all four terms; the others are 0."""
    b, covariance = np.zeros(len(TERMS)), np.zeros((len(TERMS), len(TERMS)))
    b[columns] = found.b
    covariance[np.ix_(columns, columns)] = found.covariance
    return b, covariance


def _plain(matrix: Array) -> Matrix:
    return tuple(tuple(float(value) for value in row) for row in matrix)
