"""Off track: twice running outside the band on the worse side."""

import duckdb
import polars as pl
import pytest

from attunement.course.expected.off_track import off_track
from attunement.measures.scale import Direction, Scale
from attunement.problems import Problem

LOWER = Scale(name="bdi", direction=Direction.LOWER)
HIGHER = Scale(name="bdi", direction=Direction.HIGHER)


def course(*scores):
    return pl.DataFrame(
        {
            "client": "a",
            "scale": "bdi",
            "session": list(range(1, len(scores) + 1)),
            "score": [None if score is None else float(score) for score in scores],
        }
    )


def limits(sessions, low=10.0, high=20.0):
    return pl.DataFrame(
        {
            "client": "a",
            "scale": "bdi",
            "session": list(range(2, sessions + 1)),
            "low": low,
            "high": high,
        }
    )


def flags(scale, *scores):
    seen = off_track(course(*scores), limits(len(scores)), scale).sort("session")
    return seen["outside"].to_list(), seen["off_track"].to_list(), seen["ahead"].to_list()


def test_two_scores_above_the_band_are_off_track_where_lower_is_better():
    outside, off, ahead = flags(LOWER, 15, 21, 22, 15, 25)
    assert outside == ["worse", "worse", "inside", "worse"]
    assert off == [False, True, False, False]
    assert ahead == [False] * 4


def test_the_same_scores_are_ahead_where_higher_is_better():
    outside, off, ahead = flags(HIGHER, 15, 21, 22, 15, 25)
    assert outside == ["better", "better", "inside", "better"]
    assert off == [False] * 4
    assert ahead == [False, True, False, False]


def test_an_unscored_session_does_not_interrupt_a_run():
    assert flags(LOWER, 15, 21, None, 22)[1] == [False, True]


def test_a_swing_from_one_side_to_the_other_is_neither():
    _, off, ahead = flags(LOWER, 15, 25, 5, 25, 5)
    assert not any(off + ahead)


def test_a_score_on_the_edge_is_inside():
    assert flags(LOWER, 15, 10, 20)[0] == ["inside", "inside"]


def test_a_run_goes_on_as_long_as_it_lasts():
    assert flags(LOWER, 15, 21, 22, 23, 24)[1] == [False, True, True, True]


def test_one_client_never_continues_anothers_run():
    two = pl.concat([course(15, 21), course(15, 21).with_columns(client=pl.lit("b"))])
    both = pl.concat([limits(2), limits(2).with_columns(client=pl.lit("b"))])
    assert not off_track(two, both, LOWER)["off_track"].any()


def test_a_score_without_a_band_has_no_row():
    seen = off_track(course(15, 21, 22), limits(3).with_columns(low=None, high=None), LOWER)
    assert seen.is_empty()


def test_tables_of_different_kinds_are_refused():
    scores = duckdb.from_arrow(course(15, 21).to_arrow())
    with pytest.raises(Problem, match="make the band from the same table of scores"):
        off_track(scores, limits(2), LOWER)
