"""One definition, the same rows from every engine."""

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from attunement.course.strain.ceiling import ceiling
from attunement.course.strain.ruptures import ruptures
from attunement.course.strain.signals import signals
from cohorts import NORMS, SCALES

KEYS = {
    "signals": ["client", "scale", "session"],
    "ruptures": ["client", "scale", "onset"],
    "ceiling": ["client", "scale", "session"],
}


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


def everything(table):
    noticed = signals(table, SCALES, NORMS)
    return {
        "signals": noticed,
        "ruptures": ruptures(noticed, SCALES),
        "ceiling": ceiling(table, SCALES),
    }


@pytest.fixture(scope="module")
def reference(scores):
    return everything(scores)


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


def test_duckdb_says_the_same(scores, reference):
    with duckdb.connect() as connection:
        table = connection.sql("select * from scores")
        for name, result in everything(table).items():
            assert isinstance(result, duckdb.DuckDBPyRelation)
            assert_same(result.pl(), reference[name], name)


@pytest.mark.spark
def test_spark_on_two_worker_processes_says_the_same(scores, reference, spark):
    table = spark.createDataFrame(scores.to_arrow()).repartition(8)
    for name, result in everything(table).items():
        assert_same(pl.from_arrow(result.toArrow()), reference[name], name)


def test_pandas_gives_pandas_back(scores, reference):
    for name, result in everything(scores.to_pandas()).items():
        assert type(result).__module__.startswith("pandas")
        whole_again = pl.from_pandas(result).cast(reference[name].schema)
        assert_same(whole_again, reference[name], name)


def test_pyarrow_gives_pyarrow_back(scores, reference):
    for name, result in everything(scores.to_arrow()).items():
        assert type(result).__module__.startswith("pyarrow")
        assert_same(pl.from_arrow(result), reference[name], name)


def test_a_lazy_polars_frame_stays_lazy(scores, reference):
    for name, result in everything(scores.lazy()).items():
        assert isinstance(result, pl.LazyFrame)
        assert_same(result.collect(), reference[name], name)
