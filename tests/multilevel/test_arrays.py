from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS
from statsmodels.regression.mixed_linear_model import MixedLM

from attunement.multilevel.arrays import fit_mixed, group_effects


def grouped(seed, groups=80, slope_sd=0.4):
    """Rows of groups with their own level and slope: outcome, design, groups."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(groups), rng.integers(2, 12, groups))
    design = np.column_stack([np.ones(len(who)), rng.normal(size=(len(who), 2))])
    own = rng.normal(size=(groups, 2)) * [0.6, slope_sd]
    outcome = design @ [0.3, 0.7, -0.2] + (design[:, :2] * own[who]).sum(axis=1)
    return outcome + 0.5 * rng.normal(size=len(who)), design, who


@pytest.mark.parametrize("random", [1, 2])
def test_estimates_are_those_of_statsmodels(random):
    outcome, design, who = grouped(seed=1)
    fit = fit_mixed(outcome, design, who, random=random)
    other = MixedLM(outcome, design, who, exog_re=design[:, :random]).fit(reml=True)
    assert fit.values == pytest.approx(other.fe_params, abs=1e-4)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(other.bse_fe, rel=1e-2)
    assert fit.between == pytest.approx(np.asarray(other.cov_re), abs=1e-3)
    assert fit.residual == pytest.approx(other.scale, rel=1e-3)
    assert fit.converged
    assert not fit.singular


@pytest.mark.reference
def test_estimates_are_those_published_for_the_sleep_study(reference_data):
    """Bates, Machler, Bolker and Walker 2015, J. Stat. Softw. 67(1), section 5.1.

    The deviance of the standardised rows becomes that of milliseconds by the Jacobian.
    """
    study = pl.read_csv(reference_data / "sleepstudy.csv")
    days = study["Days"].to_numpy()
    design = np.column_stack([np.ones(len(days)), days / 5])
    fit = fit_mixed(study["Reaction"].to_numpy() / 50, design, study["Subject"], random=2)
    units = np.array([50, 10])
    assert fit.values * units == pytest.approx([251.405, 10.467], abs=2e-3)
    assert np.sqrt(np.diag(fit.covariance)) * units == pytest.approx([6.825, 1.546], abs=2e-3)
    assert np.sqrt(np.diag(fit.between)) * units == pytest.approx([24.740, 5.922], abs=5e-3)
    assert fit.residual**0.5 * 50 == pytest.approx(25.592, abs=2e-3)
    to_milliseconds = 178 * np.log(50**2) + np.log(5**2)
    assert fit.deviance + to_milliseconds == pytest.approx(1743.628, abs=1e-3)


def test_an_effect_that_does_not_vary_is_an_answer_and_not_a_failure():
    fit = fit_mixed(*grouped(seed=4, slope_sd=0), random=2)
    assert fit.singular
    assert fit.converged
    assert fit.between[1, 1] < 0.01
    assert fit.values == pytest.approx([0.3, 0.7, -0.2], abs=0.2)


def test_with_nothing_that_varies_it_is_least_squares():
    outcome, design, who = grouped(seed=5)
    fit = fit_mixed(outcome, design, who, random=0)
    other = OLS(outcome, design).fit()
    assert fit.values == pytest.approx(other.params)
    assert fit.covariance == pytest.approx(other.cov_params())
    assert fit.residual == pytest.approx(other.scale)


@pytest.mark.parametrize("random", [1, 2])
def test_each_groups_effects_solve_hendersons_equations(random):
    """Henderson's mixed-model equations with the same variances, solved whole."""
    outcome, design, who = grouped(seed=8, groups=9)
    fit = fit_mixed(outcome, design, who, random=random)
    found = group_effects(fit, outcome, design, who)
    member = who[:, None] == np.arange(9)
    own = (member[:, :, None] * design[:, None, :random]).reshape(len(who), -1)
    both = np.hstack([design, own])
    penalty = np.zeros((both.shape[1],) * 2)
    penalty[3:, 3:] = np.kron(np.eye(9), np.linalg.inv(fit.between))
    inverse = np.linalg.inv(both.T @ both / fit.residual + penalty)
    solution = inverse @ both.T @ outcome / fit.residual
    for group in range(9):
        pick = np.zeros((random, both.shape[1]))
        pick[:, :random] = pick[:, 3 + group * random : 3 + (group + 1) * random] = np.eye(random)
        assert found.values[group] == pytest.approx(pick @ solution)
        assert found.covariance[group] == pytest.approx(pick @ inverse @ pick.T)


def test_groups_share_an_effect_that_does_not_vary():
    rows = grouped(seed=4, slope_sd=0)
    fit = replace(fit_mixed(*rows, random=2), between=np.diag([0.36, 0.0]))
    slopes = group_effects(fit, *rows).values[:, 1]
    assert slopes == pytest.approx([fit.values[1]] * 80)


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_the_order_of_rows_and_groups_names_change_nothing(seed):
    outcome, design, who = grouped(seed, groups=12)
    order = np.random.default_rng(seed).permutation(len(who))
    one = fit_mixed(outcome, design, who, random=1)
    other = fit_mixed(outcome[order], design[order], 5 - who[order], random=1)
    assert other.values == pytest.approx(one.values, abs=1e-5)
    assert other.residual == pytest.approx(one.residual, rel=1e-4)
