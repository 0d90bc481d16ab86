"""The cross-lagged panel model agrees with lavaan, and with truths that are known."""

import numpy as np
import polars as pl
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal

from attunement.problems import Problem
from attunement.programme.alliance_outcome.cross_lagged import cross_lagged, fit_panel
from attunement.programme.alliance_outcome.full_information import deviance, patterns_of
from attunement.programme.alliance_outcome.lagged_structure import Panel

SESSIONS = (1, 2, 3, 4)
LAVAAN = {
    "complete": {
        "alliance_to_alliance": (0.281657, 0.062754),
        "outcome_to_alliance": (-0.016475, 0.052166),
        "alliance_to_outcome": (-0.174803, 0.049619),
        "outcome_to_outcome": (0.355510, 0.064610),
        "levels": (-0.453864, 0.081024),
    },
    "with holes": {
        "alliance_to_alliance": (0.281255, 0.077767),
        "outcome_to_alliance": (0.023521, 0.060775),
        "alliance_to_outcome": (-0.170949, 0.060425),
        "outcome_to_outcome": (0.385470, 0.078528),
        "levels": (-0.511190, 0.088329),
    },
}
LIKELIHOOD = {"complete": -3768.442378, "with holes": -3228.567646}


def data(panel):
    """Make what lavaan 0.6-14 was given, with full information and observed standard errors."""
    rng = np.random.default_rng(20261122)
    full = panel(rng)
    holes = full.copy()
    holes[rng.random(full.shape) < 0.15] = np.nan
    return {"complete": full, "with holes": holes}


@pytest.mark.parametrize("which", LAVAAN)
def test_estimates_errors_and_likelihood_are_those_of_lavaan(panel, which):
    found = fit_panel(data(panel)[which], SESSIONS)
    for name, (value, se) in LAVAAN[which].items():
        assert getattr(found, name).value == pytest.approx(value, abs=3e-5)
        assert getattr(found, name).se == pytest.approx(se, abs=3e-5)
    assert found.log_likelihood == pytest.approx(LIKELIHOOD[which], abs=1e-5)
    assert found.parameters == 27


def test_the_test_of_the_model_is_that_of_lavaan(panel):
    found = fit_panel(data(panel)["complete"], SESSIONS).test
    assert found.chi2 == pytest.approx(25.306095, abs=1e-4)
    assert found.df == 17
    assert found.p == pytest.approx(0.088065, abs=1e-5)
    assert found.rmsea == pytest.approx(0.040356, abs=1e-5)
    assert fit_panel(data(panel)["with holes"], SESSIONS).test is None


def test_known_effects_come_back_and_intervals_hold(panel):
    truth = {"alliance_to_outcome": -0.2, "outcome_to_alliance": -0.1, "outcome_to_outcome": 0.4}
    times, inside, values = 30, dict.fromkeys(truth, 0), []
    for seed in range(times):
        rng = np.random.default_rng(seed)
        scores = panel(rng, clients=250, waves=5)
        scores[rng.random(scores.shape) < 0.1] = np.nan
        found = fit_panel(scores, range(1, 6))
        values.append([getattr(found, name).value for name in truth])
        for name, value in truth.items():
            inside[name] += getattr(found, name).low <= value <= getattr(found, name).high
    assert np.mean(values, axis=0) == pytest.approx(list(truth.values()), abs=0.03)
    assert all(hits >= 25 for hits in inside.values())


def test_the_own_past_is_not_biased_as_it_is_when_centred_within_clients(panel):
    truth = ((0.3, 0.0), (0.0, 0.3))
    found = [
        fit_panel(panel(np.random.default_rng(seed), lagged=truth), SESSIONS) for seed in range(12)
    ]
    assert np.mean([one.outcome_to_outcome.value for one in found]) == pytest.approx(0.3, abs=0.05)


def test_the_likelihood_is_that_of_the_normal_distribution_of_what_was_seen():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(40, 4))
    values[rng.random(values.shape) < 0.3] = np.nan
    root = rng.normal(size=(4, 4))
    mean, covariance = rng.normal(size=4), root @ root.T + np.eye(4)
    every = [
        multivariate_normal(mean[seen], covariance[np.ix_(seen, seen)]).logpdf(row[seen])
        for row in values
        if (seen := np.isfinite(row)).any()
    ]
    assert deviance(patterns_of(values), mean, covariance)[0] == pytest.approx(-2 * sum(every))


def test_the_gradient_is_that_of_the_likelihood():
    rng = np.random.default_rng(2)
    values = rng.normal(size=(60, 6))
    values[rng.random(values.shape) < 0.2] = np.nan
    model, patterns = Panel(waves=3), patterns_of(values)

    def value(numbers):
        implied = model.structure(numbers)
        return deviance(patterns, implied.mean, implied.covariance)

    at = 0.4 + 0.2 * rng.normal(size=model.size)
    found = model.gradient(at, *value(at)[1:])
    assert found == pytest.approx(
        approx_fprime(at, lambda x: value(x)[0], 1e-7), rel=1e-3, abs=0.02
    )


def test_units_of_the_scales_do_not_matter(panel):
    scores = panel(np.random.default_rng(3))
    one = fit_panel(scores, SESSIONS)
    other = fit_panel(scores * np.tile([10.0, 1.0], 4) + 5, SESSIONS)
    first, second = one.alliance_to_outcome, other.alliance_to_outcome
    assert second.value == pytest.approx(first.value / 10, rel=1e-4)
    assert second.standardised == pytest.approx(first.standardised, rel=1e-4)
    assert other.log_likelihood == pytest.approx(one.log_likelihood - 300 * 4 * np.log(10))


def test_it_finds_its_waves_in_a_table_of_scores(panel):
    values = panel(np.random.default_rng(4), clients=80, waves=6)
    table = pl.concat(
        pl.DataFrame(
            {
                "client": np.arange(80),
                "scale": scale,
                "session": wave + 2,
                "score": values[:, 2 * wave + place],
            }
        )
        for wave in range(6)
        for place, scale in enumerate(("bond", "mood"))
    ).sample(fraction=1, shuffle=True, seed=1)
    found = cross_lagged(table, alliance="bond", outcome="mood")
    assert found.sessions == (2, 3, 4, 5, 6)
    same = fit_panel(values[:, :10], found.sessions)
    assert found.alliance_to_outcome.value == pytest.approx(same.alliance_to_outcome.value)
    chosen = cross_lagged(table, alliance="bond", outcome="mood", sessions=(2, 4, 6))
    assert chosen.sessions == (2, 4, 6)


def test_what_is_needed_is_said(cohort):
    with pytest.raises(Problem, match="needs 3 waves or more"):
        cross_lagged(cohort(1, sessions=3), alliance="bond", outcome="mood")
    with pytest.raises(Problem, match="21 waves are too many"):
        cross_lagged(cohort(1), alliance="bond", outcome="mood", sessions=range(21))
    with pytest.raises(Problem, match="needs 50 or more"):
        cross_lagged(cohort(1, clients=40), alliance="bond", outcome="mood")


def test_a_level_that_does_not_differ_is_named(panel):
    scores = panel(np.random.default_rng(5), clients=3000, traits=[[1e-6, 0], [0, 1e-6]])
    assert any("lasting level" in text for text in fit_panel(scores, SESSIONS).warnings)
