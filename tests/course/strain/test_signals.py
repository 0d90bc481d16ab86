import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.course.baseline import Norms, estimate_norms
from attunement.course.strain.signals import Rule, signals
from attunement.measures.scale import Direction, Scale
from attunement.problems import Problem
from attunement.tables import SIGNALS
from support.cohorts import BOND, NORMS, SCALES, course_of, tables_of_scores

KEY = ["client", "scale", "session"]


def noticed(scores, norms=NORMS, scales=SCALES, rule=None):
    return signals(scores, scales, norms, rule or Rule()).sort(KEY)


def by_hand(scores, norms, rule):
    """The same definitions, written as a loop over sessions with recursions."""
    seen, surprises, ewma, cusum = [], 0, 0.0, 0.0
    for session, score in enumerate(scores, start=1):
        row = {"prior_n": len(seen)}
        if len(seen) >= rule.fewest:
            values = np.array(seen)
            n = len(values)
            usual = norms.level + norms.trend * np.arange(1, session)[-n:]
            off = values - usual
            variance = ((off - off.mean()) ** 2).sum() + norms.df * norms.sd**2
            sigma = math.sqrt(variance / (n - 1 + norms.df))
            pull = n / (n + norms.level_weight)
            mean = norms.level + norms.trend * session + pull * off.mean()
            spread = sigma * math.sqrt(1 + 1 / (n + norms.level_weight))
            surprise = (score - mean) / spread
            surprises += 1
            ewma = (1 - rule.ewma_weight) * ewma + rule.ewma_weight * surprise
            cusum = min(0.0, cusum + surprise + rule.cusum_slack)
            width = rule.ewma_weight / (2 - rule.ewma_weight)
            grown = 1 - (1 - rule.ewma_weight) ** (2 * surprises)
            row |= {
                "prior_mean": mean,
                "sigma": sigma,
                "limit_watch": mean - rule.watch * spread,
                "limit_review": mean - rule.review * spread,
                "ewma": ewma,
                "ewma_limit": -rule.ewma_limit * math.sqrt(width * grown),
                "cusum": cusum,
            }
        seen.append(score)
        yield row


@pytest.mark.parametrize(
    "norms",
    [Norms(sd=0.35), Norms(sd=0.5, df=12, trend=0.05, level=4.5, level_weight=0.4, clients=99)],
)
def test_the_windows_say_what_a_loop_with_recursions_says(norms):
    scores = np.random.default_rng(3).normal(5, 0.6, 40).round(2)
    expected = pl.DataFrame(by_hand(scores, norms, Rule()), infer_schema_length=None)
    got = noticed(course_of(scores), {"bond": norms}, {"bond": BOND})
    assert_frame_equal(got.select(expected.columns), expected, abs_tol=1e-9)


def test_the_columns_are_those_of_the_contract():
    assert noticed(course_of([5, 5, 5, 5])).columns == SIGNALS.names


def test_nothing_is_said_before_the_fourth_score():
    got = noticed(course_of([6, 6, 6, 2]))
    assert got["signal"].to_list() == [None, None, None, "review"]


def test_small_and_large_drops_are_told_apart():
    steady = [5.0, 5.2, 4.8, 5.0, 5.1, 4.9]
    found = [noticed(course_of([*steady, last]))["signal"][-1] for last in (5.0, 4.3, 3.0)]
    assert found == ["none", "watch", "review"]


def test_where_lower_is_better_a_rise_is_the_strain():
    got = noticed(course_of([10, 10, 11, 10, 25], scale="mood"))
    assert got["signal"][-1] == "review"
    assert got["limit_review"][-1] > got["prior_mean"][-1]


def test_a_missing_score_is_no_zero_and_says_nothing():
    got = noticed(course_of([5, 5, None, 5, None, 5.1]))
    assert got["prior_n"].to_list() == [0, 1, 2, 2, 3, 3]
    assert got["signal"].to_list() == [None] * 5 + ["none"]


@pytest.mark.parametrize("strange", [float("nan"), float("inf"), float("-inf")])
def test_a_score_that_is_no_finite_number_counts_as_missing(strange):
    assert_frame_equal(
        noticed(course_of([5, strange, 5, 5, 4])), noticed(course_of([5, None, 5, 5, 4]))
    )


def test_a_slow_slide_raises_both_charts_though_no_single_score_is_a_review():
    slide = [6 - 0.1 * session for session in range(30)]
    got = noticed(course_of(slide), {"bond": Norms(sd=0.35)}, {"bond": BOND})
    assert got["cusum_alarm"].any()
    assert (got["ewma"] < got["ewma_limit"]).any()


