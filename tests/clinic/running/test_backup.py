"""A backup comes back whole into an empty place, on both databases, and nowhere else."""

import os
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Note
from attunement.clinic.people.actor import Actor
from attunement.clinic.running import postgres
from attunement.clinic.running.backup import back_up
from attunement.problems import Problem
from support import house

SETTINGS = "attunement.clinic.conf.settings"
OTHER_KEY = "other:" + "C" * 43 + "="


@pytest.fixture
def filled(transactional_db, maya, therapist):
    """A clinic with a note and some audit."""
    Note.objects.create(client=maya.client, author=therapist, text="Spoke of the move.")
    for _ in range(3):
        with transaction.atomic():
            audit(Actor.worker(maya.client.site), "test.done", maya, client=maya.client)
    type(maya.client.site).objects.update(synthetic=True)
    return maya


@pytest.fixture
def empty(tmp_path):
    """The address of an empty database of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.sqlite3'}"
        return
    import psycopg

    name = f"restored_{os.getpid()}"
    parts = urlsplit(os.environ["ATTUNEMENT_TEST_DATABASE"])
    with psycopg.connect(urlunsplit(parts), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(parts._replace(path=f"/{name}"))
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def attunement(*arguments, **changes):
    """Run a command on another database, with the tests' own keys."""
    return subprocess.run(
        [sys.executable, "-m", "attunement", *map(str, arguments)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


def restore(file, database, **changes):
    return attunement("clinic", "restore", file, ATTUNEMENT_DATABASE=database, **changes)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["best", pytest.param("rows", marks=pytest.mark.postgresql)])
def test_a_backup_comes_back_whole_with_its_audit(filled, empty, tmp_path, way, monkeypatch):
    if way == "rows":
        monkeypatch.setattr(postgres, "tool", lambda _name: None)
    file = tmp_path / "monday.tar"
    made = back_up(file)
    assert made.kind == {"sqlite": "sqlite"}.get(
        connection.vendor, "rows" if way == "rows" else "pg_dump"
    )
    assert file.stat().st_mode & 0o777 == 0o600
    done = restore(file, empty)
    assert done.returncode == 0, done.stderr
    assert "Restored: 1 client," in done.stdout
    checked = attunement("audit", "verify", ATTUNEMENT_DATABASE=empty)
    assert checked.returncode == 0, checked.stderr
    again = restore(file, empty)
    assert again.returncode == 2
    assert "is not empty" in again.stderr


@pytest.mark.django_db(transaction=True)
def test_a_backup_holds_no_text_that_can_be_read_and_no_key(filled, tmp_path):
    file = tmp_path / "monday.tar"
    back_up(file)
    content = file.read_bytes()
    for word in ("Spoke of the move", "Maya R.", os.environ["ATTUNEMENT_KEYS"].split(":")[1]):
        assert word.encode() not in content


@pytest.mark.django_db(transaction=True)
def test_nobody_is_signed_in_by_a_backup(filled, empty, tmp_path, client, therapist):
    house.sign_in(client, therapist)
    file = tmp_path / "monday.tar"
    back_up(file)
    assert client.session.session_key.encode() not in file.read_bytes()
    assert restore(file, empty).returncode == 0
    if connection.vendor == "sqlite":
        restored = sqlite3.connect(empty.removeprefix("sqlite:///"))
    else:
        import psycopg

        restored = psycopg.connect(empty)
    with closing(restored):
        assert restored.execute("SELECT count(*) FROM django_session").fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_without_the_keys_a_restore_says_so(filled, empty, tmp_path):
    file = tmp_path / "monday.tar"
    back_up(file)
    done = restore(file, empty, ATTUNEMENT_KEYS=OTHER_KEY)
    assert done.returncode == 2
    assert "a key that is not in ATTUNEMENT_KEYS" in done.stderr


@pytest.mark.django_db(transaction=True)
def test_a_damaged_backup_is_refused_before_anything_is_written(filled, empty, tmp_path):
    file = tmp_path / "monday.tar"
    back_up(file)
    with tarfile.open(file) as archive:
        place = archive.getmembers()[1].offset_data
    damaged = bytearray(file.read_bytes())
    damaged[place + 200] ^= 0xFF
    file.write_bytes(damaged)
    done = restore(file, empty)
    assert done.returncode == 2
    assert "damaged" in done.stderr
    file.write_bytes(b"something else")
    assert "no backup of a clinic" in restore(file, empty).stderr


def test_a_backup_never_replaces_a_file(transactional_db, tmp_path):
    file = tmp_path / "monday.tar"
    file.write_text("there")
    with pytest.raises(Problem, match="such a file already"):
        back_up(file)
    assert file.read_text() == "there"
