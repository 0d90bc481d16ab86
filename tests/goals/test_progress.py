"""Ratings of goals over sessions; change is called reliable only where reliability is known."""

import duckdb
import polars as pl
import pytest

from attunement.goals import goal_progress
from attunement.problems import Problem

RATINGS = pl.DataFrame(
    {
        "client": ["a"] * 5,
        "goal": ["x", "x", "x", "x", "y"],
        "session": [3, 1, 2, 4, 2],
        "rating": [None, 2.0, 3.0, 6.0, 5.0],
    }
)


def test_changes_are_since_the_first_and_since_the_last_rating():
    found = goal_progress(RATINGS).sort("goal", "session")
    assert found["change"].to_list() == [0, 1, 4, 0]
    assert found["since_last"].to_list() == [None, 1, 3, None]
    assert found["session"].to_list() == [1, 2, 4, 2]


def test_nothing_is_called_reliable_where_reliability_is_not_known():
    assert goal_progress(RATINGS)["reliable"].is_null().all()
    with pytest.raises(Problem, match="both"):
        goal_progress(RATINGS, sd=2.0)


def test_with_a_reliability_the_criterion_is_that_of_jacobson_and_truax():
    # 1.96 * 2 * sqrt(2 * (1 - .8)) = 2.479
    found = goal_progress(RATINGS, sd=2.0, reliability=0.8).sort("goal", "session")
    assert found["reliable"].to_list() == [False, False, True, False]


def test_a_database_gives_the_same():
    found = goal_progress(duckdb.sql("SELECT * FROM RATINGS")).pl().sort("goal", "session")
    assert found.equals(goal_progress(RATINGS).sort("goal", "session").select(found.columns))
