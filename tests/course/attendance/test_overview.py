from datetime import date, timedelta
from itertools import combinations

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.course.attendance.appointments import missed_in_a_row
from attunement.course.attendance.dropout import DEFINITIONS, Limits
from attunement.course.attendance.overview import attendance
from attunement.course.change.categories import classify
from attunement.problems import Problem

START = date(2026, 1, 5)
WORDS = {"a": "attended", "l": "late", "c": "cancelled", "m": "missed", "?": None}
SCHEMA = {
    "client": pl.String,
    "session": pl.Int64,
    "date": pl.Date,
    "status": pl.String,
    "planned_end": pl.Int64,
}


def table(**clients):
    """One client per course, a letter a week (see ``WORDS``), with the planned end or None."""
    rows = [
        (client, session, START + timedelta(weeks=session - 1), WORDS[letter], planned)
        for client, (course, planned) in clients.items()
        for session, letter in enumerate(course, start=1)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


LATER = START + timedelta(days=365)


def verdict(course, planned=None, *, definition, until=LATER, **more):
    found = attendance(table(x=(course, planned)), until=until, **more).dropout
    return found.row(by_predicate=pl.col("definition") == definition, named=True)["dropped_out"]


def person(course, planned=None, **more):
    return attendance(table(x=(course, planned)), **more).people.row(0, named=True)


def test_one_clients_appointments_are_counted():
    found = person("almc?a", 10, until=START + timedelta(days=40))
    assert found == {
        "client": "x",
        "appointments": 6,
        "attended": 3,
        "late": 1,
        "cancelled": 1,
        "missed": 1,
        "unrecorded": 1,
        "missed_share": 1 / 4,
        "late_share": 1 / 3,
        "answered": None,
        "answered_share": None,
        "first_session": 1,
        "last_session": 6,
        "last_appointment": 6,
        "planned_end": 10,
        "longest_gap": 28,
        "last_gap": 28,
        "since_last": 5,
    }


def test_shares_of_nothing_are_unknown_rather_than_zero():
    found = person("cc")
    assert found["missed_share"] is found["late_share"] is found["longest_gap"] is None
    assert attendance(table(x=("cc", None))).overall.missed.share is None


def test_overall_shares_count_appointments():
    found = attendance(table(x=("alma", None), y=("cm?", None))).overall
    assert (found.clients, found.appointments, found.unrecorded) == (2, 7, 1)
    assert (found.missed.n, found.missed.of) == (2, 5)
    assert (found.late.n, found.late.of) == (1, 3)
    assert (found.cancelled.n, found.cancelled.of) == (1, 6)
    assert found.until == START + timedelta(weeks=3)


def test_answered_is_a_session_attended_with_at_least_one_score():
    scores = pl.DataFrame(
        [
            ("x", "a", 1, 3.0),
            ("x", "b", 1, 3.0),
            ("x", "a", 2, None),
            ("x", "a", 3, 2.0),  # missed: nothing to answer at
            ("x", "a", 4, float("nan")),
        ],
        schema=["client", "scale", "session", "score"],
        orient="row",
    )
    found = attendance(table(x=("aama", None), y=("a", None)), scores=scores)
    assert found.people["answered"].to_list() == [1, 0]
    assert found.people["answered_share"].to_list() == [1 / 3, 0]
    assert (found.overall.answered.n, found.overall.answered.of) == (1, 4)


def test_an_unknown_date_leaves_the_gaps_beside_it_unknown():
    rows = table(x=("aaa", None)).with_columns(
        date=pl.when(pl.col("session") != 2).then(pl.col("date"))
    )
    found = attendance(rows).people.row(0, named=True)
    assert found["longest_gap"] is found["last_gap"] is None


def test_the_plan_is_the_one_that_was_made_last():
    rows = table(x=("aaa", None)).with_columns(planned_end=pl.Series([12, 8, None]))
    assert attendance(rows).people["planned_end"].to_list() == [8]


@pytest.mark.parametrize(
    ("definition", "course", "planned", "expected"),
    [
        ("last-appointment-not-attended", "aam", None, True),
        ("last-appointment-not-attended", "aac", None, True),
        ("last-appointment-not-attended", "ama", None, False),
        ("last-appointment-not-attended", "aa?", None, None),
        ("before-planned-end", "aaa", 5, True),
        ("before-planned-end", "aaaaa", 5, False),
        ("before-planned-end", "aaaal", 5, False),
        ("before-planned-end", "aaaam", 5, True),
        ("before-planned-end", "mmm", 5, True),
        ("before-planned-end", "aaa", None, None),
        ("before-planned-end", "aaaa?", 5, None),
        ("too-few-sessions", "aaam", None, True),
        ("too-few-sessions", "aaal", None, False),
        ("too-few-sessions", "aaa?", None, None),
        ("too-few-sessions", "mm", None, True),
        ("came-only-once", "a", None, True),
        ("came-only-once", "amm", None, True),
        ("came-only-once", "aml", None, False),
        ("came-only-once", "a?", None, None),
        ("came-only-once", "aa?", None, False),
        ("came-only-once", "mm", None, None),
    ],
)
def test_each_definition_means_what_its_text_says(definition, course, planned, expected):
    assert verdict(course, planned, definition=definition) is expected


@given(st.text("almc?", min_size=1, max_size=9), st.none() | st.integers(1, 9))
@settings(max_examples=40)
def test_while_an_episode_may_still_be_open_nobody_has_dropped_out_or_stayed(course, planned):
    end = START + timedelta(weeks=len(course) - 1)
    for days, known in ((60, False), (61, True)):
        found = attendance(table(x=(course, planned)), until=end + timedelta(days=days)).dropout
        said = dict(found.select("definition", "dropped_out").iter_rows())
        if not known:
            assert set(said.values()) == {None}
        elif "?" not in course:
            assert said["last-appointment-not-attended"] is (course[-1] in "mc")


def test_any_two_definitions_disagree_about_somebody():
    rows = table(full_and_missed=("aaaaam", 5), begun=("aa", 5), short=("aaaa", 9), once=("a", 1))
    scores = pl.DataFrame(
        [(client, "bdi", session, score)
         for client, after in {"begun": 29.0, "short": 5.0, "full_and_missed": 29.0}.items()
         for session, score in ((1, 30.0), (5, after))],
        schema=["client", "scale", "session", "score"],
        orient="row",
    )  # fmt: skip
    change = classify(scores, scale="bdi", direction="lower-is-better", sd=10, reliability=0.9)
    found = attendance(rows, change=change, until=LATER).dropout
    said = found.pivot(on="definition", index="client", values="dropped_out")
    names = [definition.name for definition in DEFINITIONS]
    assert sorted(said.columns) == sorted(["client", *names])
    for one, other in combinations(names, 2):
        assert said.filter(pl.col(one) != pl.col(other)).height, f"{one} is {other}"


def test_four_definitions_need_no_table_of_change():
    found = attendance(table(x=("aam", 5)), until=LATER).rates
    assert found["n"].to_list() == [1] * 4


def test_limits_are_settings_and_stand_in_the_definitions_text():
    found = attendance(table(x=("aaaaa", None)), limits=Limits(dose=6, days=30), until=LATER)
    row = found.rates.row(by_predicate=pl.col("definition") == "too-few-sessions", named=True)
    assert row["events"] == 1
    assert "fewer than 6 attended" in row["text"]
    assert "30 days" in row["text"]


def test_drop_out_without_reliable_change_takes_the_table_of_change():
    scores = pl.DataFrame(
        [("x", 30.0, 5.0), ("y", 30.0, 29.0), ("z", 30.0, None)],
        schema=["client", "pre", "post"],
        orient="row",
    )
    long = scores.unpivot(index="client", value_name="score").select(
        "client",
        "score",
        scale=pl.lit("bdi"),
        session=pl.when(pl.col("variable") == "pre").then(1).otherwise(5),
    )
    change = classify(long, scale="bdi", direction="lower-is-better", sd=10, reliability=0.9)
    rows = table(x=("aaaa", 9), y=("aaaaa", 5), z=("aa", 9), w=("aa", 9))
    found = attendance(rows, change=change, until=LATER)
    mine = found.dropout.filter(pl.col("definition") == "without-reliable-change")
    assert dict(mine.select("client", "dropped_out").iter_rows()) == {
        "w": None,
        "x": False,
        "y": True,
        "z": None,
    }
    assert found.rates.filter(pl.col("definition") == "without-reliable-change")["unknown"][0] == 2


def test_every_rate_comes_with_its_definition_and_source():
    found = attendance(table(x=("aam", None)), until=LATER).rates
    for row in found.iter_rows(named=True):
        assert row["definition"]
        assert row["text"]
        assert row["source"]
        assert row["n"] + row["unknown"] == 1
        assert (row["rate"] is None) == (row["n"] == 0)
    assert len({definition.name for definition in DEFINITIONS}) == len(DEFINITIONS) >= 4


def test_appointments_after_the_end_of_the_data_are_left_out():
    found = attendance(table(x=("aam", None)), until=START + timedelta(days=8))
    assert found.people["appointments"].to_list() == [2]


def test_missed_sessions_in_a_row_end_when_the_client_comes():
    found = missed_in_a_row(table(x=("mmcm?mlma", None), y=("am", None)))
    runs = found.sort("client", "session")["missed_in_a_row"].to_list()
    assert runs == [1, 2, 2, 3, 3, 4, 0, 1, 0, 0, 1]


def test_a_status_nobody_knows_is_refused():
    rows = table(x=("a", None)).with_columns(status=pl.lit("no show"))
    with pytest.raises(Problem, match="client x, session 1 has the status 'no show'"):
        attendance(rows)


def test_dates_that_run_backwards_are_refused():
    rows = table(x=("aa", None)).with_columns(date=pl.Series([START, START - timedelta(days=1)]))
    with pytest.raises(Problem, match="client x attended a session on an earlier day"):
        attendance(rows)


def test_an_appointment_that_occurs_twice_is_refused():
    rows = table(x=("a", None))
    with pytest.raises(Problem, match="2 rows for client x, session 1"):
        attendance(pl.concat([rows, rows]))


def test_a_planned_end_need_not_be_in_the_table():
    found = attendance(table(x=("aa", None)).drop("planned_end"), until=LATER).rates
    assert found.filter(pl.col("definition") == "before-planned-end")["n"].to_list() == [0]


def test_any_kind_of_table_comes_back_as_its_own_kind():
    rows = table(x=("almc?a", 10), y=("mm", None), z=("aaaa", 4))
    expected = attendance(rows, until=LATER)
    relation = attendance(duckdb.from_arrow(rows.to_arrow()), until=LATER)
    frame = attendance(rows.to_pandas(), until=LATER)
    assert isinstance(relation.rates, duckdb.DuckDBPyRelation)
    assert isinstance(frame.dropout, pd.DataFrame)
    loose = {"check_dtypes": False, "check_row_order": False}
    for name in ("people", "dropout", "rates"):
        assert_frame_equal(getattr(relation, name).pl(), getattr(expected, name), **loose)
        assert_frame_equal(pl.from_pandas(getattr(frame, name)), getattr(expected, name), **loose)
    runs = missed_in_a_row(duckdb.from_arrow(rows.to_arrow())).pl()
    assert_frame_equal(runs, missed_in_a_row(rows), **loose)


courses = st.dictionaries(
    st.sampled_from("uvwxyz"),
    st.tuples(st.text("almc?", min_size=1, max_size=8), st.none() | st.integers(1, 8)),
    min_size=1,
)
ends = st.integers(0, 200).map(lambda days: START + timedelta(days=days))


@given(courses, ends)
@settings(max_examples=50)
def test_whoever_attended_the_planned_end_never_ended_before_it(some, until):
    found = attendance(table(**some), until=until)
    reached = found.people.filter(pl.col("last_session") >= pl.col("planned_end"))["client"]
    early = found.dropout.filter(pl.col("definition") == "before-planned-end", "dropped_out")
    assert set(early["client"]).isdisjoint(reached)


@given(courses, ends, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_row_order_never_matters(some, until, random):
    rows = table(**some)
    order = list(range(rows.height))
    random.shuffle(order)
    plain, shuffled = attendance(rows, until=until), attendance(rows[order], until=until)
    assert_frame_equal(plain.people, shuffled.people)
    assert_frame_equal(plain.dropout, shuffled.dropout)
    assert_frame_equal(plain.rates, shuffled.rates)
    assert plain.overall == shuffled.overall


@given(courses, ends)
@settings(max_examples=50)
def test_every_client_has_one_verdict_per_definition_and_is_counted_or_unknown(some, until):
    rows = table(**some)
    found = attendance(rows, until=until)
    clients = found.people.height
    assert (
        found.dropout.group_by("definition").len()["len"].to_list() == [clients] * 4 or not clients
    )
    for row in found.rates.iter_rows(named=True):
        assert row["n"] + row["unknown"] == clients
        assert row["events"] <= row["n"]


@given(courses, st.integers(1, 8))
@settings(max_examples=50)
def test_a_run_of_missed_sessions_never_changes_when_later_ones_are_removed(some, last):
    rows = table(**some)
    then = missed_in_a_row(rows.filter(pl.col("session") <= last))
    now = missed_in_a_row(rows).filter(pl.col("session") <= last)
    assert_frame_equal(then, now)


@given(courses)
@settings(max_examples=50)
def test_runs_of_missed_sessions_are_those_counted_by_hand(some):
    found = missed_in_a_row(table(**some))
    for client, (course, _) in some.items():
        run, expected = 0, []
        for letter in course:
            run = run + 1 if letter == "m" else 0 if letter in "al" else run
            expected.append(run)
        mine = found.filter(pl.col("client") == client).sort("session")
        assert mine["missed_in_a_row"].to_list() == expected


@given(st.dates(date(1999, 1, 1), date(2101, 1, 1)), st.integers(0, 2000))
@settings(max_examples=50)
def test_gaps_are_calendar_days(first, days):
    rows = table(x=("aa", None)).with_columns(date=pl.Series([first, first + timedelta(days=days)]))
    assert attendance(rows).people["longest_gap"].to_list() == [days]
