"""Nearest neighbours: against a plain search, a known truth, and for every input."""

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.course.expected.neighbours import Likeness, neighbour_band
from attunement.course.expected.off_track import off_track
from attunement.course.expected.start import TooFewClients
from attunement.measures.scale import Direction, Scale
from attunement.problems import Problem

BDI = Scale(name="bdi", direction=Direction.LOWER)


@pytest.fixture(scope="module")
def past(growth_cohort):
    cohort = growth_cohort(1, 100, sessions=6).with_columns(pl.col("score").round())
    return cohort.with_columns(age=20.0 + pl.col("client") % 41)


@pytest.fixture(scope="module")
def new(growth_cohort):
    cohort = growth_cohort(2, 12, sessions=6).with_columns(pl.col("score").round())
    return cohort.with_columns(pl.col("client") + 1000, age=30.0 + pl.col("client"))


def test_the_rows_are_those_of_a_plain_search(new, past):
    """One loop per client, with NumPy's own percentiles, as an independent reckoning."""
    found = neighbour_band(new, BDI, past, likeness=Likeness(early=3, also=("age",)))
    scores = {key[0]: rows for key, rows in past.group_by("client")}

    def features(rows):
        by_session = dict(rows.select("session", "score").iter_rows())
        return [by_session[1], by_session[3] - by_session[1], rows["age"][0]]

    names = sorted(scores)
    table = np.array([features(scores[name]) for name in names])
    spread = table.std(axis=0, ddof=1)
    for (client,), rows in new.group_by("client"):
        distance = np.sqrt((((table - features(rows)) / spread) ** 2).sum(axis=1))
        limit = np.sort(distance)[29] + 1e-9
        nearest = [name for name, d in zip(names, distance, strict=True) if d <= limit]
        values = past.filter(pl.col("client").is_in(nearest), session=5)["score"].to_numpy()
        row = found.filter(client=client, session=5).row(0, named=True)
        low, high = np.quantile(values, [0.1, 0.9], method="weibull")
        wanted = (values.mean(), low, high, values.std(ddof=1), len(values))
        got = tuple(row[name] for name in ("expected", "low", "high", "sd", "n"))
        assert got == pytest.approx(wanted)


def test_sessions_that_were_compared_are_not_described(new, past):
    assert set(neighbour_band(new, BDI, past)["session"]) == {2, 3, 4, 5, 6}
    early = neighbour_band(new, BDI, past, likeness=Likeness(early=3))
    assert set(early["session"]) == {4, 5, 6}


def test_no_client_is_their_own_neighbour(past):
    is_one_later = (pl.col("client") == 50) & (pl.col("session") > 1)
    odd = past.with_columns(score=pl.when(is_one_later).then(1e6).otherwise("score"))
    found = neighbour_band(odd, BDI)
    assert found.filter(client=50)["expected"].max() < 100
    assert found.filter(pl.col("client") != 50)["expected"].max() > 1000


def test_names_of_clients_match_whether_number_or_text(past):
    as_text = past.with_columns(pl.col("client").cast(pl.String))
    assert_frame_equal(
        neighbour_band(past, BDI, as_text), neighbour_band(past, BDI, past), check_row_order=False
    )


def test_all_past_clients_at_the_same_distance_count(past):
    alike = past.with_columns(score=pl.when(pl.col("session") == 1).then(15.0).otherwise("score"))
    assert set(neighbour_band(alike, BDI)["n"]) == {99}


def test_n_and_spread_are_always_shown_and_a_band_only_where_there_are_enough(new, past):
    thinned = past.filter((pl.col("session") < 5) | (pl.col("client") % 10 == 0))
    found = neighbour_band(new, BDI, thinned)
    assert found["n"].min() < 9
    assert (found["expected"].is_null() == (found["n"] < 9)).all()
    assert (found["low"].is_null() == (found["n"] < 9)).all()
    assert found.filter(pl.col("n") > 1)["sd"].is_not_null().all()


def test_too_few_past_clients_are_told_so_in_a_sentence(new, past):
    refusal = neighbour_band(new, BDI, past.filter(pl.col("client") < 30))
    assert isinstance(refusal, TooFewClients)
    assert str(refusal) == (
        "Too few clients to know the expected course of bdi: 30 with later scores who can be "
        "compared, and it takes 31."
    )


