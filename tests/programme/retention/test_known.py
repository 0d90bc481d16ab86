from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.programme.retention.known import FEATURES, Watched, known_before

from .conftest import BOND, WATCHED

STATUS = {"a": "attended", "l": "late", "c": "cancelled", "m": "missed", "?": None}
START = date(2026, 1, 5)

SCORES = {"client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64}


def visits(course, client="x"):
    return pl.DataFrame(
        [
            (client, session, START + timedelta(weeks=session - 1), STATUS[letter])
            for session, letter in enumerate(course, start=1)
        ],
        schema={"client": pl.String, "session": pl.Int64, "date": pl.Date, "status": pl.String},
        orient="row",
    )


def marks(scale, scores, client="x"):
    return pl.DataFrame(
        {
            "client": [client] * len(scores),
            "scale": [scale] * len(scores),
            "session": range(1, len(scores) + 1),
            "score": scores,
        },
        schema=SCORES,
    )


def last(course, bond=(), mood=()):
    scores = pl.concat([marks("bond", bond), marks("mood", mood)])
    return known_before(visits(course), scores, WATCHED).sort("after").row(-1, named=True)


def test_what_was_known_after_some_sessions_is_counted():
    row = last("almac", bond=[8, 6, None, None, None], mood=[20, None, None, 14])
    assert row["after"] == 5
    assert row["sessions"] == pytest.approx(np.log(3))
    assert row["missed_in_a_row"] == 0
    assert row["missed_share"] == 1 / 4
    assert row["late_share"] == 1 / 3
    assert row["unanswered_share"] == 1 / 3
    assert row["unanswered_last"] == 1
    assert row["gap_weeks"] == 2
    assert row["alliance"] == 6
    assert row["alliance_drop"] == 2
    assert row["symptoms_first"] == 20
    assert row["symptom_change"] == 6


def test_a_rise_is_no_drop_and_one_score_has_no_usual():
    assert last("aa", bond=[6, 8])["alliance_drop"] == 0
    assert last("aa", bond=[None, 8])["alliance_drop"] is None
    assert last("aa", bond=[None, None])["alliance"] is None


def test_missed_sessions_in_a_row_count_until_the_client_comes():
    assert last("amm")["missed_in_a_row"] == 2
    assert last("amma")["missed_in_a_row"] == 0
    assert last("amm")["after_first"] == 1


def test_a_client_is_followed_from_the_first_attended_session():
    found = known_before(visits("mca"), marks("bond", [None]), WATCHED)
    assert found["after"].to_list() == [3]


def test_without_a_scale_of_symptoms_nothing_is_known_of_them():
    found = known_before(visits("aa"), marks("bond", [5, 6]), Watched(alliance=BOND))
    assert found["symptom_change"].null_count() == found["symptoms_first"].null_count() == 2


@st.composite
def files(draw):
    """Appointments and scores of a few clients, with gaps, ties and missing answers."""
    rows, scores = [], []
    for client in range(draw(st.integers(1, 3))):
        sessions = sorted(draw(st.sets(st.integers(1, 15), min_size=1, max_size=9)))
        for session in sessions:
            status = draw(st.sampled_from(list(STATUS.values())))
            rows.append((client, session, START + timedelta(days=5 * session), status))
            for scale in ("bond", "mood"):
                score = draw(st.none() | st.integers(0, 10))
                scores.append((client, scale, session, score))
    visit_schema = {
        "client": pl.Int64, "session": pl.Int64, "date": pl.Date, "status": pl.String,
    }  # fmt: skip
    score_schema = {
        "client": pl.Int64, "scale": pl.String, "session": pl.Int64, "score": pl.Float64,
    }  # fmt: skip
    return (
        pl.DataFrame(rows, schema=visit_schema, orient="row"),
        pl.DataFrame(scores, schema=score_schema, orient="row"),
    )


@given(files(), st.integers(1, 15))
def test_what_was_known_never_changes_when_later_rows_are_removed(tables, session):
    appointments, scores = tables
    early = pl.col("session") <= session
    then = known_before(appointments.filter(early), scores.filter(early), WATCHED)
    later = known_before(appointments, scores, WATCHED).filter(pl.col("after") <= session)
    assert_frame_equal(then.sort("client", "after"), later.sort("client", "after"))


@settings(max_examples=10)
@given(files())
def test_duckdb_knows_the_same_as_polars(tables):
    appointments, scores = tables
    mine = known_before(appointments, scores, WATCHED).sort("client", "after")
    other = known_before(
        duckdb.sql("select * from appointments"), duckdb.sql("select * from scores"), WATCHED
    )
    found = other.pl().sort("client", "after").select(mine.columns)
    assert_frame_equal(found, mine, check_dtypes=False)


def test_every_feature_has_words():
    found = known_before(visits("aa"), marks("bond", [5, 6]), WATCHED)
    assert set(FEATURES) == set(found.columns) - {"client", "after", "date", "status",
                                                  "planned_end"}  # fmt: skip
