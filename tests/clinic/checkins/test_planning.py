"""What is asked around which session, and when."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from attunement.clinic.checkins.planning import Asked, asked_at, weekly, window

LINES = st.builds(
    Asked,
    instrument=st.sampled_from(["phq9", "gad7", "session-check-in"]),
    rater=st.sampled_from(["client", "therapist"]),
    moment=st.sampled_from(["before", "after"]),
    first=st.integers(1, 12),
    every=st.integers(1, 6),
)
PLANS = st.lists(LINES, max_size=6)
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1))  # noqa: DTZ001 given a zone below
BERLIN = ZoneInfo("Europe/Berlin")


@given(LINES, st.integers(1, 60))
def test_an_instrument_is_asked_first_at_its_first_session_and_then_at_every_nth(line, number):
    asked = [n for n in range(1, number + 1) if line.at(n)]
    assert all(n >= line.first for n in asked)
    assert all(after - before == line.every for before, after in pairwise(asked))
    assert (line.first in asked) == (line.first <= number)


@given(PLANS, st.integers(1, 40))
def test_nothing_is_asked_twice_and_nothing_that_is_not_in_the_plan(plan, number):
    for (rater, moment), instruments in asked_at(plan, number).items():
        assert instruments
        assert len(set(instruments)) == len(instruments)
        for name in instruments:
            lines = [
                one
                for one in plan
                if (one.instrument, one.rater, one.moment) == (name, rater, moment)
            ]
            assert any(one.at(number) for one in lines)


@given(PLANS, PLANS, st.integers(1, 40))
def test_a_longer_plan_asks_no_less(plan, more, number):
    short, long = asked_at(plan, number), asked_at([*plan, *more], number)
    for around, instruments in short.items():
        assert set(instruments) <= set(long[around])


@given(st.sampled_from(["before", "after"]), TIMES, st.integers(0, 60))
def test_a_check_in_expires_after_it_is_due(moment, at, days):
    found = window(moment, at.replace(tzinfo=BERLIN), days)
    assert found.expires_at > found.due_at


@given(TIMES, st.integers(1, 52))
def test_a_series_keeps_the_hour_on_the_wall_when_clocks_change(at, times):
    found = weekly(at.replace(tzinfo=BERLIN), times)
    assert len(found) == times
    assert all(
        (one.hour, one.minute, one.weekday()) == (at.hour, at.minute, at.weekday()) for one in found
    )
    assert found[-1].date() - found[0].date() == timedelta(weeks=times - 1)
