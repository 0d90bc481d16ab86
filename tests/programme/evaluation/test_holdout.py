"""Hold-outs: published sizes, intervals that hold, and words that do not promise."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import power_proportions_2indep

from attunement.problems import Problem
from attunement.programme.evaluation.holdout import holdout
from attunement.programme.evaluation.holdout_chart import holdout_chart
from attunement.programme.evaluation.holdout_size import (
    holdout_power,
    holdout_sizes,
    odds_to_risk,
)
from attunement.programme.evaluation.needed_to_treat import needed_to_treat


def trial(counts):
    """Clients of two arms: (events, of) with the offer, and without."""
    parts = [
        pl.DataFrame({"offered": [offered] * of, "outcome": [1] * events + [0] * (of - events)})
        for offered, (events, of) in zip((1, 0), counts, strict=True)
    ]
    return pl.concat(parts)


def clustered(rng, *, clusters=20, each=25, base=0.25, spread=0.5, effect=0.0):
    """Clients of clusters that were randomised whole, on the scale of log odds."""
    level = rng.normal(np.log(base / (1 - base)), spread, clusters)
    offered = np.arange(clusters) % 2
    risk = 1 / (1 + np.exp(-(level + effect * offered)))
    return pl.DataFrame(
        {
            "cluster": np.repeat(np.arange(clusters), each),
            "offered": np.repeat(offered, each),
            "outcome": (rng.random((clusters, each)) < risk[:, None]).ravel(),
        }
    )


@pytest.mark.parametrize(
    ("with_offer", "size"),
    [
        (odds_to_risk(0.197, 1 / 1.19), 3465),
        (odds_to_risk(0.197, 1 / 1.64), 480),
        (odds_to_risk(0.197, 1 / 1.79), 358),
        (0.197 * (1 - 0.46), 245),
        (0.197 - 0.014, 12325),
    ],
)
def test_arms_have_the_sizes_that_the_evidence_review_computed(with_offer, size):
    sizes = holdout_sizes(0.197, with_offer)
    assert (sizes.held_out, sizes.offered) == (size, size)
    assert holdout_power(0.197, with_offer, clients=2 * size) == pytest.approx(0.8, abs=0.002)


def test_the_plausible_risks_of_the_evidence_review_come_back():
    found = [round(odds_to_risk(0.197, 1 / ratio), 3) for ratio in (1.19, 1.64, 1.79, 2.06)]
    assert found == [0.171, 0.130, 0.121, 0.106]


def test_newcombes_published_interval_comes_back():
    """56/70 against 48/80: .2000, .0524 to .3339 (Newcombe 1998, table II, method 10)."""
    found = holdout(trial([(56, 70), (48, 80)]), event="improved")
    assert found.difference.value == pytest.approx(0.2)
    assert found.difference.low == pytest.approx(0.0524, abs=5e-5)
    assert found.difference.high == pytest.approx(0.3339, abs=5e-5)


def test_individual_intervals_of_no_effect_hold():
    rng = np.random.default_rng(1)
    events = rng.binomial(400, 0.2, (1000, 2))
    hits = np.zeros(2)
    for one, other in events:
        found = holdout(trial([(int(one), 400), (int(other), 400)]), event="left")
        hits += [
            found.difference.low <= 0 <= found.difference.high,
            found.ratio.low <= 1 <= found.ratio.high,
        ]
    assert ((hits / 1000 >= 0.93) & (hits / 1000 <= 0.97)).all()


def test_cluster_intervals_of_no_effect_hold_and_naive_ones_would_not():
    rng = np.random.default_rng(5)
    hits = np.zeros(3)
    times = 400
    for _ in range(times):
        table = clustered(rng)
        found = holdout(table, event="left", cluster="cluster")
        naive = holdout(table, event="left")
        hits += [
            found.difference.low <= 0 <= found.difference.high,
            found.ratio.low <= 1 <= found.ratio.high,
            naive.difference.low <= 0 <= naive.difference.high,
        ]
    assert ((hits / times >= 0.93) & (hits / times <= 0.97))[:2].all()
    assert hits[2] / times < 0.92


def test_many_clusters_of_one_are_as_individuals():
    table = trial([(300, 1000), (350, 1000)]).with_row_index("who")
    alone = holdout(table, event="left")
    found = holdout(table, event="left", cluster="who")
    assert found.difference.value == pytest.approx(alone.difference.value)
    assert found.difference.se == pytest.approx(alone.difference.se, rel=1e-3)
    assert found.ratio.value == pytest.approx(alone.ratio.value)
    assert found.ratio.low == pytest.approx(alone.ratio.low, rel=5e-3)


def test_those_not_known_are_left_out_and_bounded():
    known = trial([(10, 100), (20, 100)])
    table = pl.concat([known, pl.DataFrame({"offered": [1, 1, 0], "outcome": [None] * 3})])
    found = holdout(table, event="left")
    assert found.difference.value == pytest.approx(-0.10)
    assert (found.offered.n, found.offered.missing) == (102, 2)
    assert found.best == pytest.approx(10 / 102 - 21 / 101)
    assert found.worst == pytest.approx(12 / 102 - 20 / 101)
    assert "Of 3 of 203 it is not known." in found.sentence


@given(st.integers(1, 60), st.integers(0, 60), st.integers(61, 300), st.integers(61, 300))
def test_turning_the_arms_round_turns_the_answer_round(one, other, n, m):
    found = holdout(trial([(one, n), (other, m)]), event="left")
    turned = holdout(trial([(other, m), (one, n)]), event="left")
    assert found.difference.value == pytest.approx(-turned.difference.value)
    assert found.difference.low == pytest.approx(-turned.difference.high)
    assert found.needed.value == pytest.approx(turned.needed.value)
    if other:
        assert found.ratio.value == pytest.approx(1 / turned.ratio.value)
        assert found.ratio.low == pytest.approx(1 / turned.ratio.high, rel=1e-3)


def test_an_arm_without_events_has_a_difference_but_no_ratio():
    found = holdout(trial([(0, 100), (20, 100)]), event="left")
    assert found.difference.high < 0
    assert np.isnan(found.ratio.value)


def test_number_needed_passes_through_infinity_where_nothing_was_shown():
    assert str(needed_to_treat(-0.08, -0.15, -0.01)) == "13 for one fewer (7 to 100)"
    unsure = needed_to_treat(0.05, -0.02, 0.12)
    assert unsure.through_infinity
    assert str(unsure) == "20 for one more (9 for one more, through infinity, to 50 for one fewer)"
    assert needed_to_treat(0.0, -0.1, 0.1).value == float("inf")


def test_clusters_need_more_people_by_the_design_effect():
    alone = holdout_sizes(0.2, 0.15)
    whole = holdout_sizes(0.2, 0.15, per_cluster=25, icc=0.05)
    assert whole.inflation == pytest.approx(2.2)
    assert whole.offered == pytest.approx(2.2 * alone.offered, rel=0.001)


def test_a_small_holdout_needs_more_people_in_all():
    even, small = holdout_sizes(0.2, 0.15), holdout_sizes(0.2, 0.15, held_out=0.1)
    assert small.held_out < even.held_out
    assert small.held_out + small.offered > 2 * even.offered
    assert small.offered == pytest.approx(9 * small.held_out, rel=0.01)


def test_power_is_that_of_an_independent_implementation():
    other = power_proportions_2indep(-0.05, 0.2, 900, ratio=1, return_results=False)
    assert holdout_power(0.2, 0.15, clients=1800) == pytest.approx(other)


@pytest.mark.parametrize(
    ("table", "cluster", "sentence"),
    [
        (trial([(1, 10), (0, 0)]), None, "nobody whose outcome is known"),
        (trial([(1, 10), (2, 10)]).with_columns(outcome=3), None, "holds 3"),
        (trial([(1, 10), (2, 10)]).with_columns(c=1), "c", "clients in both arms"),
        (trial([(1, 9), (2, 9)]).with_columns(c="offered"), "c", "2 clusters were randomised"),
        (trial([(1, 10), (2, 10)]), "nowhere", "no column nowhere"),
    ],
)
def test_what_is_needed_is_said(table, cluster, sentence):
    with pytest.raises(Problem, match=sentence):
        holdout(table, event="left", cluster=cluster)


def test_impossible_plans_are_refused():
    for plan in ((0.2, 0.2), (0.0, 0.1), (0.2, 1.2)):
        with pytest.raises(Problem):
            holdout_sizes(*plan)
    with pytest.raises(Problem):
        holdout_sizes(0.2, 0.1, per_cluster=0.5)


def test_the_picture_says_the_counts_and_the_difference():
    found = holdout(trial([(12, 100), (20, 100)]), event="dropped out")
    drawn = holdout_chart(found).to_json()
    assert "12.0%, 12 of 100" in drawn
    assert "difference -8.0 points" in drawn
