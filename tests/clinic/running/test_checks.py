"""The doctor says what is wrong and what to do, and never breaks down itself."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from attunement.clinic.audit.models import Chain
from attunement.clinic.audit.record import read
from attunement.clinic.audit.verify import verify_all
from attunement.clinic.checkins.models import Note
from attunement.clinic.conf.environment import Environment
from attunement.clinic.exchange.models import Import
from attunement.clinic.jobs.models import Job
from attunement.clinic.people.actor import Actor
from attunement.clinic.privacy.keys import keyring
from attunement.clinic.running import checks
from attunement.clinic.running.checks import Health, examine


def found(about):
    return next(one for one in examine() if one.about == about)


def test_a_clinic_in_order_is_well(db):
    read(Actor.worker(), "test.done", Chain(name="x"))
    verify_all()
    health = {one.about: one.health for one in examine()}
    health.pop("static files")
    assert set(health.values()) == {Health.FINE}


def test_every_finding_is_a_sentence(db):
    assert all(one.sentence.endswith(".") and one.sentence[0].isupper() for one in examine())


def test_a_worker_that_stands_still_is_noticed(db):
    Job.objects.create(kind="tidy", key="x", due_at=timezone.now() - timedelta(hours=1))
    late = found("worker")
    assert late.health is Health.BROKEN
    assert "start the worker" in late.remedy


def test_work_that_was_given_up_is_shown(db):
    Job.objects.create(kind="tidy", key="x", failed_at=timezone.now())
    assert found("worker").health is Health.LOOK


def test_an_import_that_has_not_ended_for_long_is_shown(here):
    made = Import.objects.create(site=here, table="scores", digest="x", state="taking")
    assert found("imports").health is Health.FINE
    Import.objects.filter(pk=made.pk).update(at=timezone.now() - timedelta(hours=2))
    assert "try again or undo" in found("imports").remedy


def test_a_key_that_is_gone_is_noticed(db, maya, therapist, monkeypatch):
    Note.objects.create(client=maya.client, author=therapist, text="Something.")
    other = keyring("other:" + "C" * 43 + "=")
    monkeypatch.setattr("attunement.clinic.privacy.fields.current", lambda: other)
    gone = found("keys")
    assert gone.health is Health.BROKEN
    assert "put the key back" in gone.remedy


def test_real_people_in_a_demonstration_are_noticed(db, here):
    told = found("people")
    assert told.health is Health.BROKEN
    assert "ATTUNEMENT_MODE=clinic" in told.remedy
    type(here).objects.update(synthetic=True)
    assert found("people").health is Health.FINE


@pytest.mark.parametrize(
    ("address", "proxies", "said"),
    [
        ("https://clinic.example", 0, "for ever"),
        ("https://other.example", 1, "ATTUNEMENT_HOSTS"),
        ("https://clinic.example", 1, ""),
    ],
)
def test_an_address_that_leads_nowhere_is_noticed(
    db, monkeypatch, settings, address, proxies, said
):
    settings.ALLOWED_HOSTS = ["clinic.example", "127.0.0.1"]
    known = Environment(address=address, proxies=proxies)
    monkeypatch.setattr(checks, "environment", lambda: known)
    told = checks.check_address()
    assert (told.health is Health.BROKEN) == bool(said)
    assert said in told.sentence


def test_little_room_is_noticed(db, monkeypatch):
    monkeypatch.setattr(checks, "LITTLE_ROOM", 1e18)
    assert found("disk").remedy == "make room"


def test_without_a_database_the_doctor_still_speaks(db, monkeypatch):
    def broken(*_args, **_options):
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(type(connections["default"]), "cursor", broken)
        said = {one.about: one for one in examine()}
    assert said["database"].health is Health.BROKEN
    assert said["disk"].health is Health.FINE


@pytest.mark.parametrize("health", list(Health))
def test_health_is_a_word(health):
    assert str(health).isalpha()
