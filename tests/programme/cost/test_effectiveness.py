"""Cost against effect: known truths, and a ratio only where a ratio says something."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import ttest_ind
from statsmodels.regression.linear_model import OLS

from attunement.problems import Problem
from attunement.programme.cost.acceptability_chart import acceptability_chart
from attunement.programme.cost.effectiveness import cost_effectiveness
from attunement.programme.cost.perspective import Perspective
from attunement.programme.cost.plane_chart import plane_chart

COUNTY = Perspective(
    payer="the county",
    counted=["therapists' time"],
    left_out=[],
    currency="EUR",
    price_year=2026,
)


def arm(rng, cost, recovered, clients=400):
    """Clients among whom those who recover cost a little less."""
    better = rng.random(clients) < recovered
    return pl.DataFrame(
        {
            "cost": rng.gamma(4, cost / 4, clients) - 50 * (better - recovered),
            "reliable_recovery": better,
        }
    )


def compared(new, old, seed=1, clients=400, **options):
    rng = np.random.default_rng(seed)
    arms = arm(rng, *new, clients), arm(rng, *old, clients)
    return cost_effectiveness(*arms, COUNTY, **{"randomised": True, **options})


def test_what_one_more_recovery_costs_comes_back_with_an_interval_that_holds():
    rng = np.random.default_rng(1)
    found = [
        cost_effectiveness(
            arm(rng, 1100, 0.55), arm(rng, 1000, 0.40), COUNTY, randomised=True, draws=200
        )
        for _ in range(150)
    ]
    truth = 100 / 0.15
    assert np.median([one.icer for one in found]) == pytest.approx(truth, rel=0.1)
    inside = np.mean([one.icer_low <= truth <= one.icer_high for one in found])
    assert 0.90 <= inside <= 0.99


def test_net_benefit_intervals_of_no_effect_hold():
    rng = np.random.default_rng(2)
    inside = []
    for _ in range(300):
        found = cost_effectiveness(
            arm(rng, 1000, 0.4, 100),
            arm(rng, 1000, 0.4, 100),
            COUNTY,
            randomised=True,
            worth=[2000],
            draws=200,
        )
        low, high = found.acceptability.select("low", "high").row(0)
        inside.append(low <= 0 <= high)
    assert 0.92 <= np.mean(inside) <= 0.98


def test_intervals_of_unequal_arms_are_those_of_welch():
    rng = np.random.default_rng(8)
    new, old = arm(rng, 1400, 0.5, 40), arm(rng, 1000, 0.4, 160)
    found = cost_effectiveness(new, old, COUNTY, randomised=True, draws=200)
    other = ttest_ind(new["cost"], old["cost"], equal_var=False).confidence_interval()
    assert (found.cost.low, found.cost.high) == pytest.approx((other.low, other.high))


def test_net_benefit_is_a_regression_on_the_arm():
    rng = np.random.default_rng(3)
    new, old = arm(rng, 1100, 0.5), arm(rng, 1000, 0.4)
    found = cost_effectiveness(new, old, COUNTY, randomised=True, worth=[3000], draws=200)
    both = pl.concat([new.with_columns(new=1), old.with_columns(new=0)])
    benefit = 3000 * both["reliable_recovery"].cast(pl.Float64) - both["cost"]
    design = np.column_stack([np.ones(800), both["new"]])
    other = OLS(benefit.to_numpy(), design).fit(cov_type="HC2")
    row = found.acceptability.row(0, named=True)
    assert row["net_benefit"] == pytest.approx(other.params[1])
    assert row["high"] - row["net_benefit"] == pytest.approx(1.963 * other.bse[1], rel=2e-4)


def test_the_bootstrap_plane_spreads_as_the_estimates_do():
    found = compared((1100, 0.55), (1000, 0.40))
    drawn = found.plane
    assert drawn["cost"].std() == pytest.approx(found.cost.se, rel=0.06)
    assert drawn["effect"].std() == pytest.approx(found.effect.se, rel=0.06)
    assert drawn["cost"].mean() == pytest.approx(found.cost.value, abs=3)
    assert sum(found.shares.values()) == pytest.approx(1)


def test_acceptability_begins_with_saving_and_ends_with_doing_more():
    found = compared((1100, 0.5), (1000, 0.40), worth=[0, 1e7])
    shares = found.acceptability["probability"].to_list()
    assert shares[0] == pytest.approx((found.plane["cost"] < 0).mean())
    assert shares[1] == pytest.approx((found.plane["effect"] > 0).mean(), abs=0.005)


def test_acceptability_agrees_with_the_normal_distribution_of_net_benefit():
    from scipy.stats import norm

    found = compared((1100, 0.5), (1000, 0.40), worth=[1500.0], draws=4000)
    row = found.acceptability.row(0, named=True)
    se = (row["high"] - row["low"]) / (2 * 1.959964)
    assert row["probability"] == pytest.approx(norm.cdf(row["net_benefit"] / se), abs=0.02)


@pytest.mark.parametrize(
    ("new", "old", "words", "ratio"),
    [
        ((1200, 0.6), (1000, 0.3), "each further reliable recovery cost", True),
        ((800, 0.6), (1000, 0.3), "costs less and does more", False),
        ((1200, 0.3), (1000, 0.6), "costs more and does no more", False),
        ((800, 0.3), (1000, 0.6), "each reliable recovery given up saved", True),
    ],
)
def test_a_ratio_stands_only_where_it_says_something(new, old, words, ratio):
    found = compared(new, old)
    assert words in found.sentence
    assert np.isfinite(found.icer) == ratio
    assert np.isfinite(found.icer_low) == ratio


def test_the_sentence_says_association_unless_chance_decided():
    assert "Chance decided who had which." in compared((1100, 0.5), (1000, 0.4)).sentence
    said = compared((1100, 0.5), (1000, 0.4), randomised=False).sentence
    assert "this is an association" in said
    assert "costs to the county, in EUR of 2026" in said


def test_with_no_difference_the_sentence_leaves_it_open():
    found = compared((1000, 0.4), (1000, 0.4))
    assert "The data leave open whether that is so." in found.sentence


def test_the_same_seed_gives_the_same_plane():
    assert compared((1, 0.5), (1, 0.4)).plane.equals(compared((1, 0.5), (1, 0.4)).plane)


def test_what_is_needed_is_said():
    for options, sentence in (
        ({"worth": [-1]}, "a worth is below 0"),
        ({"draws": 10}, "10 bootstrap samples are too few"),
        ({"clients": 9}, "there are 9 clients"),
    ):
        with pytest.raises(Problem, match=sentence):
            compared((1000, 0.5), (1000, 0.4), **options)
    rng = np.random.default_rng(1)
    with pytest.raises(TypeError):
        cost_effectiveness(arm(rng, 1, 0.5), arm(rng, 1, 0.5), randomised=True)


def test_the_pictures_name_the_payer_and_the_quadrants():
    found = compared((1100, 0.5), (1000, 0.4))
    assert "costs more, does more" in plane_chart(found).to_json()
    assert "worth to the county, EUR" in acceptability_chart(found).to_json()


def test_worths_that_were_asked_about_lie_on_the_curve():
    found = compared((1100, 0.5), (1000, 0.4), worth=[2000.0])
    at = np.interp(2000, found.curve["worth"], found.curve["probability"])
    assert found.acceptability["probability"].item() == pytest.approx(at, abs=0.02)
    assert "said" in acceptability_chart(found).to_json()


@pytest.mark.parametrize(
    ("new", "old", "words"),
    [
        ((1300, 0.43), (1000, 0.40), "or the new way does no more."),
        ((1000, 0.40), (1300, 0.43), "or the new way does no less."),
    ],
)
def test_a_ratio_whose_divisor_may_be_nothing_has_no_interval(new, old, words):
    found = compared(new, old, seed=3)
    assert found.effect.low < 0 < found.effect.high
    assert np.isfinite(found.icer)
    assert np.isnan([found.icer_low, found.icer_high]).all()
    assert "or any sum above, " + words in found.sentence
    for name in ("inf", "nan"):
        assert name not in found.sentence
