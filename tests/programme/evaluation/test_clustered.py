"""Errors for clusters agree with the published correction, written out in full."""

import numpy as np
import pytest
from scipy.linalg import fractional_matrix_power
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import OLS

from attunement.programme.evaluation.clustered import fit_clustered


def data(seed, clusters=9):
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(clusters), rng.integers(3, 12, clusters))
    design = np.column_stack([np.ones(len(groups)), rng.normal(size=len(groups)), groups % 2])
    outcome = rng.normal(size=clusters)[groups] + design[:, 1] + rng.normal(size=len(groups))
    return outcome, design, groups


@pytest.mark.parametrize("seed", range(4))
def test_least_squares_has_the_covariance_cr2(seed):
    outcome, design, groups = data(seed)
    bread = np.linalg.inv(design.T @ design)
    errors = outcome - design @ bread @ design.T @ outcome
    meat = np.zeros((3, 3))
    for group in np.unique(groups):
        own = groups == group
        hat = design[own] @ bread @ design[own].T
        adjusted = np.real(fractional_matrix_power(np.eye(own.sum()) - hat, -0.5)) @ errors[own]
        meat += np.outer(design[own].T @ adjusted, adjusted @ design[own])
    found = fit_clustered(outcome, design, groups)
    assert found.covariance == pytest.approx(bread @ meat @ bread)
    assert found.values == pytest.approx(OLS(outcome, design).fit().params)
    assert found.clusters == 9


def test_with_many_clusters_it_is_the_usual_sandwich():
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(3000), 3)
    design = np.column_stack([np.ones(9000), groups % 2])
    outcome = rng.poisson(np.exp(rng.normal(0, 0.3, 3000))[groups])
    found = fit_clustered(outcome, design, groups, Poisson())
    other = GLM(outcome, design, family=Poisson()).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    assert found.values == pytest.approx(other.params)
    assert found.covariance == pytest.approx(other.cov_params(), rel=2e-3)
