from datetime import date

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from attunement.course.attendance.appointments import missed_in_a_row
from attunement.course.attendance.overview import attendance
from attunement.course.change.categories import classify
from attunement.course.change.sudden_gains import sudden_gains
from attunement.course.person_tables import open_table, scores_of
from attunement.frames import hand_back, to_lazy, to_polars
from attunement.problems import Problem
from attunement.tables import SCORES

PEOPLE = pl.DataFrame({"client": ["a", "b"], "reliable": [True, None], "change": [1.5, None]})
SCORED = pl.DataFrame(
    {"client": ["a", "a"], "scale": ["s", "s"], "session": [1, 2], "score": [1.0, float("nan")]}
)


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (SCORED, pl.DataFrame),
        (SCORED.lazy(), pl.LazyFrame),
        (SCORED.to_pandas(), pd.DataFrame),
        (SCORED.to_arrow(), pa.Table),
        (duckdb.from_arrow(SCORED.to_arrow()), duckdb.DuckDBPyRelation),
    ],
)
def test_a_table_made_in_memory_comes_back_as_the_kind_that_was_handed_in(table, kind):
    found = hand_back(PEOPLE, table)
    assert isinstance(found, kind)
    assert to_polars(to_lazy(found)).to_dicts() == PEOPLE.to_dicts()


def test_an_empty_table_comes_back_with_its_columns():
    relation = duckdb.from_arrow(SCORED.to_arrow())
    assert hand_back(PEOPLE.clear(), relation).columns == PEOPLE.columns


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf"), None])
def test_what_is_no_finite_number_is_a_missing_score(odd):
    scored = SCORED.with_columns(score=pl.Series([1.0, odd]))
    for table in (scored, duckdb.from_arrow(scored.to_arrow())):
        found = to_polars(scores_of(open_table(table, SCORES), "s")).sort("session")
        assert found["score"].to_list() == [1.0, None]


def test_whole_numbers_are_scores_too():
    whole = SCORED.with_columns(score=pl.Series([3, None]))
    assert to_polars(scores_of(open_table(whole, SCORES), "s"))["score"].to_list() == [3.0, None]


def test_a_scale_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(Problem, match="no scale 'x' here; name one of s"):
        scores_of(open_table(SCORED, SCORES), "x")


def test_an_empty_table_is_refused_as_such():
    with pytest.raises(Problem, match="the table is empty"):
        scores_of(open_table(SCORED.clear(), SCORES), "x")


def test_a_missing_column_is_named():
    with pytest.raises(Problem, match="no column session"):
        open_table(SCORED.drop("session"), SCORES)


@pytest.mark.spark
def test_spark_gives_the_same_people_as_polars(interpreting_spark):
    chance = np.random.default_rng(1)
    some = [None, 5.0, 6, 14, 15, 16, 30, 31]
    scores = pl.DataFrame(
        [
            (f"c{i}", "s", t, some[chance.integers(len(some))])
            for i in range(20)
            for t in range(1, 9)
        ],
        schema=["client", "scale", "session", "score"],
        orient="row",
    )
    statuses = ["attended", "late", "missed", "cancelled", None]
    appointments = scores.select(
        "client",
        "session",
        date=pl.date(2026, 1, 1) + pl.duration(days=7 * pl.col("session")),
        status=pl.Series([statuses[i] for i in chance.integers(len(statuses), size=scores.height)]),
        planned_end=8,
    )

    def everything(scores, appointments):
        scale = {"scale": "s", "direction": "lower-is-better"}
        gains = sudden_gains(scores, **scale, cutoff=7)
        came = attendance(appointments, scores=scores, until=date(2026, 6, 1))
        return (
            classify(scores, **scale, reliability=0.9, cutoff=10).people,
            gains.gains,
            gains.people,
            came.people,
            came.dropout,
            came.rates,
            missed_in_a_row(appointments),
        )

    mine = everything(scores, appointments)
    sparks = everything(
        *(interpreting_spark.createDataFrame(t.to_arrow()) for t in (scores, appointments))
    )
    for expected, found in zip(mine, sparks, strict=True):
        assert_frame_equal(
            pl.from_arrow(found.toArrow()), expected, check_dtypes=False, check_row_order=False
        )
