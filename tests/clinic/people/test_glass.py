"""A record outside one's own care opens for a reason, for some hours, and is looked at after."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.actions.notes import write_note
from attunement.clinic.people.actions import glass
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episodes_of
from support import house
from support.noticing_help import answer

REASON = "Crisis call, her own therapist is ill today"


def open_record(by, episode, reason=REASON):
    return glass.break_glass(code=episode.client.code, reason=reason, by=house.actor(by))


def test_the_record_is_open_for_some_hours_and_not_longer(colleague, maya):
    assert maya not in episodes_of(house.actor(colleague))
    open_record(colleague, maya)
    assert maya in episodes_of(house.actor(colleague))
    with time_machine.travel(timezone.now() + timedelta(hours=4, minutes=1)):
        assert maya not in episodes_of(house.actor(colleague))


def test_the_reason_is_encrypted_and_the_event_holds_none_of_it(colleague, maya):
    opened = open_record(colleague, maya)
    event = Event.objects.get(action="glass.broken")
    assert "Crisis" not in str(event.detail)
    assert event.client_id == str(maya.client.pk)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM people_breakglass")
        assert cursor.fetchone()[0].startswith("v1:")
    opened.refresh_from_db()
    assert opened.reason == REASON


@pytest.mark.parametrize("reason", ["", "   ", "because"])
def test_a_reason_that_says_nothing_opens_nothing(colleague, maya, reason):
    with pytest.raises(Refused):
        open_record(colleague, maya, reason)


def test_only_the_exact_code_at_the_own_site_is_found(colleague, maya, elsewhere):
    there = house.episode(house.staff(Role.THERAPIST, elsewhere))
    for code in (there.client.code, maya.client.code[:-1], "", "%", maya.client.name):
        with pytest.raises(Refused, match="exactly"):
            glass.break_glass(code=code, reason=REASON, by=house.actor(colleague))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMINISTRATOR])
def test_managers_and_administrators_open_nothing(here, maya, role):
    with pytest.raises(PermissionDenied):
        open_record(house.staff(role, here), maya)


def test_the_supervisor_sees_it_and_notes_that_it_was_looked_at(colleague, maya, supervisor):
    opened = open_record(colleague, maya)
    assert opened in glass.to_see(house.actor(supervisor))
    glass.review(opened=opened, by=house.actor(supervisor))
    opened.refresh_from_db()
    assert (opened.reviewed_by, bool(opened.reviewed_at)) == (supervisor, True)
    glass.review(opened=opened, by=house.actor(supervisor))
    assert Event.objects.filter(action="glass.reviewed").count() == 1


def test_a_supervisor_of_neither_side_does_not_see_it(colleague, maya, supervisor, here):
    opened = open_record(colleague, maya)
    other = house.actor(house.staff(Role.SUPERVISOR, here))
    assert opened not in glass.to_see(other)
    with pytest.raises(Http404):
        glass.review(opened=opened, by=other)


def test_what_nobody_supervises_is_seen_by_every_supervisor(colleague, maya, here):
    opened = open_record(colleague, maya)
    assert opened in glass.to_see(house.actor(house.staff(Role.SUPERVISOR, here)))


def test_nobody_reviews_what_they_opened_themselves(supervisor, colleague, here):
    other = house.episode(colleague)
    opened = open_record(supervisor, other)
    assert opened in glass.to_see(house.actor(supervisor))
    with pytest.raises(Http404):
        glass.review(opened=opened, by=house.actor(supervisor))
    assert opened in glass.to_see(house.actor(house.staff(Role.SUPERVISOR, here)))


def test_the_pages_open_close_and_review(client, colleague, maya, supervisor):
    house.sign_in(client, colleague)
    answer = client.post(reverse("break_glass"), {"code": maya.client.code, "reason": REASON})
    assert answer["Location"] == f"/clients/{maya.pk}/"
    assert client.get(answer["Location"]).status_code == 200
    opened = maya.client.glass_broken.get()
    client.post(reverse("glass_close", args=[opened.pk]))
    assert client.get(answer["Location"]).status_code == 404
    watching = house.sign_in(Client(), supervisor)
    assert REASON in watching.get(reverse("break_glass_log")).content.decode()
    watching.post(reverse("glass_review", args=[opened.pk]))
    assert "reviewed" in watching.get(reverse("break_glass_log")).content.decode()


def test_whoever_broke_the_glass_does_not_speak_as_the_therapist(client, colleague, maya):
    due = house.checkin(house.session(maya), "therapist", "after", ("session-check-in-therapist",))
    open_record(colleague, maya)
    house.sign_in(client, colleague)
    form = reverse("therapist_checkin", args=[due.pk])
    assert form not in client.get(reverse("session", args=[due.session_id])).content.decode()
    assert client.get(form).status_code == 403
    with pytest.raises(PermissionDenied):
        answer(maya, rater="therapist", checkin=due, by=house.actor(colleague))
    answer(maya, rater="therapist", checkin=due)


def test_a_note_s_form_says_who_can_read_it_and_so_it_is(client, colleague, therapist, maya):
    write_note(episode=maya, text="Spoke of the move.", by=house.actor(therapist))
    house.sign_in(client, therapist)
    said = client.get(reverse("note_new", args=[maya.pk])).content.decode()
    assert "whoever opens the record in an emergency" in said
    open_record(colleague, maya)
    other = house.sign_in(Client(), colleague)
    assert b"Spoke of the move." in other.get(reverse("episode", args=[maya.pk])).content
    read = Event.objects.get(action="episode.read")
    assert (str(colleague.person.pk) in read.actor, read.detail["glass"]) == (True, True)
    client.get(reverse("episode", args=[maya.pk]))
    assert not any("glass" in one.detail for one in Event.objects.exclude(pk=read.pk))


def test_it_is_for_reading_alone_and_what_is_printed_is_marked(client, colleague, maya):
    open_record(colleague, maya)
    house.sign_in(client, colleague)
    for name in ("episode_csv", "episode_pdf", "client_export"):
        assert client.get(reverse(name, args=[maya.pk])).status_code == 403
        assert reverse(name, args=[maya.pk]) not in client.get(f"/clients/{maya.pk}/").text
    assert "course.pdf" not in client.get(reverse("episode_print", args=[maya.pk])).text
    assert Event.objects.get(action="episode.printed").detail == {"form": "page", "glass": True}
