"""Whoever had a client in care once keeps that episode, and nothing of what came after."""

import io
import json
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.actions.clients import Details, change_details, hand_over
from attunement.clinic.caseload.actions.notes import change_note, write_note
from attunement.clinic.checkins.actions.invitations import invite, revoke
from attunement.clinic.checkins.actions.plans import set_episode_plan, use_site_plan
from attunement.clinic.checkins.actions.sessions import change_session, move_session, plan_sessions
from attunement.clinic.checkins.models import Answer, CheckIn, Note
from attunement.clinic.checkins.selectors.plans import plan_of
from attunement.clinic.noticing.actions import acknowledge
from attunement.clinic.noticing.models import Alert
from attunement.clinic.noticing.selectors import choices_for
from attunement.clinic.people.actions import glass
from attunement.clinic.people.actions.invite import close_client_account, invite_client
from attunement.clinic.people.reach import episodes_of
from attunement.clinic.privacy.correction import correct
from attunement.clinic.privacy.export import export
from support import house


@pytest.fixture
def begun(maya, therapist, colleague):
    """Maya's episode with the colleague, after the therapist has handed her over."""
    house.session(maya, days_ago=20)
    write_note(episode=maya, text="Before", by=house.actor(therapist))
    begun = hand_over(episode=maya, to=colleague, by=house.actor(therapist))
    later = house.session(begun, number=1)
    write_note(episode=begun, text="After", session=later.pk, by=house.actor(colleague))
    write_note(episode=begun, text="Much later", by=house.actor(colleague))
    return begun


def texts(client, by):
    """Export, and give the notes and the tables."""
    packed = zipfile.ZipFile(io.BytesIO(export(client=client, by=house.actor(by))))
    read = {
        name[5:-5]: json.loads(packed.read(name))
        for name in packed.namelist()
        if name.startswith("json/")
    }
    return [row["text"] for row in read["notes"]], read


def test_the_former_therapist_reads_their_own_episode_and_no_later_note(
    client, maya, therapist, begun
):
    assert list(episodes_of(house.actor(therapist))) == [maya]
    house.sign_in(client, therapist)
    said = client.get(reverse("episode", args=[maya.pk])).content.decode()
    assert "Before" in said
    assert "After" not in said
    assert "Much later" not in said
    assert reverse("client_details", args=[maya.pk]) not in said
    assert client.get(reverse("episode", args=[begun.pk])).status_code == 404


def test_whoever_goes_on_reads_all_notes(client, colleague, begun):
    house.sign_in(client, colleague)
    said = client.get(reverse("episode", args=[begun.pk])).content.decode()
    assert all(text in said for text in ("Before", "After", "Much later"))


def test_the_former_therapist_takes_out_their_episode_and_no_address(maya, therapist, begun):
    notes, found = texts(maya.client, therapist)
    assert notes == ["Before"]
    assert [row["id"] for row in found["episodes"]] == [str(maya.pk)]
    assert {row["episode"] for row in found["sessions"]} == {str(maya.pk)}
    assert "email" not in found["client"][0]
    assert not {"visits", "consents", "erasures", "records-opened"} & set(found)
    notes, found = texts(maya.client, begun.therapist)
    assert sorted(notes) == ["After", "Before", "Much later"]
    assert "visits" in found


def test_the_supervisor_of_before_reads_what_belongs_to_before(client, supervisor, maya, begun):
    house.sign_in(client, supervisor)
    said = client.get(reverse("episode", args=[maya.pk])).content.decode()
    assert "Before" in said
    assert "Much later" not in said


def every_change(episode, by):
    """Give what only those who care for a client now may do."""
    session = house.session(episode, number=9)
    checkin = house.checkin(session)
    CheckIn.objects.filter(pk=checkin.pk).update(
        state="answered", answered_at=session.starts_at, submission="s"
    )
    Answer.objects.create(
        checkin=checkin, instrument="session-check-in", item="heard", value=3, audience="therapist"
    )
    due = house.checkin(session, moment="before")
    at = timezone.now()
    details = Details(code="new")
    values = {("session-check-in", "heard"): 4.0}
    return (
        lambda: invite_client(episode=episode, email="maya@example.org", by=by),
        lambda: close_client_account(episode=episode, by=by),
        lambda: change_details(episode=episode, details=details, by=by),
        lambda: hand_over(episode=episode, to=episode.therapist, by=by),
        lambda: correct(checkin=checkin, values=values, reason="a mistake", by=by),
        lambda: plan_sessions(episode=episode, starts_at=at, by=by),
        lambda: change_session(session=session, status="missed", by=by),
        lambda: move_session(session=session, starts_at=at, by=by),
        lambda: invite(checkin=due, purpose="link", by=by),
        lambda: revoke(checkin=due, by=by),
        lambda: set_episode_plan(episode=episode, plan=plan_of(episode), by=by),
        lambda: use_site_plan(episode=episode, by=by),
    )


