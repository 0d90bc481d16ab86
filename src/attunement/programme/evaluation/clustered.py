"""Generalised linear models whose errors allow for clusters, few or many."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import OLS

from attunement.programme.evaluation.effects import Effect, effect
from attunement.programme.evaluation.intake import Array

LEAST = 1e-9


@dataclass(frozen=True, kw_only=True)
class Clustered:
    """Estimates with their robust covariance.

    Attributes
    ----------
    values : shape (columns,)
    covariance : shape (columns, columns)
    clusters : int
    """

    values: Array
    covariance: Array
    clusters: int

    def effect(self, weights: Array, *, spent: int, level: float) -> Effect:
        """Give a weighted sum of the estimates, by t on the clusters less the ``spent``."""
        se = float(np.sqrt(weights @ self.covariance @ weights))
        df = max(self.clusters - spent, 1)
        return effect(float(weights @ self.values), se, df=df, level=level)


def fit_clustered(
    outcome: Array, design: Array, groups: NDArray[np.int64], family: Any = None
) -> Clustered:
    """Fit by estimating equations under working independence.

    The covariance is the sandwich of Liang and Zeger (1986, *Biometrika* 73:13), corrected for
    few clusters by Kauermann and Carroll (2001, *J. Am. Stat. Assoc.* 96:1387): each cluster's
    residuals are multiplied by ``(I - H)^(-1/2)``, with ``H`` its part of the hat matrix; for
    least squares that is CR2 of Bell and McCaffrey (2002, *Surv. Methodol.* 28:169). (Sources
    cited from memory.)

    Parameters
    ----------
    outcome : shape (rows,)
    design : shape (rows, columns)
    groups : shape (rows,)
        Whose row it is, as a number from 0.
    family
        Of statsmodels, with its canonical link; least squares where none is given.

    Examples
    --------
    >>> outcome = np.array([1.0, 2, 2, 4, 5, 4, 3, 5])
    >>> design = np.column_stack([np.ones(8), [0, 0, 0, 0, 1, 1, 1, 1]])
    >>> found = fit_clustered(outcome, design, np.array([0, 0, 1, 1, 2, 2, 3, 3]))
    >>> found.values.round(2).tolist(), found.clusters
    ([2.25, 2.0], 4)
    """
    model = OLS(outcome, design) if family is None else GLM(outcome, design, family=family)
    found = model.fit()
    mean = np.asarray(found.fittedvalues)
    weights = np.ones_like(mean) if family is None else np.asarray(family.variance(mean))
    products = _by_group(design[:, :, None] * (design * weights[:, None])[:, None, :], groups)
    scores = _by_group(design * (outcome - mean)[:, None], groups)
    seen = np.bincount(groups) > 0
    size, axes = np.linalg.eigh(products.sum(axis=0))
    root = axes * size**-0.5 @ axes.T
    corrected = _corrected(root @ products[seen] @ root, scores[seen] @ root) @ root
    return Clustered(
        values=np.asarray(found.params),
        covariance=np.asarray(corrected.T @ corrected),
        clusters=int(seen.sum()),
    )


def _corrected(shares: Array, scores: Array) -> Array:
    """Multiply each cluster's score by ``(I - share)^(-1/2)``, its share of all information."""
    size, axes = np.linalg.eigh(shares)
    turned = np.einsum("gji,gj->gi", axes, scores) * np.clip(1 - size, LEAST, None) ** -0.5
    return np.asarray(np.einsum("gij,gj->gi", axes, turned))


def _by_group(values: Array, groups: NDArray[np.int64]) -> Array:
    """Sum rows within groups."""
    columns = values.reshape(len(values), -1)
    sums = np.stack([np.bincount(groups, column) for column in columns.T], axis=-1)
    return np.asarray(sums.reshape(-1, *values.shape[1:]), dtype=np.float64)
