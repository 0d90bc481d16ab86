"""Single answers against the client's usual: the rule of scores, for both sides."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.course.baseline import Norms, default_norms
from attunement.course.strain.answers import answer_signals, item_norms
from attunement.course.strain.signals import signals
from attunement.measures.scale import Direction, Scale
from attunement.problems import Problem

HEARD = Scale(name="session-check-in.heard", direction=Direction.HIGHER, low=0, high=10)
TENSION = Scale(name="session-check-in.tension", direction=Direction.LOWER, low=0, high=10)
ITEMS = {one.name: one for one in (HEARD, TENSION)}
NORMS = dict.fromkeys(ITEMS, Norms(sd=1.0))


def responses(values, item="heard"):
    return pl.DataFrame(
        {
            "client": "Maya",
            "session": range(1, len(values) + 1),
            "instrument": "session-check-in",
            "item": item,
            "value": values,
        },
        schema_overrides={"value": pl.Float64},
    )


def stands(values, item="heard"):
    return answer_signals(responses(values, item), ITEMS, NORMS).sort("session")["stands"].to_list()


def test_the_first_three_answers_are_too_early_to_compare():
    assert stands([8, 8, 8, 8])[:3] == [None, None, None]


@pytest.mark.parametrize(
    ("newest", "word"),
    [(1, "much-lower"), (6.2, "lower"), (7, "usual"), (9, "usual"), (10, "higher")],
)
def test_an_answer_stands_out_by_how_far_it_lies_from_the_usual(newest, word):
    assert stands([8, 7.5, 8.5, 8, 8, 8, newest])[-1] == word


def test_words_follow_the_number_on_a_scale_where_lower_is_better():
    assert stands([1, 1, 1, 1, 1, 9], "tension")[-1] == "much-higher"


def test_an_item_that_nobody_asked_about_is_left_out():
    assert answer_signals(responses([1, 2], "depth"), ITEMS, NORMS).is_empty()


@given(st.lists(st.one_of(st.none(), st.integers(0, 10)), min_size=1, max_size=20))
def test_low_answers_are_those_that_the_signals_of_scores_would_flag(values):
    table = responses(values)
    found = answer_signals(table, ITEMS, NORMS).sort("session")
    plain = signals(
        table.select("client", "session", scale=pl.lit(HEARD.name), score="value"), ITEMS, NORMS
    ).sort("session")
    words = {"much-lower": "review", "lower": "watch", "usual": "none", "higher": "none",
             "much-higher": "none"}  # fmt: skip
    assert [words.get(word) for word in found["stands"]] == plain["signal"].to_list()
    assert_frame_equal(found.drop("stands"), plain)


@given(st.lists(st.integers(0, 10), min_size=5, max_size=15), st.integers(4, 14))
def test_later_answers_change_nothing(values, last):
    assert stands(values)[:last] == stands(values[:last])


def test_a_mean_of_equally_correlated_items_has_the_spread_it_came_from():
    mean = Norms(sd=0.6, df=8.0, trend=0.05, level=7.0)
    item = item_norms(mean, 8, shared=0.2)
    assert item.sd**2 * (1 + 7 * 0.2) / 8 == pytest.approx(mean.sd**2)
    assert (item.df, item.trend) == (mean.df, mean.trend)
    assert item_norms(mean, 1).sd == mean.sd
    assert item_norms(mean, 8, shared=1).sd == pytest.approx(mean.sd)


@pytest.mark.parametrize(("items", "shared"), [(0, 0.2), (8, -0.1), (8, 1.1)])
def test_impossible_numbers_are_refused(items, shared):
    with pytest.raises(Problem):
        item_norms(default_norms(HEARD), items, shared)