PAGES = ("client_details", "client_account", "episode_end", "session_new", "episode_plan")


def linked_to(client, episode):
    """Give the pages of those who care for a client that the record's own pages lead to."""
    session = episode.sessions.latest("number")
    shown = (reverse("episode", args=[episode.pk]), reverse("session", args=[session.pk]))
    said = "".join(client.get(page).content.decode() for page in shown)
    targets = {
        **dict.fromkeys(PAGES, (episode.pk,)),
        **dict.fromkeys(("invite", "kiosk_start"), tuple(one.pk for one in session.checkins.all())),
        "session_change": [session.pk],
        "note": [one.pk for one in Note.objects.all()],
    }
    return {
        name
        for name, found in targets.items()
        if any(f'"{reverse(name, args=[one])}"' in said for one in found)
    }


def test_the_former_therapist_decides_nothing_any_more(client, maya, therapist, begun):
    for change in every_change(maya, house.actor(therapist)):
        with pytest.raises(PermissionDenied):
            change()
    house.sign_in(client, therapist)
    for page in PAGES:
        assert client.get(reverse(page, args=[maya.pk])).status_code == 403
        assert client.post(reverse(page, args=[maya.pk])).status_code == 403
    assert linked_to(client, maya) == set()


def test_whoever_cares_for_a_client_is_led_to_what_they_may_do(client, maya, therapist):
    house.checkin(house.session(maya))
    write_note(episode=maya, text="Before", by=house.actor(therapist))
    house.sign_in(client, therapist)
    assert linked_to(client, maya) == {*PAGES, "invite", "kiosk_start", "session_change", "note"}


def test_what_the_former_therapist_wrote_stays_and_they_may_add_to_it(
    client, maya, therapist, begun
):
    by = house.actor(therapist)
    mine = Note.objects.get(author=therapist)
    with pytest.raises(PermissionDenied):
        change_note(note=mine, text="After all", by=by)
    house.sign_in(client, therapist)
    assert client.get(reverse("note", args=[mine.pk])).status_code == 403
    assert client.post(reverse("note", args=[mine.pk]), {"text": "x"}).status_code == 403
    assert (
        reverse("note", args=[mine.pk])
        not in client.get(reverse("episode", args=[maya.pk])).content.decode()
    )
    write_note(episode=maya, text="A last word to what was handed over", by=by)
    mine.refresh_from_db()
    assert mine.text == "Before"


def test_broken_glass_is_for_reading(client, maya, colleague):
    by = house.actor(colleague)
    glass.break_glass(code=maya.client.code, reason="A crisis call came in today", by=by)
    for change in (*every_change(maya, by), lambda: export(client=maya.client, by=by)):
        with pytest.raises(PermissionDenied):
            change()
    house.sign_in(client, colleague)
    assert client.get(reverse("episode", args=[maya.pk])).status_code == 200
    for page in (*PAGES, "client_export"):
        assert client.get(reverse(page, args=[maya.pk])).status_code == 403
    assert linked_to(client, maya) == set()
    due = timezone.now()
    drop, safety = (
        Alert.objects.create(episode=maya, kind=kind, onset=1, level="review", due_at=due)
        for kind in ("drop", "safety")
    )
    with pytest.raises(PermissionDenied):
        acknowledge(alert=drop, by=by)
    assert choices_for(drop, by) == []
    acknowledge(alert=safety, by=by)
    write_note(episode=maya, text="Called back", by=by)
    assert Event.objects.filter(action="note.written").exists()


def test_a_wrong_code_is_kept_in_the_audit_without_the_code(client, colleague):
    house.sign_in(client, colleague)
    given = {"code": "wombat-77", "reason": "A crisis call came in today"}
    assert client.post(reverse("break_glass"), given).status_code == 200
    event = Event.objects.get(action="glass.code-unknown")
    assert "wombat" not in str(vars(event))
