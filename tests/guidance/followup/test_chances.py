"""A chance to recover: one session after a drop, with a try in it or without."""

import polars as pl

from attunement.guidance.followup import chances
from attunement.measures.scale import Direction, Scale

SCALES = {"alliance": Scale(name="alliance", direction=Direction.HIGHER)}
RUPTURE = {"client": "a", "scale": "alliance", "onset": 5, "level": 8.0}


def laid_out(scores, tries=()):
    signals = pl.DataFrame(
        {
            "client": "a",
            "scale": "alliance",
            "session": range(1, len(scores) + 1),
            "score": scores,
            "sigma": 1.0,
        }
    )
    ruptures = pl.DataFrame([RUPTURE])
    attempts = pl.DataFrame(
        [("a", *one) for one in tries],
        schema={"client": pl.String, "session": pl.Int64, "strategy": pl.String},
        orient="row",
    )
    found = chances(signals, ruptures, attempts, SCALES)
    return found.select("session", "lag", "depth", "recovered", "strategy").rows()


STEADY = [8.0] * 4


def test_each_session_reached_while_still_below_is_one_chance():
    assert laid_out([*STEADY, 4.0, 5.0, 8.0, 8.0, 8.0, 8.0]) == [
        (6, 1, 4.0, True, None),
        (7, 2, 3.0, True, None),
    ]


def test_a_try_counts_in_its_session_and_sessions_before_it_as_unaided():
    assert laid_out([*STEADY, 4.0, 5.0, 5.0, 5.0, 8.0, 8.0], [(7, "x")]) == [
        (6, 1, 4.0, False, None),
        (7, 2, 3.0, True, "x"),
        (8, 3, 3.0, True, None),
    ]


def test_the_same_strategy_counts_once_after_a_rupture():
    found = laid_out([*STEADY, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0], [(6, "x"), (7, "x"), (7, "y")])
    assert [row[-1] for row in found] == ["x", "y", None, None]


def test_nothing_is_counted_before_all_its_sessions_have_taken_place():
    assert laid_out([*STEADY, 4.0, 8.0, 8.0]) == []


def test_a_score_that_was_not_given_is_no_chance():
    assert laid_out([*STEADY, 4.0, None, 5.0, 8.0, 8.0])[0][:2] == (7, 1)
