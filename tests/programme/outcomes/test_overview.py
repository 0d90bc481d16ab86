import numpy as np
import polars as pl
import pytest

from attunement import Plan, simulate
from attunement.problems import Problem
from attunement.programme.disclosure.grouping import count_groups, groups_of
from attunement.programme.disclosure.withholding import Figure
from attunement.programme.outcomes.chart import (
    funnel_chart,
    groups_chart,
    rates_chart,
    without_change_chart,
)
from attunement.programme.outcomes.measure import PHQ9
from attunement.programme.outcomes.overview import outcomes
from attunement.programme.outcomes.regression_to_mean import Population


@pytest.fixture(scope="module")
def made():
    return simulate(Plan(clients=900, responses=False, therapist_form=False), seed=3)


@pytest.fixture(scope="module")
def people(made):
    rng = np.random.default_rng(1)
    ethnicity = rng.choice(["A", "B", "C"], 900, p=[0.9, 0.095, 0.005])
    return made.truth.clients.select("client", "therapist", "site").with_columns(
        age=pl.Series(rng.normal(40, 10, 900)), ethnicity=pl.Series(ethnicity)
    )


@pytest.fixture(scope="module")
def found(made, people):
    return outcomes(
        made.scores,
        [PHQ9],
        people,
        by=["ethnicity", "site"],
        units=["therapist"],
        adjust=["age"],
        imputations=3,
    )


def test_one_call_tells_everything_of_everybody_who_began(found, people):
    assert found.people.height == people.height
    assert found.missing.of == 900
    assert found.rates.height == 16
    assert found.effect_sizes[0].pooled > 0.5
    assert found.groups.height == (3 + 3) * 4
    assert ("therapist", "reliable_improvement") in found.funnels
    assert found.funnels["therapist", "reliable_improvement"].adjusted_for == ("pre phq9", "age")
    assert "regression to the mean" in found.remarks[0]


def test_beside_what_improved_stands_what_would_have_without_any_change(found):
    chance = found.without_change["phq9"]
    assert 0.3 < chance.any_improvement < found.seen_at_all["phq9"].share
    assert chance.reliable_improvement < 0.05


def test_of_people_who_were_chosen_because_they_were_ill_more_seem_to_improve(made):
    wide = Population(mean=9, sd=6, reliability=0.84, low=0, high=27)
    own = outcomes(made.scores, [PHQ9], imputations=0)
    chosen = outcomes(made.scores, [PHQ9], populations={"phq9": wide}, imputations=0)
    assert (
        chosen.without_change["phq9"].any_improvement > own.without_change["phq9"].any_improvement
    )
    assert len(chosen.remarks) == len(own.remarks) - 1


def test_small_groups_are_withheld_in_every_figure(found):
    small = found.groups.filter(pl.col("by") == "ethnicity", pl.col("group") == "C")
    assert small["clients"].null_count() == small.height
    assert small["share"].null_count() == small.height
    shown = found.groups.filter(pl.col("share").is_not_null())
    assert (shown["n"] >= 5).all()
    assert (shown["of"] - shown["n"] >= 5).all()


def test_where_there_is_no_funnel_it_is_said_why(made, people):
    few = people.with_columns(therapist=pl.lit(None, dtype=pl.String))
    found = outcomes(made.scores, [PHQ9], few, units=["therapist"], imputations=0)
    assert found.funnels == {}
    assert "No funnel of reliable_improvement by therapist" in found.remarks[-1]


def test_groups_need_a_table_of_people(made, people):
    with pytest.raises(Problem, match="no table of people"):
        outcomes(made.scores, [PHQ9], by=["gender"])
    with pytest.raises(Problem, match="no column gender"):
        outcomes(made.scores, [PHQ9], people, by=["gender"])
    with pytest.raises(Problem, match="no column weight"):
        outcomes(made.scores, [PHQ9], people, adjust=["weight"])
    with pytest.raises(Problem, match="two rows"):
        groups_of(pl.concat([people, people]), ["site"])


def test_an_empty_field_is_a_group_of_its_own():
    table = pl.DataFrame({"client": [1, 2], "gender": ["woman", None]})
    assert groups_of(table, ["gender"])["gender"].to_list() == ["woman", "not known"]


def test_groups_are_counted_one_column_at_a_time():
    rows = pl.DataFrame({"a": ["x"] * 10 + ["y"] * 20, "n": True})
    found = count_groups(rows, ["a"], [Figure(name="n")])
    assert found.rows() == [("a", "x", 10), ("a", "y", 20)]
    many = pl.DataFrame({"a": [str(i) for i in range(41)], "n": True})
    with pytest.raises(Problem, match="a has 41 groups"):
        count_groups(many, ["a"], [Figure(name="n")])


def test_every_picture_says_in_words_what_it_shows(found):
    charts = [
        rates_chart(found, title="Four in ten improve"),
        groups_chart(found, "ethnicity"),
        funnel_chart(
            found.funnels["therapist", "reliable_improvement"], unit="therapist", outcome="better"
        ),
        without_change_chart(found, "phq9"),
    ]
    for chart in charts:
        assert len(chart.to_dict()["description"]) > 20
    with pytest.raises(Problem, match="grouped by gender"):
        groups_chart(found, "gender")
    with pytest.raises(Problem, match="without a reliability"):
        without_change_chart(found, "gad7")