def test_a_client_who_cannot_be_compared_gets_no_rows(new, past):
    ageless = new.with_columns(age=pl.when(pl.col("client") != 1000).then("age"))
    found = neighbour_band(ageless, BDI, past, likeness=Likeness(also=("age",)))
    assert 1000 not in found["client"]
    assert found["client"].n_unique() == 11


def test_four_fifths_of_new_clients_scores_are_inside(growth_cohort):
    new = growth_cohort(9, 1000).with_columns(pl.col("client") + 10**6)
    inside, flagged = [], []
    for seed in range(10):
        limits = neighbour_band(new, BDI, growth_cohort(seed, 400))
        seen = off_track(new, limits, BDI)
        inside.append((seen["outside"] == "inside").mean())
        flagged.append(seen["off_track"].mean())
    assert np.mean(inside) == pytest.approx(0.80, abs=0.02)
    assert np.mean(flagged) < 0.06


@pytest.mark.reference
def test_beat_the_blues_has_neighbours(reference_data):
    table = pl.read_csv(reference_data / "BtheB_long.csv", null_values="NA").select(
        client="subject", scale=pl.lit("bdi"), session="time", score="bdi"
    )
    found = neighbour_band(table, BDI)
    assert found["n"].min() >= 15
    assert found["low"].min() >= 0
    assert found["high"].max() <= 63


@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "lazy"])
def test_the_users_kind_of_table_comes_back(new, past, kind):
    table = {"pandas": new.to_pandas, "pyarrow": new.to_arrow, "lazy": new.lazy}[kind]()
    found = neighbour_band(table, BDI, past)
    assert type(found) is type(table)
    rows = found.collect() if kind == "lazy" else pl.DataFrame(found)
    assert_frame_equal(rows, neighbour_band(new, BDI, past), check_row_order=False)


def test_a_database_table_gives_a_database_table(new, past):
    found = neighbour_band(duckdb.from_arrow(new.to_arrow()), BDI, past)
    assert isinstance(found, duckdb.DuckDBPyRelation)
    assert_frame_equal(found.pl(), neighbour_band(new, BDI, past), check_row_order=False)


def test_nobody_to_describe_gives_an_empty_table(new, past):
    found = neighbour_band(new.filter(pl.col("session") > 99), BDI, past)
    assert found.is_empty()
    assert found.schema == neighbour_band(new, BDI, past).schema


@settings(max_examples=20, deadline=None)
@given(last=st.integers(1, 6), seed=st.integers(0, 2**32 - 1), early=st.sampled_from([None, 2, 3]))
def test_no_band_at_a_session_changes_when_later_ones_are_removed(new, past, last, seed, early):
    some = new.sample(fraction=0.7, seed=seed)
    likeness = Likeness(early=early)

    def seen(table):
        limits = neighbour_band(table, BDI, past, likeness=likeness)
        return off_track(table, limits, BDI).filter(pl.col("session") <= last)

    assert_frame_equal(
        seen(some.filter(pl.col("session") <= last)), seen(some), check_row_order=False
    )


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_row_order_never_matters(new, past, seed):
    assert_frame_equal(
        neighbour_band(
            new.sample(fraction=1.0, shuffle=True, seed=seed),
            BDI,
            past.sample(fraction=1.0, shuffle=True, seed=seed + 1),
        ),
        neighbour_band(new, BDI, past),
        check_exact=True,
    )


@settings(max_examples=20, deadline=None)
@given(factor=st.floats(0.01, 100), shift=st.floats(-1000, 1000))
def test_shifting_and_scaling_a_scale_changes_no_choice(new, past, factor, shift):
    def moved(table):
        return table.with_columns(score=pl.col("score") * factor + shift)

    found = neighbour_band(moved(new), BDI, moved(past), likeness=Likeness(early=2))
    plain = neighbour_band(new, BDI, past, likeness=Likeness(early=2))
    assert found["n"].to_list() == plain["n"].to_list()
    assert found["expected"].to_numpy() == pytest.approx(
        plain["expected"].to_numpy() * factor + shift, rel=1e-9, abs=1e-7
    )


@pytest.mark.parametrize(
    ("likeness", "said"),
    [
        (Likeness(also=("mood",)), "the column mood"),
        (Likeness(also=("scale",)), "the column scale"),
    ],
)
def test_a_column_that_cannot_be_compared_is_refused(new, past, likeness, said):
    with pytest.raises(Problem, match=said):
        neighbour_band(new, BDI, past, likeness=likeness)


def test_fewer_than_one_neighbour_is_refused():
    with pytest.raises(Problem, match="0 neighbours"):
        Likeness(neighbours=0)
