"""The T-score of goal attainment scaling."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.goals import attainment, t_score
from attunement.problems import Problem

LEVELS = st.lists(st.integers(-2, 2), min_size=1, max_size=6)


def test_the_golden_value():
    assert t_score([1, 1, 0], [1, 1, 1]) == pytest.approx(59.13, abs=0.005)


@given(LEVELS)
def test_as_expected_is_fifty_and_the_other_way_round_mirrors(levels):
    weights = [1 + i for i in range(len(levels))]
    assert t_score([0] * len(levels), weights) == 50
    mirrored = t_score([-level for level in levels], weights)
    assert t_score(levels, weights) + mirrored == pytest.approx(100)


@given(LEVELS, st.floats(0.5, 20))
def test_only_the_ratio_of_weights_counts(levels, times):
    weights = [1 + i for i in range(len(levels))]
    scaled = [times * weight for weight in weights]
    assert t_score(levels, scaled) == pytest.approx(t_score(levels, weights))


@given(st.integers(-2, 2), st.floats(0.1, 9))
def test_one_goal_moves_ten_points_a_level_whatever_it_weighs(level, weight):
    assert t_score([level], [weight]) == pytest.approx(50 + 10 * level)


@pytest.mark.parametrize(
    ("levels", "weights", "rho"),
    [([], [], 0.3), ([1], [1, 1], 0.3), ([3], [1], 0.3), ([1], [0], 0.3), ([1], [1], 2)],
)
def test_what_makes_no_sense_is_refused(levels, weights, rho):
    with pytest.raises(Problem):
        t_score(levels, weights, rho=rho)


def test_a_level_that_was_not_said_does_not_count():
    rows = pl.DataFrame(
        {
            "client": ["a"] * 4,
            "goal": ["x", "y", "z", "x"],
            "session": [3, 3, 3, 7],
            "level": [1, 1, 0, None],
        }
    )
    found = attainment(rows)
    assert found.rows() == [("a", 3, 3, pytest.approx(59.13, abs=0.005))]
    weighed = attainment(rows.with_columns(weight=pl.Series([3.0, 1, 1, 1])))
    assert weighed["t_score"][0] == pytest.approx(t_score([1, 1, 0], [3, 1, 1]))
