"""A linear mixed model for many clients, fitted from each client's cross-products."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]

SINGULAR = 1e-4
FLAT = 1e-6
LEAST_RESIDUAL = 1e-12


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
    deviance : float
        Minus twice the restricted log-likelihood. Models of the same outcome and design, of
        which other effects vary, differ in it by about chi-squared.
    singular : bool
        Whether ``between`` lies on its boundary: some effect does not vary, or moves in step
        with another.
    converged : bool
        Whether the deviance is flat there, as it must be at its minimum.
    """

    values: Array
    covariance: Array
    between: Array
    residual: float
    deviance: float
    singular: bool
    converged: bool


@dataclass(frozen=True, kw_only=True)
class GroupEffects:
    """Effects in each group, common part and own part together; groups in their sorted order.

    Attributes
    ----------
    values : shape (groups, random)
    covariance : shape (groups, random, random)
        Of their errors.
    """

    values: Array
    covariance: Array


def fit_mixed(outcome: Array, design: Array, groups: Any, *, random: int) -> MixedModel:
    """Fit ``outcome = design @ (b + u of the group) + error``, ``u`` for the first columns.

    The deviance is profiled down to the relative Cholesky factor of the random effects, so
    that a variance of zero is a proper answer and no failure (Bates, Machler, Bolker and
    Walker 2015, *J. Stat. Softw.* 67(1), section 3). The sign of a column of the factor makes
    no difference, so that the search needs no bounds.

    Parameters
    ----------
    outcome : shape (rows,)
        Of about unit spread.
    design : shape (rows, effects)
        Columns of about unit size, none of them a combination of others; the first ``random``
        also vary over groups.
    groups : shape (rows,)
        Whose row it is, as a number.
    random : int
        How many of the effects vary; with none it is least squares.
    """
    rows = len(outcome)
    products = _cross_products(outcome, design, groups)
    lower = np.tril_indices(random)

    def per_row(theta: Any) -> tuple[float, Array]:
        point = _profile(products, _factor(theta, random), rows)
        return point.deviance / rows, point.gradient[lower] / rows

    found = minimize(
        per_row,
        np.eye(random)[lower],
        jac=True,
        method="L-BFGS-B",
        options={"ftol": 1e-14, "gtol": 1e-8},
    )
    factor = _factor(found.x, random)
    point = _profile(products, factor, rows)
    return MixedModel(
        values=point.values,
        covariance=point.residual * point.inverse,
        between=point.residual * factor @ factor.T,
        residual=point.residual,
        deviance=point.deviance,
        singular=bool((np.abs(np.diag(factor)) < SINGULAR).any()),
        converged=bool((np.abs(point.gradient[lower]) < FLAT * rows).all()),
    )


def group_effects(model: MixedModel, outcome: Array, design: Array, groups: Any) -> GroupEffects:
    """Predict each group's effects by empirical Bayes.

    The group's part is the best linear unbiased prediction ``R (I + Z'Z R)^-1 Z'(y - X b)``,
    with ``R`` the covariance ``between`` in units of ``residual``; its covariance counts the
    uncertainty of b too, ``V + (I - L) Cov(b) (I - L)'`` with ``V`` the posterior covariance
    of u and ``L`` the weight of the group's own rows (Henderson 1975, *Biometrics* 31:423;
    Raudenbush and Bryk 2002, *Hierarchical Linear Models*, ch. 3; both cited from memory).

    Parameters
    ----------
    model
        What :func:`fit_mixed` made of the same rows.
    outcome, design, groups
        As for :func:`fit_mixed`.
    """
    random = len(model.between)
    own = _cross_products(outcome, design, groups)[:, :random, :]
    relative = model.between / model.residual
    shrunk = relative @ np.linalg.inv(np.eye(random) + own[:, :, :random] @ relative)
    group_part = shrunk @ (own[:, :, -1] - own[:, :, :-1] @ model.values)[:, :, None]
    common_part = np.eye(random, design.shape[1]) - shrunk @ own[:, :, :-1]
    return GroupEffects(
        values=model.values[:random] + group_part[:, :, 0],
        covariance=model.residual * shrunk + common_part @ model.covariance @ common_part.mT,
    )


@dataclass(frozen=True, kw_only=True)
class _Point:
    """The best common effects and residual variance for one relative factor.

    ``inverse`` is the covariance of the common effects in units of ``residual``, ``gradient``
    the deviance's by the factor.
    """

    values: Array
    inverse: Array
    residual: float
    deviance: float
    gradient: Array


def _profile(products: Array, factor: Array, rows: int) -> _Point:
    """Solve for everything but the factor ``L``, and differentiate the deviance by it.

    Each group enters through its cross-products alone, by the identity ``(I + Z L L' Z')^-1 =
    I - Z L (I + L' Z' Z L)^-1 L' Z'``: the cost does not depend on how many rows a group has.
    The derivative follows from ``dV^-1 = -V^-1 dV V^-1``.
    """
    random, free = len(factor), rows - products.shape[1] + 1
    own = products[:, :random, :]
    half = factor.T @ own
    inner = np.eye(random) + half[:, :, :random] @ factor
    solved = np.linalg.solve(inner, half)
    whole = products.sum(axis=0) - np.einsum("gri,grj->ij", half, solved)
    inverse: Array = np.asarray(np.linalg.inv(whole[:-1, :-1]), dtype=np.float64)
    values = inverse @ whole[:-1, -1]
    residual = float(whole[-1, -1] - whole[:-1, -1] @ values) / free + LEAST_RESIDUAL
    volume = np.linalg.slogdet(inner)[1].sum() - np.linalg.slogdet(inverse)[1]
    weighted = own - half[:, :, :random].mT @ solved
    contrast = np.append(-values, 1.0)
    spread = np.outer(contrast, contrast) / residual
    spread[:-1, :-1] += inverse
    pull = np.einsum("gri,gsi->rs", weighted @ spread, weighted)
    return _Point(
        values=values,
        inverse=inverse,
        residual=residual,
        deviance=float(volume + free * (1 + np.log(2 * np.pi * residual))),
        gradient=2 * (solved[:, :, :random].sum(axis=0).T - pull @ factor),
    )


def _factor(theta: Array, random: int) -> Array:
    """Put the free numbers into a lower triangle."""
    factor: Array = np.zeros((random, random))
    factor[np.tril_indices(random)] = theta
    return factor


def _cross_products(outcome: Array, design: Array, groups: Any) -> Array:
    """Sum products of design and outcome in every group: shape (groups, columns, columns)."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(np.asarray(groups)[order], prepend=np.nan))
    columns = np.column_stack([design, outcome])[order]
    each = [np.add.reduceat(columns * column[:, None], starts) for column in columns.T]
    return np.stack(each, axis=1)
