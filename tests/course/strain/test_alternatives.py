"""Published criteria: worked by hand, and what must hold on any course."""

from dataclasses import replace
from itertools import pairwise
from statistics import mean, stdev

import duckdb
import narwhals as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.course.strain.alternatives import ALTERNATIVES, fixed_drop, flags, reliable_drop
from attunement.measures.scale import Direction, Scale
from attunement.problems import Problem

UP = Scale(name="alliance", direction=Direction.HIGHER, low=1, high=7)
SCALES = {"alliance": UP}
BACKWARD = [each for each in ALTERNATIVES.values() if not each.looks_ahead]
EVERY = pytest.mark.parametrize("alternative", ALTERNATIVES.values(), ids=ALTERNATIVES)

tenths = st.one_of(st.none(), st.integers(10, 70).map(lambda tenth: tenth / 10))
courses = st.lists(tenths, min_size=1, max_size=14)


def table(*courses):
    rows = [
        {"client": f"client-{client}", "scale": "alliance", "session": session, "score": score}
        for client, course in enumerate(courses, start=1)
        for session, score in enumerate(course, start=1)
    ]
    return pl.DataFrame(rows, schema_overrides={"score": pl.Float64})


def flagged(course, alternative, scales=SCALES):
    return flags(table(course), scales, alternative)["flagged"].to_list()


STEADY = [5.0, 5.2, 5.1, 5.3, 5.1, 5.2, 5.0, 3.6, 5.1, 5.2, 5.1, 5.3, 5.2, 5.1]
CHANGES = [after - before for before, after in pairwise(STEADY)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("drop-0.5", [change <= -0.5 for change in CHANGES]),
        ("drop-1", [change <= -1.0 for change in CHANGES]),
        ("change-1-sd", [change < mean(CHANGES) - stdev(CHANGES) for change in CHANGES]),
        ("change-2-sd", [change < mean(CHANGES) - 2 * stdev(CHANGES) for change in CHANGES]),
        ("reliable-drop-0.79", [change <= -0.79 for change in CHANGES]),
    ],
)
def test_a_criterion_on_changes_flags_what_it_says(name, expected):
    assert flagged(STEADY, ALTERNATIVES[name]) == [None, *expected]
    assert True in expected


@pytest.mark.parametrize(("name", "sds"), [("own-mean-1-sd", 1), ("own-mean-2-sd", 2)])
def test_a_criterion_on_the_own_mean_flags_what_it_says(name, sds):
    limit = mean(STEADY) - sds * stdev(STEADY)
    expected = [score < limit for score in STEADY]
    assert flagged(STEADY, ALTERNATIVES[name]) == expected
    assert sum(expected) == 1


def test_the_individuals_chart_flags_below_2_66_moving_ranges():
    course = [5.0] * 9 + [3.0] + [5.0] * 10
    limit = mean(course) - 2.66 * mean([0.0] * 8 + [2, 2] + [0.0] * 9)
    assert limit > 3
    assert flagged(course, ALTERNATIVES["individuals-chart"]) == [score < limit for score in course]


@pytest.mark.parametrize(("name", "sds"), [("earlier-2-sd", 2), ("earlier-3-sd", 3)])
def test_the_prospective_criteria_use_three_earlier_scores_or_more(name, sds):
    expected = [None] * 3
    for last in range(3, len(STEADY)):
        before = STEADY[:last]
        error = stdev(before) * (1 + 1 / last) ** 0.5
        expected.append(STEADY[last] < mean(before) - sds * error)
    assert flagged(STEADY, ALTERNATIVES[name]) == expected
    assert expected[7]


def test_a_decline_over_several_sessions_counts_from_its_peak():
    slide = [5.0, 5.5, 5.1, 4.7, 4.3, 3.9, 5.4, 5.5, 5.4, 5.5]
    by_step = flagged(slide, fixed_drop(1.0))
    by_fall = flagged(slide, ALTERNATIVES["stricter-2-sd"])
    assert by_step.count(True) == 0
    assert [session for session, flag in enumerate(by_fall, start=1) if flag] == [6]


