"""A linear mixed model for many clients, fitted from each client's cross-products."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]

SINGULAR = 1e-4


@dataclass(frozen=True, kw_only=True)
class MixedModel:
    """Estimates by restricted maximum likelihood.

    Attributes
    ----------
    values : shape (effects,)
        Effects common to all groups.
    covariance : shape (effects, effects)
        Of those estimates.
    between : shape (random, random)
        Covariance of the effects that vary over groups.
    residual : float
        Variance within groups.
    singular : bool
        Whether ``between`` lies on its boundary: some effect does not vary, or moves in step
        with another.
    converged : bool
        Whether the optimiser was content.
    """

    values: Array
    covariance: Array
    between: Array
    residual: float
    singular: bool
    converged: bool


def fit_mixed(outcome: Array, design: Array, groups: Any, *, random: int) -> MixedModel:
    """Fit ``outcome = design @ (b + u of the group) + error``, ``u`` for the first columns.

    The deviance is profiled down to the relative Cholesky factor of the random effects, so
    that a variance of zero is a proper answer and no failure (Bates, Machler, Bolker and
    Walker 2015, *J. Stat. Softw.* 67(1), section 3). With ``Z`` among the columns of the
    design, each group enters through its cross-products alone, by the identity ``(I + Z L L'
    Z')^-1 = I - Z L (I + L' Z' Z L)^-1 L' Z'``: the cost of a step does not depend on how
    many rows a group has.

    Parameters
    ----------
    outcome : shape (rows,)
        Of about unit spread.
    design : shape (rows, effects)
        Columns of about unit size; the first ``random`` also vary over groups.
    groups : shape (rows,)
        Whose row it is.
    random : int
        How many of the effects vary.
    """
    products = _cross_products(np.column_stack([design, outcome]), groups)
    rows, effects = len(outcome), int(design.shape[1])
    lower = np.tril_indices(random)
    diagonal = lower[0] == lower[1]

    def solve(theta: Any) -> tuple[float, Array, Array, float]:
        factor = np.zeros((random, random))
        factor[lower] = theta
        inner = np.eye(random) + factor.T @ products[:, :random, :random] @ factor
        half = factor.T @ products[:, :random, :]
        whole = (products - half.mT @ np.linalg.solve(inner, half)).sum(axis=0)
        precision, mixed = whole[:-1, :-1], whole[:-1, -1]
        values: Array = np.linalg.solve(precision, mixed)
        residual = float(whole[-1, -1] - mixed @ values) / (rows - effects)
        volume = np.linalg.slogdet(inner)[1].sum() + np.linalg.slogdet(precision)[1]
        deviance = float(volume + (rows - effects) * np.log(residual))
        return deviance, values, precision, residual

    def per_row(theta: Any) -> float:
        return float(solve(theta)[0]) / rows

    found = minimize(
        per_row,
        np.array([1.0 if on else 0.0 for on in diagonal]),
        method="L-BFGS-B",
        bounds=[(0.0 if on else -np.inf, np.inf) for on in diagonal],
        options={"ftol": 1e-13, "gtol": 1e-7},
    )
    factor = np.zeros((random, random))
    factor[lower] = found.x
    _, values, precision, residual = solve(found.x)
    covariance = np.asarray(residual * np.linalg.inv(precision), dtype=np.float64)
    return MixedModel(
        values=values,
        covariance=covariance,
        between=residual * factor @ factor.T,
        residual=residual,
        singular=bool((found.x[diagonal] < SINGULAR).any()),
        converged=bool(found.success),
    )


def _cross_products(columns: Array, groups: Any) -> Array:
    """Sum products of columns in every group: shape (groups, columns, columns)."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(np.asarray(groups)[order], prepend=np.nan))
    sorted_columns = columns[order]
    products: Array = np.add.reduceat(
        sorted_columns[:, :, None] * sorted_columns[:, None, :], starts, axis=0
    )
    return products
