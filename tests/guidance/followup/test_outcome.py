"""What followed a try is read against what was to be looked for, and says when it cannot be."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.guidance.followup import Outcome, follow_up
from attunement.guidance.reasons.rows import rows
from attunement.guidance.strategies import LookFor

ITEMS = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")
HEARD = LookFor(items=("heard",), within=2)


def client(sessions, *, attendance=None):
    """Answers by session, in a course of one client; others are as always."""
    answers = []
    for session, given_ in sessions.items():
        known = {**dict.fromkeys(ITEMS, 7.0), "tension": 0.0, **given_}
        for item, value in known.items():
            audience = "service" if isinstance(value, str) else "therapist"
            value = float(value) if value is not None else None
            answers.append(("a", session, "session-check-in", item, value, "client", audience))
    names = ["client", "session", "instrument", "item", "value", "rater", "audience"]
    table = pl.DataFrame(answers, schema=names, orient="row")
    came = None
    if attendance:
        came = pl.DataFrame(
            {"client": "a", "session": list(attendance), "status": list(attendance.values())}
        )
    return rows(table, attendance=came)


STEADY = {session: {"heard": 8.0} for session in range(1, 5)}
LOW = {**STEADY, 5: {"heard": 3.0}}


@pytest.mark.parametrize(
    ("later", "outcome", "session"),
    [
        ({}, Outcome.TOO_EARLY, None),
        ({6: {"heard": 4.0}}, Outcome.TOO_EARLY, None),
        ({6: {"heard": 8.0}}, Outcome.EASED, 6),
        ({6: {"heard": 4.0}, 7: {"heard": 7.8}}, Outcome.EASED, 7),
        ({6: {"heard": 4.0}, 7: {"heard": 5.0}}, Outcome.NOT_YET, None),
        ({6: {"heard": 4.0}, 7: {"heard": 5.0}, 8: {"heard": 8.0}}, Outcome.NOT_YET, None),
        ({6: {"heard": None}, 7: {"heard": 8.0}}, Outcome.EASED, 7),
        ({6: {"heard": "8"}, 7: {"heard": "8"}}, Outcome.TOO_EARLY, None),
    ],
)
def test_the_next_check_ins_say_whether_it_eased(later, outcome, session):
    found = follow_up(client({**LOW, **later}), HEARD, strain=5, tried=6)
    assert (found.outcome, found.session) == (outcome, session)


def test_what_was_back_before_the_try_is_not_credited_to_it():
    heard = (8, 8, 9, 8, 3, 8, 8, 8, 8, 8, 8)
    table = client({i: {"heard": float(value)} for i, value in enumerate(heard, 1)})
    found = follow_up(table, HEARD, strain=5, tried=10)
    assert (found.outcome, found.session) == (Outcome.BEFORE, 9)
    lower_again = {6: {"heard": 8.0}, 7: {"heard": 3.0}, 8: {"heard": 8.0}}
    found = follow_up(client({**LOW, **lower_again}), HEARD, strain=5, tried=8)
    assert (found.outcome, found.session) == (Outcome.EASED, 8)


def test_what_was_never_low_cannot_ease():
    same = {session: {"heard": 7.0} for session in range(1, 8)}
    assert follow_up(client(same), HEARD, strain=5, tried=6).outcome is Outcome.CANNOT_SAY


def test_too_short_a_course_cannot_be_read():
    short = {1: {"heard": 8.0}, 2: {"heard": 3.0}, 3: {"heard": 8.0}}
    assert follow_up(client(short), HEARD, strain=2, tried=3).outcome is Outcome.CANNOT_SAY


def test_an_answer_kept_from_the_therapist_says_nothing_to_them():
    hidden = {**STEADY, 5: {"heard": "3"}, 6: {"heard": 8.0}}
    assert follow_up(client(hidden), HEARD, strain=5, tried=6).outcome is Outcome.CANNOT_SAY


def test_told_tension_eases_when_it_is_settled():
    told = {**STEADY, 5: {"tension": 6.0, "settled": 1.0}, 6: {"tension": 5.0, "settled": 8.0}}
    look_for = LookFor(items=("settled",), within=2)
    assert follow_up(client(told), look_for, strain=5, tried=6).outcome is Outcome.EASED
    look_for = LookFor(items=("tension",), within=1)
    assert follow_up(client(told), look_for, strain=5, tried=6).outcome is Outcome.NOT_YET


def test_coming_again_is_what_to_look_for_after_missing():
    came = {3: "attended", 4: "missed", 5: "attended", 6: "attended"}
    look_for = LookFor(items=("attendance",), within=1)
    table = client({1: {}, 2: {}, 3: {}}, attendance=came)
    assert follow_up(table, look_for, strain=4, tried=5).outcome is Outcome.EASED
    table = client({1: {}, 2: {}, 3: {}}, attendance={**came, 6: "missed"})
    assert follow_up(table, look_for, strain=4, tried=5).outcome is Outcome.NOT_YET
    always = dict.fromkeys(range(1, 7), "attended")
    table = client({1: {}}, attendance=always)
    assert follow_up(table, look_for, strain=4, tried=5).outcome is Outcome.CANNOT_SAY


def test_answers_that_are_no_longer_all_alike_are_what_candour_looks_like():
    alike = dict.fromkeys(ITEMS, 10.0)
    look_for = LookFor(items=("uniform",), within=2)
    table = client({1: alike, 2: alike, 3: {**alike, "way": 6.0}})
    assert follow_up(table, look_for, strain=2, tried=3).outcome is Outcome.EASED
    table = client({1: alike, 2: alike, 3: alike, 4: alike})
    assert follow_up(table, look_for, strain=2, tried=3).outcome is Outcome.NOT_YET


@given(st.lists(st.integers(0, 10), min_size=1, max_size=6), st.integers(1, 3))
def test_once_it_has_eased_later_check_ins_change_nothing(later, within):
    look_for = LookFor(items=("heard",), within=within)
    sessions = {**LOW, **{6 + i: {"heard": float(value)} for i, value in enumerate(later)}}
    table = client(sessions)
    outcomes = [
        follow_up(table.filter(pl.col("session") <= last), look_for, strain=5, tried=6).outcome
        for last in range(5, 6 + len(later))
    ]
    settled = [i for i, one in enumerate(outcomes) if one in {Outcome.EASED, Outcome.NOT_YET}]
    assert not settled or len(set(outcomes[settled[0] :])) == 1