def test_the_stricter_deviation_of_own_and_everyones_decides():
    calm = [5.0, 5.1, 5.0, 5.1, 4.7, 5.1, 5.0, 5.1, 5.0]
    lively = [5.0, 6.5, 4.0, 6.5, 4.2, 6.4, 4.1, 6.6, 4.0]
    criterion = ALTERNATIVES["stricter-1-sd"]
    alone = flags(table(calm), SCALES, criterion)["flagged"].to_list()
    together = flags(table(calm, lively), SCALES, criterion)
    assert True in alone
    assert True not in together.filter(client="client-1")["flagged"].to_list()


def test_a_change_is_counted_from_the_last_score_there_is():
    assert flagged([5.0, None, 4.0], fixed_drop(1.0)) == [None, None, True]


def test_a_reliable_drop_has_the_published_size():
    assert reliable_drop(sd=0.8, reliability=0.91).id == "reliable-drop-0.67"
    assert reliable_drop(sd=6.1, reliability=0.84).id == "reliable-drop-6.8"
    assert reliable_drop(sd=6.1, reliability=0.84, z=1.645).id == "reliable-drop-5.7"


@EVERY
@settings(max_examples=30)
@given(course=courses)
def test_worse_is_worse_whichever_way_a_scale_runs(alternative, course):
    down = {"alliance": replace(UP, direction=Direction.LOWER)}
    turned = [None if score is None else 8 - score for score in course]
    assert flagged(course, alternative) == flagged(turned, alternative, down)


@EVERY
@settings(max_examples=30)
@given(course=courses)
def test_a_missing_score_is_never_flagged(alternative, course):
    for score, flag in zip(course, flagged(course, alternative), strict=True):
        assert flag is None or score is not None


@pytest.mark.parametrize("alternative", BACKWARD, ids=lambda each: each.id)
@settings(max_examples=30)
@given(course=courses, last=st.integers(1, 14))
def test_what_looks_only_backward_never_changes_its_mind(alternative, course, last):
    assert flagged(course, alternative)[:last] == flagged(course[:last], alternative)


@pytest.mark.parametrize("alternative", BACKWARD, ids=lambda each: each.id)
def test_a_client_who_always_answers_the_same_is_never_flagged(alternative):
    assert True not in flagged([5.1] * 12, alternative)


def test_what_looks_ahead_is_said_to():
    later = [1.0, 7.0] * 8
    changes_its_mind = {
        name
        for name, alternative in ALTERNATIVES.items()
        if flagged(STEADY, alternative) != flagged(STEADY + later, alternative)[: len(STEADY)]
    }
    assert changes_its_mind == {
        name for name, alternative in ALTERNATIVES.items() if alternative.looks_ahead
    }


@EVERY
@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "duckdb", "lazy"])
def test_any_kind_of_table_comes_back_as_it_was(alternative, kind):
    rng = np.random.default_rng(3)
    scores = table(*np.round(rng.normal(5, 0.5, (6, 10)), 1).tolist(), [5.0, None, 3.0, 5.0])
    shuffled = scores.sample(fraction=1, shuffle=True, seed=1)
    given_in = {
        "pandas": shuffled.to_pandas,
        "pyarrow": shuffled.to_arrow,
        "duckdb": lambda: duckdb.connect().from_arrow(shuffled.to_arrow()),
        "lazy": shuffled.lazy,
    }[kind]()
    found = flags(given_in, SCALES, alternative)
    assert type(found) is type(given_in)
    opened = nw.from_native(found).lazy().collect("polars").to_polars()
    expected = flags(scores, SCALES, alternative)
    assert_frame_equal(opened.sort("client", "session"), expected, check_dtypes=kind != "pandas")


def test_every_criterion_says_where_it_comes_from_and_how_far_that_was_checked():
    for name, alternative in ALTERNATIVES.items():
        assert name == alternative.id
        assert alternative.source
        assert alternative.standing


def test_no_scale_is_refused_in_a_sentence():
    with pytest.raises(Problem, match="no scale was named"):
        flags(table([5.0]), {}, fixed_drop(1.0))
