"""One definition, the same rows from every engine."""

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from attunement.course.agreement.gaps import gaps
from attunement.course.strain.ceiling import ceiling
from attunement.course.strain.ruptures import ruptures
from attunement.course.strain.signals import signals
from attunement.course.strain.told import tensions
from support.cohorts import NORMS, SCALES

KEYS = {
    "signals": ["client", "scale", "session"],
    "ruptures": ["client", "scale", "onset"],
    "ceiling": ["client", "scale", "session"],
    "gaps": ["client", "scale", "session"],
    "tensions": ["client", "instrument", "onset"],
}


@pytest.fixture(scope="module")
def ratings(scores):
    """Both people's ratings of every session."""
    random = np.random.default_rng(12)
    client = scores.filter(scale="bond").with_columns(rater=pl.lit("client"))
    noise = pl.Series(random.normal(-0.4, 0.4, len(client)).round(1))
    therapist = client.with_columns(score=pl.col("score") + noise, rater=pl.lit("Therapist"))
    return pl.concat([client, therapist]).sample(fraction=1, shuffle=True, seed=6)


@pytest.fixture(scope="module")
def answers():
    """Questions about tension, some not answered, some with no number."""
    random = np.random.default_rng(13)
    rows = [
        (f"c{client:03}", session, "session-check-in", item, float(value))
        for client in range(150)
        for session in range(1, 15)
        for item in ("tension", "settled")
        if (value := random.choice([0, 0, 2, 4, 7, 9, np.nan, -1])) >= 0 or np.isnan(value)
    ]
    columns = ["client", "session", "instrument", "item", "value"]
    return pl.DataFrame(rows, schema=columns, orient="row")


@pytest.fixture(scope="module")
def scores():
    """Shuffled, with gaps between sessions, tied scores, missing scores and real drops."""
    random = np.random.default_rng(11)
    rows = []
    for client in range(300):
        for scale, step in (("bond", 0.5), ("mood", 1.0)):
            sessions = np.sort(random.choice(40, random.integers(1, 25), replace=False)) + 1
            level = random.uniform(*((3, 6.5) if scale == "bond" else (5, 20)))
            drop = 2 * step * SCALES[scale].sign * (random.random(len(sessions)) < 0.08)
            values = level + random.normal(0, step, len(sessions)) - 2 * drop
            values = np.clip(np.round(values / step) * step, SCALES[scale].low, SCALES[scale].high)
            rows += [
                (f"c{client:03}", scale, int(session), None if random.random() < 0.1 else value)
                for session, value in zip(sessions, values, strict=True)
            ]
    table = pl.DataFrame(rows, schema=["client", "scale", "session", "score"], orient="row")
    return table.sample(fraction=1, shuffle=True, seed=5)


def everything(scores, ratings, answers):
    noticed = signals(scores, SCALES, NORMS)
    return {
        "signals": noticed,
        "ruptures": ruptures(noticed, SCALES),
        "ceiling": ceiling(scores, SCALES),
        "gaps": gaps(ratings, {"bond": NORMS["bond"]}),
        "tensions": tensions(answers),
    }


@pytest.fixture(scope="module")
def tables(scores, ratings, answers):
    return [scores, ratings, answers]


@pytest.fixture(scope="module")
def reference(tables):
    return everything(*tables)


def assert_same(got, expected, name):
    """Equal to 1e-9, null in the same places, and of the same types but for a number's width."""
    same_width = {
        column: expected.schema[column]
        for column, kind in got.schema.items()
        if kind.is_integer() and kind.is_signed_integer()
    }
    assert_frame_equal(
        got.select(expected.columns).cast(same_width).sort(KEYS[name]),
        expected.sort(KEYS[name]),
        abs_tol=1e-9,
        rel_tol=1e-9,
    )


def test_there_is_something_to_compare(reference):
    assert reference["signals"]["signal"].value_counts()["count"].min() > 50
    assert set(reference["ruptures"]["status"]) == {"open", "repaired", "unrepaired"}
    assert reference["signals"]["cusum_alarm"].sum() > 20
    assert set(reference["gaps"]["signal"].drop_nulls()) >= {"none", "client-lower"}
    assert set(reference["tensions"]["status"]) == {"open", "repaired", "unrepaired"}


def test_duckdb_says_the_same(tables, reference):
    with duckdb.connect() as connection:
        there = [connection.from_arrow(table.to_arrow()) for table in tables]
        for name, result in everything(*there).items():
            assert isinstance(result, duckdb.DuckDBPyRelation)
            assert_same(result.pl(), reference[name], name)


@pytest.mark.spark
def test_spark_on_two_worker_processes_says_the_same(tables, reference, spark):
    apart = [spark.createDataFrame(table.to_arrow()).repartition(8) for table in tables]
    for name, result in everything(*apart).items():
        assert_same(pl.from_arrow(result.toArrow()), reference[name], name)


def test_pandas_gives_pandas_back(tables, reference):
    for name, result in everything(*(table.to_pandas() for table in tables)).items():
        assert type(result).__module__.startswith("pandas")
        whole_again = pl.from_pandas(result).cast(reference[name].schema)
        assert_same(whole_again, reference[name], name)


def test_pyarrow_gives_pyarrow_back(tables, reference):
    for name, result in everything(*(table.to_arrow() for table in tables)).items():
        assert type(result).__module__.startswith("pyarrow")
        assert_same(pl.from_arrow(result), reference[name], name)


def test_a_lazy_polars_frame_stays_lazy(tables, reference):
    for name, result in everything(*(table.lazy() for table in tables)).items():
        assert isinstance(result, pl.LazyFrame)
        assert_same(result.collect(), reference[name], name)
