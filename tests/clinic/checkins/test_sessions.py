"""The life of a session, and of the questions around it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.actions.arranging import arrange
from attunement.clinic.checkins.actions.sessions import (
    change_session,
    move_session,
    plan_sessions,
)
from attunement.clinic.checkins.forms import SessionForm
from attunement.clinic.checkins.models import CheckIn, PlanItem, Session
from attunement.clinic.checkins.selectors.sessions import possible
from attunement.clinic.checkins.states import MAY_BECOME
from attunement.clinic.noticing.models import Alert
from attunement.clinic.noticing.submit import Given, submit
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused
from support import house

SOON = timedelta(minutes=30)


@pytest.fixture
def by(therapist):
    return house.actor(therapist)


@pytest.fixture
def planned(maya, by):
    return plan_sessions(episode=maya, starts_at=timezone.now() - SOON, by=by)[0]


def states(session):
    return {(one.rater, one.moment): one.state for one in session.checkins.all()}


def test_every_status_may_be_taken_back_and_no_status_is_forgotten():
    assert set(MAY_BECOME) == set(Session.Status)
    for status, after in MAY_BECOME.items():
        assert status == "planned" or "planned" in after
        assert status not in after


@pytest.mark.parametrize("dropped", ["cancelled", "missed"])
def test_questions_of_a_dropped_session_are_withdrawn_and_come_back_with_the_undo(
    planned, by, dropped
):
    before = states(planned)
    change_session(session=planned, status=dropped, by=by)
    assert set(states(planned).values()) == {"withdrawn"}
    change_session(session=planned, status="planned", by=by)
    assert states(planned) == before


@given(st.lists(st.sampled_from([str(one) for one in Session.Status]), max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_said_in_turn_the_questions_follow_the_last_word(planned, by, said):
    change_session(session=planned, status="planned", by=by)
    for status in said:
        try:
            planned = change_session(session=planned, status=status, by=by)
        except Refused:
            continue
    dropped = planned.status in {"cancelled", "missed"}
    assert set(states(planned).values()) == {"withdrawn" if dropped else "due"}
    assert planned.checkins.count() == 3


def test_nothing_is_asked_before_a_session_that_is_over(maya, by):
    over = timezone.now() - timedelta(hours=2)
    held = plan_sessions(episode=maya, starts_at=over, by=by)[0]
    assert set(states(held)) == {("client", "after"), ("therapist", "after")}


def test_arranging_twice_is_arranging_once(planned):
    before = list(planned.checkins.order_by("pk").values())
    arrange(planned)
    assert list(planned.checkins.order_by("pk").values()) == before


def test_a_moved_session_takes_its_questions_along(planned, by):
    at = timezone.now() + timedelta(days=3)
    move_session(session=planned, starts_at=at, by=by)
    after = planned.checkins.get(rater="client", moment="after")
    assert after.due_at == at
    assert after.expires_at == at + timedelta(days=7)


def test_a_session_moved_on_revives_what_had_expired(planned, by):
    planned.checkins.update(state="expired")
    move_session(session=planned, starts_at=timezone.now() + timedelta(days=3), by=by)
    assert set(states(planned).values()) == {"due"}


def test_an_answered_check_in_stays_as_it_is_whatever_happens(planned, by, maya):
    answered = planned.checkins.get(rater="client", moment="before")
    given_ = [Given(instrument="phq9", item="1", value=1)]
    submit(checkin=answered, answers=given_, submission="x", by=Actor.holder(maya.client))
    before = CheckIn.objects.filter(pk=answered.pk).values().get()
    change_session(session=planned, status="cancelled", by=by)
    assert CheckIn.objects.filter(pk=answered.pk).values().get() == before


def test_a_session_that_the_client_has_spoken_about_did_take_place(planned, by, maya):
    after = planned.checkins.get(rater="client", moment="after")
    submit(checkin=after, answers=[], submission="x", by=Actor.holder(maya.client))
    with pytest.raises(Refused, match="did take place"):
        change_session(session=planned, status="missed", by=by)


def test_a_session_to_come_cannot_have_been_attended(maya, by):
    ahead = plan_sessions(episode=maya, starts_at=timezone.now() + timedelta(days=3), by=by)[0]
    with pytest.raises(Refused, match="still to come"):
        change_session(session=ahead, status="attended", by=by)


def test_whether_a_session_is_to_come_is_told_by_the_clock_of_the_site(maya, by):
    evening = datetime(2026, 3, 1, 17, tzinfo=ZoneInfo("America/Los_Angeles"))
    with time_machine.travel(evening, tick=False), timezone.override(evening.tzinfo):
        (planned,) = plan_sessions(episode=maya, starts_at=evening + timedelta(hours=16), by=by)
        assert "attended" not in dict(possible(planned))
        with pytest.raises(Refused):
            change_session(session=planned, status="attended", by=by)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "0226-03-01"])
def test_a_year_in_which_nobody_has_sessions_is_pointed_out(day):
    form = SessionForm({"day": day, "time": "10:00", "times": 2})
    assert list(form.errors) == ["day"]


def test_sessions_stay_in_the_order_of_their_numbers(maya, by):
    at = timezone.now() + timedelta(days=3)
    first, second = plan_sessions(episode=maya, starts_at=at, times=2, by=by)
    with pytest.raises(Refused, match="Session 2 is on"):
        move_session(session=first, starts_at=second.starts_at, by=by)
    with pytest.raises(Refused, match="Session 1 is on"):
        plan_sessions(episode=maya, starts_at=at, by=by)
    assert maya.sessions.count() == 2


def by_time(episode):
    live = episode.sessions.exclude(status__in=["cancelled", "missed"])
    return list(live.order_by("starts_at").values_list("number", flat=True))


def test_a_make_up_appointment_fits_between_planned_sessions(maya, by):
    PlanItem.objects.filter(site=maya.client.site, instrument="phq9").update(first=3)
    at = timezone.now() + timedelta(days=3)
    first, second, third = plan_sessions(episode=maya, starts_at=at, times=3, by=by)
    change_session(session=first, status="cancelled", by=by)
    (made,) = plan_sessions(episode=maya, starts_at=at + timedelta(days=1), by=by)
    assert made.number == 2
    assert maya.sessions.get(pk=first.pk).number == 1
    assert by_time(maya) == [2, 3, 4]
    asked_first = second.checkins.get(rater="client", moment="before")
    assert asked_first.instruments == ["phq9"]
    planned = Event.objects.filter(action="session.planned").latest("at")
    assert planned.detail == {"sessions": [made.pk], "renumbered": [second.pk, third.pk]}
    change_session(session=first, status="planned", by=by)
    assert by_time(maya) == [1, 2, 3, 4]


def test_a_session_taken_back_finds_its_place_though_others_were_numbered_anew(maya, by):
    at = timezone.now() + timedelta(days=3)
    _first, second, third = plan_sessions(episode=maya, starts_at=at, times=3, by=by)
    change_session(session=second, status="cancelled", by=by)
    move_session(session=third, starts_at=at - timedelta(days=1), by=by)
    assert by_time(maya) == [1, 3]
    change_session(session=second, status="planned", by=by)
    assert by_time(maya) == [1, 2, 3]


def test_an_alert_stays_with_its_session_when_the_number_changes(maya, by):
    at = timezone.now() + timedelta(days=3)
    sessions = plan_sessions(episode=maya, starts_at=at, times=3, by=by)
    alerts = {
        one.pk: Alert.objects.create(
            episode=maya, kind="safety", onset=one.number, level="urgent", due_at=timezone.now()
        )
        for one in sessions
    }
    plan_sessions(episode=maya, starts_at=at + timedelta(days=1), by=by)
    move_session(session=sessions[2], starts_at=at - timedelta(days=1), by=by)
    numbers = dict(maya.sessions.values_list("pk", "number"))
    assert [numbers[one.pk] for one in sessions] == [2, 4, 1]
    for pk, alert in alerts.items():
        alert.refresh_from_db()
        assert alert.onset == numbers[pk]


def test_a_session_that_is_over_keeps_its_number(maya, by, planned):
    after = planned.checkins.get(rater="client", moment="after")
    submit(checkin=after, answers=[], submission="x", by=Actor.holder(maya.client))
    with pytest.raises(Refused, match="Session 1 is on"):
        plan_sessions(episode=maya, starts_at=planned.starts_at - timedelta(days=1), by=by)
    assert by_time(maya) == [1]


def test_a_session_long_past_asks_nothing_any_more(maya, by):
    past = plan_sessions(episode=maya, starts_at=timezone.now() - timedelta(days=30), by=by)[0]
    assert not past.checkins.exists()


def test_an_ended_episode_takes_no_new_sessions(maya, by):
    maya.ended_on = timezone.localdate()
    maya.save()
    with pytest.raises(PermissionDenied):
        plan_sessions(episode=maya, starts_at=timezone.now(), by=by)
    Episode.objects.create(client=maya.client, therapist=maya.therapist)
    with pytest.raises(Refused, match="has ended"):
        plan_sessions(episode=maya, starts_at=timezone.now(), by=by)


def test_another_therapist_finds_no_such_session(planned, colleague):
    with pytest.raises(Http404):
        change_session(session=planned, status="missed", by=house.actor(colleague))


def test_a_manager_plans_nothing(maya, manager):
    with pytest.raises(PermissionDenied):
        plan_sessions(episode=maya, starts_at=timezone.now(), by=house.actor(manager))


def test_the_database_knows_the_statuses_and_one_number_a_session(maya, planned):
    with pytest.raises(IntegrityError):
        house.session(maya, number=planned.number)


def test_the_database_refuses_an_unknown_status(maya):
    with pytest.raises(IntegrityError):
        house.session(maya, status="resistant")
