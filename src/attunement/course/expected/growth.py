"""The mixed model behind the expected course."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.multilevel.arrays import MixedModel, fit_mixed

Model = Literal["intercept and slope", "intercept", "none"]
Matrix = tuple[tuple[float, ...], ...]
Array = NDArray[np.float64]

TERMS = ("intercept", "log session", "baseline", "baseline by log session")
WORTH_A_SLOPE = 5.99

SLOPES_ALIKE = (
    "As far as these scores can tell, clients change at about the same pace; the expected course "
    "lets them differ in level alone."
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
STARTS_ALIKE = (
    "All clients began at the same score, or nearly all, so its effect is not known and taken "
    "to be 0."
)


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


def fit_growth(rows: pl.DataFrame) -> Growth:
    """Fit later scores to log(session) and the first score.

    ``y = b0 + b1 log t + b2 x + b3 x log t + u0 + u1 log t + e`` by restricted maximum likelihood
    (Laird & Ware 1982, *Biometrics* 38:963-974).

    Parameters
    ----------
    rows
        Sorted by client and session: ``client``, ``session`` (from 1), ``score`` and
        ``baseline`` (scale units), none of them missing.

    Examples
    --------
    >>> import polars as pl
    >>> rng = np.random.default_rng(7)
    >>> client, session = np.divmod(np.arange(160), 4)
    >>> first = 14.0 + client % 5
    >>> score = first - 3 * np.log(session + 2) + rng.normal(0, 1, 160)
    >>> rows = pl.DataFrame({"client": client, "session": session + 2, "score": score,
    ...                      "baseline": first})
    >>> [round(value, 1) for value in fit_growth(rows).coefficients]
    [15.5, -2.7, 0.9, 0.1]
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
    known = len(TERMS) if np.linalg.matrix_rank(design.T @ design) == len(TERMS) else 2
    groups = np.unique(rows["client"].to_numpy(), return_inverse=True)[1]
    model, found, said = _best((score - centre) / unit, design[:, :known], groups)
    to_unit = np.array([unit, unit, 1.0, 1.0])
    b = _padded(found.values, len(TERMS)) * to_unit
    uncertainty = _padded(found.covariance, len(TERMS)) * np.outer(to_unit, to_unit)
    return Growth(
        model=model,
        coefficients=(float(b[0]) + centre, float(b[1]), float(b[2]), float(b[3])),
        uncertainty=_plain(uncertainty),
        baseline_mean=baseline_mean,
        between=_plain(_padded(found.between, 2) * unit**2),
        residual=found.residual * unit**2,
        warnings=said if known == len(TERMS) else (*said, STARTS_ALIKE),
    )


def _best(score: Array, design: Array, groups: Any) -> tuple[Model, MixedModel, tuple[str, ...]]:
    """Choose the richest of the three models that the scores can carry.

    Slopes without a variance, or tied to the levels, are kept only where they lower the
    deviance beyond the 5 % point of chi-squared with two degrees of freedom.
    """
    levels = fit_mixed(score, design, groups, random=1)
    if levels.singular or not levels.converged:
        return "none", fit_mixed(score, design, groups, random=0), (CLIENTS_ALIKE,)
    slopes = fit_mixed(score, design, groups, random=2)
    if not slopes.converged:
        return "intercept", levels, (SLOPES_UNKNOWN,)
    if not slopes.singular:
        return "intercept and slope", slopes, ()
    if levels.deviance - slopes.deviance > WORTH_A_SLOPE:
        return "intercept and slope", slopes, (SLOPES_TIED,)
    return "intercept", levels, (SLOPES_ALIKE,)


def _padded(values: Array, size: int) -> Array:
    """Fill up with zeros for what was not estimated."""
    return np.pad(values, (0, size - len(values)))


def _plain(matrix: Array) -> Matrix:
    return tuple(tuple(float(value) for value in row) for row in matrix)
