"""Goal agreement is a share of importance: bounded, symmetric, and its parts add up."""

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.goals import agreement, goal_agreement, rank_weights
from attunement.problems import Problem


@st.composite
def lists(draw):
    """Two ranked lists, and goals of theirs that belong together."""
    ranks = st.lists(st.integers(1, 9), min_size=1, max_size=6)
    client, therapist = draw(ranks), draw(ranks)
    most = min(len(client), len(therapist))
    number = draw(st.integers(0, most))
    left = draw(st.permutations(range(len(client))))[:number]
    right = draw(st.permutations(range(len(therapist))))[:number]
    return client, therapist, list(zip(left, right, strict=True))


@given(lists())
def test_it_lies_between_nothing_and_all_and_what_is_missing_adds_up(both):
    found = agreement(*both)
    assert -1e-12 <= found.agreement <= 1 + 1e-12
    missing = found.client_only + found.therapist_only + found.ranked_apart
    assert found.agreement + missing == pytest.approx(1)


@given(lists())
def test_it_is_the_same_from_either_side(both):
    client, therapist, pairs = both
    found = agreement(client, therapist, pairs)
    turned = agreement(therapist, client, [(j, i) for i, j in pairs])
    assert turned.agreement == pytest.approx(found.agreement)
    assert turned.client_only == pytest.approx(found.therapist_only)


@given(lists())
def test_one_more_pair_never_lowers_it(both):
    client, therapist, pairs = both
    if pairs:
        fewer = agreement(client, therapist, pairs[:-1])
        assert agreement(client, therapist, pairs).agreement >= fewer.agreement


@given(lists())
def test_only_the_order_of_ranks_counts(both):
    client, therapist, pairs = both
    stretched = [3 * rank + 2 for rank in client]
    assert agreement(stretched, therapist, pairs) == agreement(client, therapist, pairs)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_weights_add_up_to_one_and_follow_the_order(ranks):
    weights = rank_weights(ranks)
    assert sum(weights) == pytest.approx(1)
    for one, other in zip(ranks, weights, strict=True):
        assert all(other >= w for r, w in zip(ranks, weights, strict=True) if r >= one)


@given(st.integers(1, 6))
def test_it_is_one_only_where_the_same_goals_stand_in_the_same_order(n):
    ranks = list(range(1, n + 1))
    same = agreement(ranks, ranks, [(i, i) for i in range(n)])
    assert same.agreement == pytest.approx(1)
    if n > 1:
        turned = agreement(ranks, ranks, [(i, n - 1 - i) for i in range(n)])
        assert turned.agreement < 1
    assert agreement(ranks, ranks, []).agreement == 0


def test_three_goals_in_turned_order_share_two_thirds():
    found = agreement([1, 2, 3], [1, 2, 3], [(0, 2), (1, 1), (2, 0)])
    assert found.agreement == pytest.approx(2 / 3)
    assert (found.client_only, found.therapist_only) == (0, 0)
    assert found.ranked_apart == pytest.approx(1 / 3)


def test_an_empty_list_is_nothing_to_compare_and_no_disagreement():
    assert agreement([], [1], []) is None


@pytest.mark.parametrize("pairs", [[(0, 0), (0, 1)], [(0, 0), (1, 0)], [(5, 0)]])
def test_a_goal_stands_in_one_pair_at_most_and_is_there(pairs):
    with pytest.raises(Problem):
        agreement([1, 2], [1, 2], pairs)


ROWS = {
    "client": ["a"] * 6 + ["b"] * 2,
    "session": [1] * 4 + [5, 5, 1, 1],
    "rater": ["client", "client", "therapist", "therapist", "client", "therapist"] + ["client"] * 2,
    "goal": ["sleep", "work", "nights", "anger", "sleep", "nights", "x", "y"],
    "rank": [1, 2, 2, 1, 1, 1, 1, 2],
    "pair": ["p", None, "p", None, "q", "q", None, None],
}


def test_it_is_followed_over_sessions():
    found = goal_agreement(pl.DataFrame(ROWS))
    assert found.columns[:3] == ["client", "session", "agreement"]
    assert found["client"].to_list() == ["a", "a"]
    assert found["agreement"].to_list() == pytest.approx([1 / 3, 1.0])
    assert found.row(0, named=True)["ranked_apart"] == pytest.approx(1 / 6)


@given(st.permutations(range(8)))
def test_the_order_of_rows_does_not_count(order):
    rows = pl.DataFrame(ROWS)
    assert goal_agreement(rows[list(order)]).equals(goal_agreement(rows))


def test_every_kind_of_table_comes_back_as_it_came():
    duck = pytest.importorskip("duckdb")
    rows = pl.DataFrame(ROWS)
    assert isinstance(goal_agreement(rows.to_pandas()), pd.DataFrame)
    assert isinstance(goal_agreement(rows.lazy()), pl.LazyFrame)
    found = goal_agreement(duck.sql("SELECT * FROM rows"))
    assert isinstance(found, duck.DuckDBPyRelation)
    assert found.pl().equals(goal_agreement(rows))


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("rater", ["nurse"] * 8, "no rater"),
        ("pair", ["p", "p", "p", None, "q", "q", None, None], "share a pair"),
        ("pair", ["p", None, None, None, "q", "q", None, None], "one person alone"),
        ("rank", [None, *ROWS["rank"][1:]], "no rank"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_in_one_sentence(column, values, said):
    with pytest.raises(Problem, match=said):
        goal_agreement(pl.DataFrame(ROWS).with_columns(pl.Series(column, values)))
