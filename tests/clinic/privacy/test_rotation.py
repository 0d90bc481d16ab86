"""Every text comes under the newest key, and can be read all the while."""

import base64
import os

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection

from attunement.clinic.caseload.models import EarlierNote
from attunement.clinic.checkins.models import Note
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.people import mails
from attunement.clinic.people.accounts import SECRETS
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client
from attunement.clinic.privacy import fields, keys, rotation
from attunement.problems import Problem
from support import house


def ring(*names):
    """Give keys of which the first is the newest; the same name is always the same key."""
    material = {"test": b"\0" * 32, "new": b"\1" * 32, "newer": b"\2" * 32}
    listed = (f"{name}:{base64.b64encode(material[name]).decode()}" for name in names)
    return keys.keyring(",".join(listed))


def use(monkeypatch, of):
    """Run with these keys."""
    for room in (fields, rotation):
        monkeypatch.setattr(room, "current", lambda: of)


def stored(pk):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM people_client WHERE code = %s", [pk])
        return cursor.fetchone()[0]


@pytest.fixture
def two_keys(monkeypatch, therapist):
    """Three clients under the old key, and a new one in front of it."""
    use(monkeypatch, ring("test"))
    made = [house.episode(therapist, f"Name {number} ü").client for number in range(3)]
    use(monkeypatch, ring("new", "test"))
    return made


def test_all_texts_come_under_the_newest_key_and_read_the_same(two_keys, monkeypatch):
    rotated = {one.column: one.texts for one in rotation.rotate(by=Actor.worker(), batch=2)}
    assert rotated["people_client.name"] == 3
    assert all(stored(one.code).startswith("v1:new:") for one in two_keys)
    use(monkeypatch, ring("new"))
    assert {one.name for one in Client.objects.all()} == {f"Name {n} ü" for n in range(3)}


def test_a_rotation_that_was_stopped_goes_on_where_it_was(two_keys):
    first = two_keys[0]
    first.name = "Another"
    first.save()
    rotated = {one.column: one.texts for one in rotation.rotate(by=Actor.worker())}
    assert rotated["people_client.name"] == 2
    assert {one.texts for one in rotation.rotate(by=Actor.worker())} == {0}


def test_a_text_that_cannot_be_read_stops_its_batch_and_is_left_alone(two_keys, monkeypatch):
    use(monkeypatch, ring("newer"))
    before = stored(two_keys[0].code)
    with pytest.raises(Problem, match="ATTUNEMENT_KEYS"):
        rotation.rotate(by=Actor.worker())
    assert stored(two_keys[0].code) == before


def test_texts_are_counted_by_key_and_those_without_a_key_apart(two_keys, monkeypatch):
    assert rotation.count_texts() == {"new": 0, "test": 3, "?": 0}
    rotation.rotate(by=Actor.worker())
    assert rotation.count_texts() == {"new": 3, "test": 0, "?": 0}
    use(monkeypatch, ring("newer"))
    assert rotation.count_texts() == {"newer": 0, "?": 3}


def test_the_secrets_of_second_factors_come_along(two_keys):
    old = ring("test").seal("totp secret", SECRETS)
    factor = Authenticator.objects.create(user=house.person(), type="totp", data={"secret": old})
    rotation.rotate(by=Actor.worker())
    factor.refresh_from_db()
    assert factor.data["secret"].startswith("v1:new:")
    assert ring("new").open(factor.data["secret"], SECRETS) == "totp secret"


def test_what_due_work_says_comes_along_is_counted_and_goes_when_it_is_done(
    two_keys, monkeypatch, mailoutbox
):
    for name in ("test", "new"):
        monkeypatch.setattr(mails, "current", lambda name=name: ring(name))
        mails.send_soon(to="maya@example.org", subject="Hello", text=name)
    assert rotation.count_texts() == {"new": 1, "test": 4, "?": 0}
    rotated = {one.column: one.texts for one in rotation.rotate(by=Actor.worker())}
    assert rotated["jobs_job.payload"] == 1
    use(monkeypatch, ring("new"))
    assert rotation.count_texts() == {"new": 5, "?": 0}
    work_once(kinds={mails.SOON})
    assert sorted(one.body for one in mailoutbox) == ["new", "test"]
    assert set(map(str, Job.objects.filter(kind=mails.SOON).values_list("payload", flat=True))) == {
        "{}"
    }
    assert rotation.count_texts() == {"new": 3, "?": 0}


def test_what_a_note_said_before_comes_along(two_keys, therapist, monkeypatch):
    use(monkeypatch, ring("test"))
    note = Note.objects.create(client=two_keys[0], author=therapist, text="now")
    before = EarlierNote.objects.create(note=note, text="before")
    use(monkeypatch, ring("new", "test"))
    rotated = {one.column: one.texts for one in rotation.rotate(by=Actor.worker())}
    assert rotated["caseload_earliernote.text"] == 1
    use(monkeypatch, ring("new"))
    assert EarlierNote.objects.get(pk=before.pk).text == "before"


def test_a_text_changed_outside_the_program_or_moved_is_never_shown(therapist):
    episode, other = house.episode(therapist, "Maya"), house.episode(therapist, "Tom")
    moved = stored(episode.client.code)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_client SET name = %s WHERE code = %s", [moved, other.client.code]
        )
    with pytest.raises(Problem, match="changed or moved"):
        _ = Client.objects.get(pk=other.client.pk).name


def test_a_key_that_is_not_32_bytes_is_refused():
    with pytest.raises(Problem, match="not usable"):
        keys.keyring("short:" + base64.b64encode(os.urandom(16)).decode())
