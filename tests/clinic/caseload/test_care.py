"""Notes, new clients, details, the end of care, and handing over."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.actions.clients import (
    Details,
    end_episode,
    hand_over,
    new_client,
)
from attunement.clinic.caseload.actions.notes import change_note, write_note
from attunement.clinic.checkins.models import Note
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused
from clinic.caseload.test_caseload import alert
from support import house

pytestmark = pytest.mark.django_db


def test_a_note_is_kept_encrypted_and_shown(client, therapist, maya):
    session = house.session(maya, 3)
    house.sign_in(client, therapist)
    words = {"text": "Ask about <i>the row</i>", "session": session.pk}
    answer = client.post(reverse("note_new", args=[maya.pk]), words, follow=True)
    assert "Ask about &lt;i&gt;the row&lt;/i&gt;" in answer.text
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM checkins_note")
        assert "row" not in cursor.fetchone()[0]
    assert Event.objects.get(action="note.written").detail == {}


def test_a_changed_note_keeps_what_it_said_before(client, therapist, maya):
    by = house.actor(therapist)
    note = write_note(episode=maya, text="First", by=by)
    change_note(note=note, text="Second", by=by)
    change_note(note=note, text="Second", by=by)
    page = house.sign_in(client, therapist).get(reverse("note", args=[note.pk])).text
    assert "Second" in page
    assert [one.text for one in note.earlier.all()] == ["First"]


def test_a_note_sent_twice_is_kept_once_and_other_words_are_another(client, therapist, maya):
    house.sign_in(client, therapist)
    form = client.get(reverse("note_new", args=[maya.pk])).text
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', form)[1]
    for text in ("Ask about the row", "Ask about the row", "And about Sunday"):
        client.post(reverse("note_new", args=[maya.pk]), {"text": text, "key": key})
    assert sorted(one.text for one in Note.objects.all()) == [
        "And about Sunday",
        "Ask about the row",
    ]
    assert Event.objects.filter(action="note.written").count() == 2


def test_the_key_of_someone_elses_note_opens_nothing(client, therapist, supervisor, maya):
    theirs = write_note(episode=maya, text="Mine", by=house.actor(supervisor))
    with pytest.raises(Http404):
        write_note(episode=maya, text="Mine", key=theirs.pk, by=house.actor(therapist))
    assert Note.objects.count() == 1


def test_only_its_author_changes_a_note(therapist, supervisor, colleague, maya):
    note = write_note(episode=maya, text="Mine", by=house.actor(therapist))
    for other in (supervisor, colleague):
        with pytest.raises(Http404):
            change_note(note=note, text="Theirs", by=house.actor(other))


def test_a_note_about_another_clients_session_is_about_none(therapist, maya):
    other = house.session(house.episode(therapist, "Tom"), 1)
    note = write_note(episode=maya, text="x", session=other.pk, by=house.actor(therapist))
    assert note.session is None


def test_an_empty_note_is_refused(client, therapist, maya):
    house.sign_in(client, therapist)
    page = client.post(reverse("note_new", args=[maya.pk]), {"text": "   "})
    assert page.status_code == 200
    assert not maya.client.notes.exists()


def test_a_new_client_is_in_care_with_whoever_adds_them(client, therapist):
    house.sign_in(client, therapist)
    words = {"name": "Ada", "code": "A1", "language": "es", "started_on": "2026-11-01"}
    answer = client.post(reverse("client_new"), words)
    episode = Episode.objects.get(client__code="A1")
    assert answer["Location"] == reverse("episode", args=[episode.pk])
    assert (episode.therapist, episode.client.name) == (therapist, "Ada")
    assert client.get(answer["Location"]).status_code == 200


def test_a_code_is_used_once(client, therapist, maya):
    house.sign_in(client, therapist)
    words = {"code": maya.client.code, "language": "en", "started_on": "2026-11-01"}
    page = client.post(reverse("client_new"), words)
    assert "Another client of this site has this code." in page.text
    assert Episode.objects.count() == 1


def test_nobody_but_a_therapist_takes_someone_into_care(supervisor):
    with pytest.raises(PermissionDenied):
        new_client(
            details=Details(code="X"), started_on=timezone.localdate(), by=house.actor(supervisor)
        )


def test_details_are_changed_and_audited_without_their_text(client, therapist, maya):
    house.sign_in(client, therapist)
    words = {"name": "Maya B.", "code": maya.client.code, "email": "m@x.org", "language": "de"}
    client.post(reverse("client_details", args=[maya.pk]), words)
    maya.client.refresh_from_db()
    assert (maya.client.name, maya.client.email) == ("Maya B.", "m@x.org")
    event = Event.objects.get(action="client.changed")
    assert event.detail == {"fields": ["name", "email", "language"], "told": 0}


def test_care_ends_and_planned_sessions_are_cancelled(therapist, maya):
    planned = house.session(maya, 2, days_ago=-3, status="planned")
    house.checkin(planned)
    maya.started_on = timezone.localdate() - timedelta(days=30)
    maya.save()
    end_episode(episode=maya, ended_on=timezone.localdate(), by=house.actor(therapist))
    planned.refresh_from_db()
    assert planned.status == "cancelled"
    assert planned.checkins.get().state != "due"


def test_care_does_not_end_while_an_alert_is_open(client, therapist, maya):
    alert(maya)
    house.sign_in(client, therapist)
    today = timezone.localdate().isoformat()
    page = client.post(
        reverse("episode_end", args=[maya.pk]), {"what": "end", "end-ended_on": today}
    )
    assert "1 alert is still open." in page.text
    maya.refresh_from_db()
    assert maya.ended_on is None


def test_a_client_is_handed_to_another_therapist_of_the_site(client, therapist, colleague, maya):
    house.sign_in(client, therapist)
    words = {"what": "hand-over", "over-therapist": str(colleague.pk)}
    answer = client.post(reverse("episode_end", args=[maya.pk]), words, follow=True)
    assert "Care goes on with the other therapist from today." in answer.text
    begun = Episode.objects.get(client=maya.client, ended_on=None)
    assert begun.therapist == colleague
    assert (
        house.sign_in(client, colleague).get(reverse("episode", args=[begun.pk])).status_code == 200
    )


def test_nobody_is_handed_to_another_site_or_to_the_same_therapist(therapist, elsewhere, maya):
    for to in (therapist, house.staff("therapist", elsewhere)):
        with pytest.raises(Refused):
            hand_over(episode=maya, to=to, by=house.actor(therapist))
    assert Episode.objects.filter(ended_on=None).count() == 1
