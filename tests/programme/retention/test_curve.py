import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.api import SurvfuncRight
from statsmodels.duration.survfunc import CumIncidenceRight

from attunement.problems import Problem
from attunement.programme.retention.curve import (
    cumulative_incidence,
    kaplan_meier,
    life_table,
    median,
)

TIME = [1, 1, 2, 3, 3, 3, 4, 5, 5, 6, 6, 7, 8, 8, 9, 10, 10, 11, 12, 12]
LEFT = [1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]
OUTCOME = [1, 2, 1, 1, 2, 0, 1, 2, 1, 1, 0, 1, 2, 0, 2, 1, 1, 0, 2, 1]


def table(time, outcome):
    return life_table(pl.Series(time, dtype=pl.Float64), pl.Series(outcome, dtype=pl.Int64))


def test_kaplan_meier_and_its_log_log_interval_are_those_of_r():
    """R 4.2 with survival 3.5.3: survfit(Surv(time, status) ~ 1, conf.type = "log-log")."""
    curve = kaplan_meier(table(TIME, LEFT)).filter(pl.col("time").is_in([1.0, 6.0, 10.0, 12.0]))
    assert curve["staying"].to_list() == pytest.approx(
        [0.95, 0.6168831169, 0.2878787879, 0.1439393939]
    )
    assert curve["se"].to_list() == pytest.approx(
        [0.04873397172, 0.11497609300, 0.12868462807, 0.12041265689]
    )
    assert curve["low"].to_list() == pytest.approx(
        [0.69474319326, 0.35735231011, 0.08073538681, 0.01092818919]
    )
    assert curve["high"].to_list() == pytest.approx(
        [0.9928022286, 0.7970976647, 0.5400254005, 0.4352167898]
    )
    assert median(kaplan_meier(table(TIME, LEFT))) == (8, 4, 12)


def test_cumulative_incidence_is_that_of_r():
    """R 4.2 with survival 3.5.3: survfit(Surv(time, factor) ~ 1)."""
    curve = cumulative_incidence(table(TIME, OUTCOME)).filter(
        pl.col("time").is_in([1.0, 5.0, 12.0])
    )
    assert curve["gone"].to_list() == pytest.approx([0.05, 0.2571428571, 0.6132936508])
    assert curve["gone_se"].to_list() == pytest.approx(
        [0.04873397172, 0.09939320272, 0.12683725220], rel=0.02
    )


courses = st.lists(
    st.tuples(st.integers(1, 15), st.integers(0, 2)), min_size=2, max_size=60
).filter(lambda rows: any(outcome == 1 for _, outcome in rows))


@given(courses)
def test_both_curves_are_those_of_statsmodels(rows):
    time, outcome = (np.array(column) for column in zip(*rows, strict=True))
    mine = cumulative_incidence(kaplan_meier(table(time, outcome)))
    other = SurvfuncRight(time, (outcome == 1).astype(int))
    at = mine.filter(pl.col("time").is_in(other.surv_times.astype(float)))
    assert at["staying"].to_list() == pytest.approx(other.surv_prob)
    known = at["se"].is_not_null().to_numpy()
    assert at["se"].to_numpy()[known] == pytest.approx(other.surv_prob_se[known])
    if (outcome == 2).any():
        with np.errstate(all="ignore"):
            both = CumIncidenceRight(time, outcome)
        gone = np.interp(both.times, mine["time"], mine["gone"])
        assert gone == pytest.approx(both.cinc[0])


@given(courses)
def test_shares_stay_between_0_and_1_and_move_one_way(rows):
    curve = cumulative_incidence(kaplan_meier(table(*zip(*rows, strict=True))))
    assert curve["staying"].is_between(0, 1).all()
    assert (curve["staying"].diff().drop_nulls() <= 1e-12).all()
    assert (curve["gone"].diff().drop_nulls() >= -1e-12).all()
    assert (curve["gone"] <= 1 - curve["staying"] + 1e-12).all()
    inside = curve.drop_nulls(["low", "gone_low"])
    assert (inside["low"] <= inside["staying"]).all()
    assert (inside["high"] >= inside["staying"]).all()
    assert (inside["gone_low"] <= inside["gone"]).all()
    assert (inside["gone_high"] >= inside["gone"]).all()


def test_intervals_of_both_curves_cover_the_truth_in_95_of_100_cohorts():
    rng = np.random.default_rng(5)
    leave, complete, censor, sessions, runs, n = 0.06, 0.08, 0.05, 6, 1000, 150
    staying = (1 - leave) ** sessions
    either = 1 - (1 - leave) * (1 - complete)
    gone = leave * (1 - (1 - either) ** sessions) / either
    hits = np.zeros(2)
    for _ in range(runs):
        left, done, out = (rng.geometric(p, n) for p in (leave, complete, censor))
        time = np.minimum(np.minimum(left, done), out)
        outcome = np.where(left == time, 1, np.where(done == time, 2, 0))
        counts = table(time, outcome)
        curve = cumulative_incidence(kaplan_meier(counts)).filter(pl.col("time") <= sessions)
        last = curve.row(-1, named=True)
        hits += [
            last["low"] <= staying <= last["high"],
            last["gone_low"] <= gone <= last["gone_high"],
        ]
    assert 0.93 <= hits[0] / runs <= 0.97
    assert 0.93 <= hits[1] / runs <= 0.97


def test_nobody_at_risk_is_no_curve_but_no_error():
    assert kaplan_meier(table([0, 0], [0, 0])).is_empty()
    assert cumulative_incidence(table([], [])).is_empty()
    assert median(kaplan_meier(table([], []))) == (None, None, None)


def test_an_outcome_that_is_none_is_refused():
    with pytest.raises(Problem, match="neither 0, 1 nor 2"):
        table([1], [3])
    with pytest.raises(Problem, match="no time"):
        table([None], [1])
