"""The mixed model behind the expected course, fitted by statsmodels."""

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from statsmodels.regression.mixed_linear_model import MixedLM

Model = Literal["intercept and slope", "intercept", "none"]
Matrix = tuple[tuple[float, ...], ...]
Array = NDArray[np.float64]

TERMS = ("intercept", "log session", "baseline", "baseline by log session")
LEAST_VARIANCE = 1e-5

SLOPES_ALIKE = (
    "No model with a slope of each client's own could be fitted, so clients are taken to "
    "differ in level alone."
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
    """Fit the richest of the three models that the scores can carry."""
    if slopes := _mixed(score, design, groups, effects=2):
        return "intercept and slope", slopes, ()
    if levels := _mixed(score, design, groups, effects=1):
        return "intercept", levels, (SLOPES_ALIKE,)
    return "none", _least_squares(score, design), (CLIENTS_ALIKE,)


def _mixed(score: Array, design: Array, groups: Any, *, effects: int) -> _Estimate | None:
    """Fit by REML; None where it fails, does not converge, or lies on the boundary."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = MixedLM(score, design, groups, exog_re=design[:, :effects]).fit(reml=True)
            psi = np.asarray(result.cov_re, dtype=float)
            b = np.asarray(result.fe_params, dtype=float)
            covariance = np.asarray(result.cov_params(), dtype=float)[: b.size, : b.size]
        except (np.linalg.LinAlgError, ValueError):
            return None
    numbers = [*b, *covariance.ravel(), *psi.ravel(), float(result.scale)]
    if not (result.converged and np.isfinite(numbers).all()):
        return None
    if np.linalg.eigvalsh(psi).min() < LEAST_VARIANCE:
        return None
    padded = np.zeros((2, 2))
    padded[:effects, :effects] = psi
    return _Estimate(b, covariance, padded, float(result.scale))


def _least_squares(score: Array, design: Array) -> _Estimate:
    inverse: Array = np.asarray(np.linalg.pinv(design.T @ design), dtype=np.float64)
    b = inverse @ design.T @ score
    residual = float(((score - design @ b) ** 2).sum() / (score.size - b.size))
    return _Estimate(b, inverse * residual, np.zeros((2, 2)), residual)


def _place(found: _Estimate, columns: Any) -> tuple[Array, Array]:
    """Put what could be estimated among all four terms; the others are 0."""
    b, covariance = np.zeros(len(TERMS)), np.zeros((len(TERMS), len(TERMS)))
    b[columns] = found.b
    covariance[np.ix_(columns, columns)] = found.covariance
    return b, covariance


def _plain(matrix: Array) -> Matrix:
    return tuple(tuple(float(value) for value in row) for row in matrix)
