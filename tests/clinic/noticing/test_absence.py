"""Silence is noticed once: sessions missed, and check-ins left unanswered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attunement.clinic.checkins.models import CheckIn, Session
from attunement.clinic.jobs import periodic
from attunement.clinic.noticing.absence import notice_absence
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.actor import Actor
from support import house
from support.noticing_help import answer

pytestmark = pytest.mark.django_db


def test_two_missed_sessions_in_a_row_open_one_alert(maya, here):
    by = Actor.worker(here)
    house.session(maya, 1, 40)
    house.session(maya, 2, 30, "missed")
    assert not notice_absence(episode=maya, by=by)
    house.session(maya, 3, 20, "missed")
    (alert,) = notice_absence(episode=maya, by=by)
    assert (alert.kind, alert.onset, alert.evidence) == ("missed", 2, {"sessions": {"count": 2}})
    house.session(maya, 4, 10, "missed")
    (longer,) = notice_absence(episode=maya, by=by)
    assert (longer.pk, longer.evidence) == (alert.pk, {"sessions": {"count": 3}})
    assert not notice_absence(episode=maya, by=by)


def test_check_ins_that_run_out_are_closed_and_noticed_once(maya):
    answer(maya, number=1)
    for number in (2, 3):
        house.checkin(house.session(maya, number))
    CheckIn.objects.filter(state="due").update(
        due_at=timezone.now() - timedelta(days=9), expires_at=timezone.now() - timedelta(days=1)
    )
    periodic.expire()
    periodic.expire()
    assert CheckIn.objects.filter(state="expired").count() == 2
    alert = Alert.objects.get()
    assert (alert.kind, alert.onset) == ("unanswered", 2)


def test_a_session_that_was_answered_about_took_place(maya):
    answer(maya, number=1)
    house.session(maya, 2, 2, "planned")
    Session.objects.filter(number=1).update(
        status="planned", starts_at=timezone.now() - timedelta(days=2)
    )
    periodic.absence()
    assert list(Session.objects.order_by("number").values_list("status", flat=True)) == [
        "attended",
        "planned",
    ]
