import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.course.strain.ruptures import ruptures
from attunement.course.strain.signals import signals
from attunement.tables import RUPTURES
from support.cohorts import BOND, NORMS, SCALES, course_of, tables_of_scores

STEADY = [5.0, 5.1, 4.9, 5.0]


def found(scores, within=3):
    return ruptures(signals(scores, SCALES, NORMS), SCALES, within)


def found_in(scores, **options):
    return found(course_of([*STEADY, *scores]), **options).to_dicts()


def test_the_columns_are_those_of_the_contract():
    assert found(course_of(STEADY)).columns == RUPTURES.names


def test_a_drop_that_comes_back_is_repaired():
    (rupture,) = found_in([3.0, 5.0])
    assert rupture["onset"] == 5
    assert (rupture["repaired"], rupture["sessions_to_repair"]) == (6, 1)
    assert rupture["status"] == "repaired"
    assert rupture["level"] == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("after", "status"),
    [
        ([], "open"),
        ([3.0, 3.1], "open"),
        ([3.0, 3.1, 3.0], "unrepaired"),
        ([3.1, 3.1, 5], "repaired"),
    ],
)
def test_a_drop_stays_open_until_three_sessions_have_passed(after, status):
    assert found_in([3.0, *after])[0]["status"] == status


def test_a_missing_score_neither_repairs_nor_uses_up_time():
    (rupture,) = found_in([3.0, None, 3.1, None, 3.0])
    assert rupture["status"] == "open"


def test_a_second_drop_before_the_repair_is_the_same_rupture():
    assert [rupture["onset"] for rupture in found_in([3.0, 1.0, 1.0, 5.0])] == [5]


def test_a_drop_after_the_repair_is_a_new_rupture():
    assert [rupture["onset"] for rupture in found_in([3.0, 5.0, 5.0, 5.0, 5.0, 1.0])] == [5, 10]


def test_how_long_a_repair_may_take_is_a_setting():
    scores = [3.0, 3.2, 3.2, 3.2, 5.0]
    assert found_in(scores)[0]["status"] == "unrepaired"
    assert found_in(scores, within=5)[0]["status"] == "repaired"


@given(tables_of_scores())
def test_every_rupture_opens_at_a_review_and_is_repaired_later(scores):
    everything = found(scores)
    reviews = signals(scores, SCALES, NORMS).filter(signal="review")
    opened = everything.join(
        reviews, left_on=["client", "scale", "onset"], right_on=["client", "scale", "session"]
    )
    assert len(opened) == len(everything)
    assert (everything["depth"] > 2).all()
    repaired = everything.drop_nulls("repaired")
    assert (repaired["repaired"] > repaired["onset"]).all()
    assert repaired["sessions_to_repair"].is_between(1, 3).all()


@given(tables_of_scores(), st.integers(1, 30))
def test_an_onset_never_changes_when_later_sessions_are_removed(scores, last):
    key = ["client", "scale", "onset", "level", "depth"]
    then = found(scores.filter(pl.col("session") <= last)).select(key)
    assert_frame_equal(then, found(scores).filter(pl.col("onset") <= last).select(key))


def test_the_direction_of_the_scale_is_kept():
    worse = course_of([10, 10, 11, 10, 26, 10, 10], scale="mood")
    better = course_of([10, 10, 11, 10, 0, 10, 10], scale="mood")
    assert len(found(worse)) == 1
    assert found(better).is_empty()
    assert BOND.sign == 1
