"""Invitations by e-mail: sent once, and silent about whom they concern."""

import re
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from attunement.clinic.checkins.actions.invitations import revoke
from attunement.clinic.checkins.actions.mail import invite_by_mail, send_invitation
from attunement.clinic.checkins.models import Token
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.people.problems import Refused
from support import house


@pytest.fixture
def due(maya):
    maya.client.email = "maya@example.org"
    maya.client.save()
    return house.checkin(house.session(maya, status="planned"))


@pytest.fixture
def by(therapist):
    return house.actor(therapist)


def link(message):
    return re.search(r"/c/([\w-]{43})\s", message.body)[1]


def test_one_e_mail_goes_out_however_often_it_is_asked_for_and_done(due, by, client):
    invite_by_mail(checkin=due, by=by)
    invite_by_mail(checkin=due, by=by)
    work_once()
    work_once()
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == ["maya@example.org"]
    assert client.get(f"/c/{link(mail.outbox[0])}").status_code == 200


def test_neither_subject_nor_text_nor_job_says_whom_it_concerns(due, by):
    invite_by_mail(checkin=due, by=by)
    work_once()
    said = mail.outbox[0].subject + mail.outbox[0].body
    assert "Maya" not in said
    assert "Dana" not in said
    job = Job.objects.get(kind="checkin.mail")
    assert job.payload == {"checkin": due.pk}
    assert link(mail.outbox[0]) not in f"{job.key} {job.payload}"


def test_a_copy_sent_by_a_worker_that_was_killed_holds_the_same_link(due, by):
    invite_by_mail(checkin=due, by=by)
    key = Job.objects.get(kind="checkin.mail").key
    send_invitation(key=key, checkin=due.pk)
    send_invitation(key=key, checkin=due.pk)
    first, second = mail.outbox
    assert link(first) == link(second)
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert Token.objects.filter(purpose="mail").count() == 1


def test_what_was_revoked_or_withdrawn_meanwhile_is_not_sent(due, by):
    invite_by_mail(checkin=due, by=by)
    key = Job.objects.get(kind="checkin.mail").key
    send_invitation(key=key, checkin=due.pk)
    revoke(checkin=due, by=by)
    send_invitation(key=key, checkin=due.pk)
    assert len(mail.outbox) == 1
    due.__class__.objects.update(state="withdrawn")
    send_invitation(key="another", checkin=due.pk)
    assert len(mail.outbox) == 1


def test_a_second_invitation_takes_the_place_of_the_first(due, by, client):
    for _ in range(2):
        invite_by_mail(checkin=due, by=by)
        work_once()
    first, second = map(link, mail.outbox)
    assert client.get(f"/c/{first}").status_code == 410
    assert client.get(f"/c/{second}").status_code == 200


def test_without_an_address_it_is_said_what_to_do(maya, by):
    due = house.checkin(house.session(maya, status="planned"))
    with pytest.raises(Refused, match="copy a link"):
        invite_by_mail(checkin=due, by=by)


def test_the_invitation_speaks_the_client_s_language(due, by, maya):
    maya.client.language = "de"
    maya.client.save()
    invite_by_mail(checkin=due, by=by)
    work_once()
    assert "/c/" in mail.outbox[0].body


def test_the_invitation_says_until_when_on_the_clock_of_the_site(due, by, here):
    here.time_zone = "America/Los_Angeles"
    here.save()
    invite_by_mail(checkin=due, by=by)
    work_once()
    until = Token.objects.get().expires_at.astimezone(ZoneInfo(here.time_zone))
    assert f"{until:until {until.day} %B %Y, %H:%M.}" in mail.outbox[0].body


def test_a_link_that_has_run_out_is_not_sent_again(due, by):
    send_invitation(key="one", checkin=due.pk)
    Token.objects.update(expires_at=timezone.now())
    send_invitation(key="one", checkin=due.pk)
    assert len(mail.outbox) == 1
