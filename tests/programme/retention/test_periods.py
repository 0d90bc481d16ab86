from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from attunement.course.attendance.dropout import Limits
from attunement.problems import Problem
from attunement.programme.retention.drift import gather
from attunement.programme.retention.known import known_before
from attunement.programme.retention.periods import LAST_NOT_ATTENDED, Leaving, periods

from .conftest import WATCHED, Hazard
from .test_known import START, marks, visits

FAR = START + timedelta(days=400)


def outcomes(course, planned=None, **leaving):
    table = visits(course).with_columns(planned_end=pl.lit(planned, dtype=pl.Int64))
    known = known_before(table, marks("bond", [5.0]), WATCHED)
    rows = periods(known, table, Leaving(until=leaving.pop("until", FAR), **leaving))
    return dict(rows.select("after", "left").iter_rows())


def test_who_stops_before_the_planned_end_left_after_the_last_appointment():
    assert outcomes("aaa", 6) == {1: False, 2: False, 3: True}
    assert outcomes("aamm", 6) == {1: False, 2: False, 3: False, 4: True}


def test_who_reaches_the_planned_end_is_at_risk_no_longer():
    assert outcomes("aaa", 3) == {1: False, 2: False}
    assert outcomes("aam", 3) == {1: False, 2: False}
    assert outcomes("aaaa", 3) == {1: False, 2: False}


def test_without_a_plan_only_coming_back_is_known():
    assert outcomes("aaa") == {1: False, 2: False}


def test_who_misses_the_last_appointment_left_at_it():
    definition = {"definition": LAST_NOT_ATTENDED}
    assert outcomes("aam", **definition) == {1: False, 2: True}
    assert outcomes("aac", **definition) == {1: False, 2: True}
    assert outcomes("aaa", **definition) == {1: False, 2: False}
    assert outcomes("aam?", **definition) == {1: False, 2: False}


def test_a_row_counts_only_once_either_outcome_could_be_known():
    until = START + timedelta(days=7 * 2 + 61)
    assert outcomes("aaaaaaaa", 20, until=until) == {1: False, 2: False, 3: False}
    assert outcomes("aaa", 20, until=until - timedelta(days=1)) == {1: False, 2: False}


def test_leaving_has_a_moment_only_in_two_definitions():
    with pytest.raises(Problem, match="no moment"):
        Leaving(definition="too-few-sessions")


def test_data_that_end_too_early_are_refused():
    with pytest.raises(Problem, match="of no client"):
        outcomes("aaa", 6, until=START + timedelta(days=30))


@pytest.mark.parametrize("end", [date(2024, 8, 1), date(2024, 11, 1), date(2025, 12, 1)])
def test_wherever_the_data_end_the_hazard_is_the_true_one(hazard_cohort, end):
    made = hazard_cohort(4000, 2, Hazard(level=-2.5, alliance=0, drop=0, missed=0))
    until = pl.col("date") <= end
    seen = made.appointments.filter(until)
    scores = made.scores.join(seen, on=["client", "session"], how="semi")
    rows = periods(gather(seen, scores, WATCHED), seen, Leaving(until=end, limits=Limits(days=30)))
    truth = 1 / (1 + np.exp(2.5))
    error = np.sqrt(truth * (1 - truth) / rows.height)
    assert abs(rows["left"].mean() - truth) < 3 * error
