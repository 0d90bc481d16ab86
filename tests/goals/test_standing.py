"""Goals that nobody looks at, that do not move, or that pull against each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.goals import Stale, opposing, stale

SESSIONS = range(1, 9)


def test_a_goal_that_nobody_rated_for_four_sessions_is_stale():
    assert stale({4: 3.0}, SESSIONS) is Stale.UNRATED
    assert stale({5: 3.0}, SESSIONS) is None
    assert stale({}, [1, 2, 3]) is None


def test_sessions_before_a_goal_was_agreed_do_not_count():
    assert stale({}, SESSIONS, since=5) is None
    assert stale({}, SESSIONS, since=4) is Stale.UNRATED


def test_a_goal_that_does_not_move_is_stale_unless_it_is_nearly_reached():
    still = {number: 4 + number % 2 for number in range(4, 9)}
    assert stale(still, SESSIONS) is Stale.UNMOVED
    assert stale({number: value + 5 for number, value in still.items()}, SESSIONS) is None
    assert stale(still | {8: 6.5}, SESSIONS) is None


def test_goals_that_move_apart_five_times_of_five_oppose_each_other():
    up = {number: float(number % 2) for number in range(6)}
    down = {number: 5 - value for number, value in up.items()}
    (found,) = opposing({"a": up, "b": down})
    assert (found.goals, found.apart, found.together) == (("a", "b"), 5, 0)
    assert found.p == pytest.approx(1 / 32)
    assert opposing({"a": up, "b": dict(list(down.items())[:5])}) == ()


def test_more_goals_need_more_to_be_called_opposing():
    up = {number: float(number % 2) for number in range(6)}
    down = {number: 5 - value for number, value in up.items()}
    assert opposing({"a": up, "b": down, "c": dict.fromkeys(up, 3.0)}) == ()


@given(st.dictionaries(st.integers(1, 20), st.integers(0, 10)))
def test_a_goal_never_opposes_one_that_goes_the_same_way(ratings):
    assert opposing({"a": ratings, "b": ratings}) == ()


def test_goals_that_go_their_own_way_are_seldom_called_opposing():
    draw = np.random.default_rng(7)
    found = 0
    for _ in range(600):
        walks = np.clip(5 + draw.normal(0, 1.5, (4, 15)).cumsum(axis=1), 0, 10).round()
        ratings = {str(goal): dict(enumerate(walk)) for goal, walk in enumerate(walks)}
        found += bool(opposing(ratings))
    assert found / 600 <= 0.05
