"""Generalised linear models whose errors allow for clusters, few or many."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsmodels.genmod.cov_struct import Independence
from statsmodels.genmod.families import Gaussian
from statsmodels.genmod.generalized_estimating_equations import GEE
from statsmodels.genmod.generalized_linear_model import GLM

from attunement.programme.evaluation.effects import Effect, effect
from attunement.programme.evaluation.intake import Array

MANY = 500


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
    few clusters by Mancl and DeRouen (2001, *Biometrics* 57:126); with more than 500 clusters
    the correction no longer shows and is left out. (Sources cited from memory.)

    Parameters
    ----------
    outcome : shape (rows,)
    design : shape (rows, columns)
    groups : shape (rows,)
        Whose row it is, as a number.
    family
        Of statsmodels; normal with identity link where none is given.
    """
    clusters = len(np.unique(groups))
    family = Gaussian() if family is None else family
    if clusters <= MANY:
        found = GEE(outcome, design, groups, family=family, cov_struct=Independence()).fit(
            cov_type="bias_reduced"
        )
    else:
        found = GLM(outcome, design, family=family).fit(
            cov_type="cluster", cov_kwds={"groups": groups}
        )
    return Clustered(
        values=np.asarray(found.params),
        covariance=np.asarray(found.cov_params()),
        clusters=clusters,
    )