def test_a_course_of_thousands_of_sessions_has_no_overflow():
    scores = np.random.default_rng(1).normal(5, 0.35, 3500)
    got = noticed(course_of(scores), {"bond": Norms(sd=0.35)}, {"bond": BOND})
    assert got["ewma"][3 : Rule().most_scores].is_finite().all()
    assert got["ewma"][Rule().most_scores :].is_null().all()
    assert got["signal"][3:].is_not_null().all()


@given(tables_of_scores(), st.integers(1, 30))
def test_a_signal_never_changes_when_later_sessions_are_removed(scores, last):
    seen_then = noticed(scores.filter(pl.col("session") <= last))
    seen_later = noticed(scores).filter(pl.col("session") <= last)
    assert_frame_equal(seen_then, seen_later)


@given(tables_of_scores(), st.randoms(use_true_random=False))
def test_row_order_never_matters(scores, random):
    order = list(range(len(scores)))
    random.shuffle(order)
    assert_frame_equal(noticed(scores[order]), noticed(scores))


@given(tables_of_scores())
def test_one_client_is_never_judged_by_another(scores):
    alone = [noticed(own) for own in scores.partition_by("client")]
    together = noticed(scores)
    assert_frame_equal(pl.concat([together.clear(), *alone]).sort(KEY), together)


@given(tables_of_scores(), st.floats(-50, 50), st.floats(0.1, 20))
def test_shifting_and_scaling_a_scale_changes_nothing(scores, shift, factor):
    def moved(scale):
        return Scale(name=scale.name, direction=scale.direction)

    def moved_norms(norms):
        return Norms(
            sd=norms.sd * factor,
            df=norms.df,
            trend=norms.trend * factor,
            level=norms.level * factor + shift,
            level_weight=norms.level_weight,
        )

    # 0.0137 keeps scores off the limits, where rounding alone would decide
    nudged = scores.with_columns(pl.col("score") + 0.0137 * pl.col("session").sin())
    there = noticed(
        nudged.with_columns(pl.col("score") * factor + shift),
        {name: moved_norms(norms) for name, norms in NORMS.items()},
        {name: moved(scale) for name, scale in SCALES.items()},
    )
    here = noticed(nudged)
    same = ["prior_n", "signal", "ewma", "ewma_limit", "cusum", "cusum_alarm"]
    assert_frame_equal(there.select(same), here.select(same), abs_tol=1e-6)


@given(tables_of_scores())
def test_turning_a_scale_round_turns_its_direction_and_nothing_else(scores):
    turned = {
        name: Scale(
            name=name,
            direction=Direction.LOWER if scale.sign > 0 else Direction.HIGHER,
        )
        for name, scale in SCALES.items()
    }
    norms = {
        name: Norms(sd=n.sd, df=n.df, trend=-n.trend, level=-n.level, level_weight=n.level_weight)
        for name, n in NORMS.items()
    }
    there = noticed(scores.with_columns(-pl.col("score")), norms, turned)
    same = ["signal", "ewma", "cusum"]
    assert_frame_equal(there.select(same), noticed(scores).select(same), abs_tol=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"watch": 0},
        {"watch": 3, "review": 2},
        {"fewest": 1},
        {"ewma_weight": 1},
        {"ewma_weight": 0},
        {"cusum_interval": -1},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(Problem):
        Rule(**wrong)


@pytest.mark.parametrize("weight", [0.05, 0.6, 0.9])
def test_no_weight_overflows(weight):
    scores = np.random.default_rng(1).normal(5, 0.35, 2500)
    rule = Rule(ewma_weight=weight)
    got = noticed(course_of(scores), {"bond": Norms(sd=0.35)}, {"bond": BOND}, rule)
    assert got["ewma"][3 : rule.most_scores].is_finite().all()


def test_equal_scores_far_from_zero_have_no_spread_of_their_own():
    got = noticed(course_of([1e7 + 0.1] * 9), {"bond": Norms(sd=0.35)}, {"bond": BOND})
    assert got["sigma"][3:].is_between(0.0, 0.35).all()


def test_clients_at_every_level_are_flagged_by_chance_equally_often():
    random = np.random.default_rng(8)
    level = np.sort(random.normal(5, 0.35, 4000))
    table = pl.DataFrame(
        {
            "client": np.repeat(np.arange(4000), 12),
            "scale": "bond",
            "session": np.tile(np.arange(1, 13), 4000),
            "score": np.repeat(level, 12) + random.normal(0, 0.35, 48_000),
        }
    )
    norms = estimate_norms(table, {"bond": BOND})
    flagged = (
        noticed(table, norms, {"bond": BOND})
        .group_by("client")
        .agg(any=(pl.col("signal") == "review").any())
        .sort("client")["any"]
        .to_numpy()
    )
    low, high = flagged[:1000].mean(), flagged[-1000:].mean()
    assert abs(low - high) < 3 * np.sqrt(0.055 * 0.945 * 2 / 1000)
