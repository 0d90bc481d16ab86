"""A model of one level, fitted to rows in memory by whoever has made a design already."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from attunement.multilevel.levels import Floor, below, reduce
from attunement.multilevel.merging import merged
from attunement.multilevel.search import optimise
from attunement.multilevel.stacks import Array
from attunement.multilevel.structure import Structure, block_basis

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

    A variance of zero is a proper answer and no failure.

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
    cross, total = _cross_products(outcome, design, groups, max(random, 1))
    basis, diagonal = block_basis([np.eye(max(random, 1))[:, :random]])
    structure = Structure(bases=(basis,), diagonal=diagonal)
    optimum = optimise(merged(total, len(outcome), cross), structure, reml=True)
    point, (factor,) = optimum.point, structure.factors(optimum.numbers)
    factor = factor[:random]
    return MixedModel(
        values=point.values,
        covariance=point.residual * point.inverse,
        between=point.residual * factor @ factor.T,
        residual=point.residual,
        deviance=point.deviance,
        singular=bool((np.abs(np.diag(factor)) < SINGULAR).any()),
        converged=optimum.converged,
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
    cross, _ = _cross_products(outcome, design, groups, random)
    values, vectors = np.linalg.eigh(model.between / model.residual)
    factor = vectors * np.sqrt(np.maximum(values, 0.0))
    floor = Floor(reduced=reduce(cross[:, :random], factor), cross=cross, parent=None)
    effects = below(floor, factor, None).effects
    own = np.moveaxis(effects.predicted, -1, 0)
    common = np.eye(random, len(model.values)) - own[:, :, :-1]
    return GroupEffects(
        values=model.values[:random] + own[:, :, -1] - own[:, :, :-1] @ model.values,
        covariance=model.residual * np.moveaxis(effects.uncertain, -1, 0)
        + common @ model.covariance @ common.mT,
    )


def _cross_products(outcome: Array, design: Array, groups: Any, random: int) -> tuple[Array, Array]:
    """Sum products of the columns that vary with all columns and the outcome, and of all."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(np.asarray(groups)[order], prepend=np.nan))
    columns = np.column_stack([design, outcome])[order]
    each = [np.add.reduceat(columns * column[:, None], starts).T for column in columns.T[:random]]
    return np.stack(each), columns.T @ columns
