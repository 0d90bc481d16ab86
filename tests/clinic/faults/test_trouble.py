"""A full disk, a locked database and a lost connection: a clear page, and nothing half kept."""

import errno
import subprocess
import sys

import pytest
from django.db import OperationalError, connection, connections

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import Answer, CheckIn, Token
from attunement.clinic.checkins.tokens import hashed
from attunement.clinic.noticing.models import Score
from support import house

SECRET = "a-secret-of-a-link"  # noqa: S105
NUMBERS, DEVICE = range(1, 25), "one browser"


@pytest.fixture
def due(maya):
    """A check-in that can be answered by link."""
    made = house.checkin(house.session(maya))
    Token.objects.create(
        checkin=made, purpose="link", hash=hashed(SECRET), expires_at=made.expires_at
    )
    return made


HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def on_disk(tmp_path, due):
    """Go on in a file, which waits for a lock only shortly; give its path."""
    file, memory = tmp_path / "clinic.sqlite3", connections["default"]
    with memory.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    options = memory.settings_dict["OPTIONS"] | {"timeout": 0.2}
    settings = memory.settings_dict | {"NAME": str(file), "OPTIONS": options}
    connections["default"] = type(memory)(settings, "default")
    yield file
    connections["default"].close()
    connections["default"] = memory


def send(client, secret=SECRET):
    client.raise_request_exception = False
    items = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")
    said = {"device": DEVICE} | {f"answer:session-check-in:{item}": 8 for item in items}
    return client.post(f"/c/{secret}", said, headers={"accept": "application/json"})


def wanted():
    """Say how another connection reaches the same database."""
    settings = connection.get_connection_params()
    return {
        name: settings[name] for name in ("host", "port", "user", "dbname") if settings.get(name)
    }


def nothing_kept(due):
    due.refresh_from_db()
    return (
        due.state == CheckIn.State.DUE
        and not Answer.objects.exists()
        and not Score.objects.exists()
        and not Event.objects.filter(action="checkin.answered").exists()
        and not Token.objects.filter(used_at__isnull=False).exists()
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trouble", "where"),
    [
        (OperationalError("database or disk is full"), "noticing.notice.store"),
        (OperationalError("database is locked"), "noticing.submit.audit"),
        (OperationalError("server closed the connection"), "checkins.actions.answering.held"),
        (OSError(errno.ENOSPC, "No space left on device"), "noticing.submit.audit"),
    ],
)
def test_trouble_is_said_and_nothing_is_kept_by_halves(
    client, due, maya, monkeypatch, trouble, where
):
    def fail(*_args, **_more):
        raise trouble

    with monkeypatch.context() as patch:
        patch.setattr(f"attunement.clinic.{where}", fail)
        answer = send(client)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "no-store" in answer["Cache-Control"]
    assert "try again" in answer.content.decode()
    assert nothing_kept(due)
    assert send(client).status_code == 200


@pytest.mark.django_db
def test_a_mistake_of_ours_is_no_trouble_of_the_disk(client, due, monkeypatch):
    def fail(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr("attunement.clinic.noticing.submit.audit", fail)
    assert send(client).status_code == 500
    assert nothing_kept(due)


def fill(cursor):
    while True:
        cursor.execute("INSERT INTO filling VALUES (zeroblob(4000))")


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_disk_that_is_really_full_loses_nothing_acknowledged(client, maya):
    asked = {f"{SECRET}-{number}": house.checkin(house.session(maya, number)) for number in NUMBERS}
    for secret, one in asked.items():
        Token.objects.create(
            checkin=one, purpose="link", hash=hashed(secret), expires_at=one.expires_at
        )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE filling (x BLOB)")
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        with pytest.raises(OperationalError, match="full"):
            fill(cursor)
    said = {secret: send(client, secret).status_code for secret in asked}
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
        cursor.execute("DROP TABLE filling")
    assert set(said.values()) == {200, 503}
    for secret, one in asked.items():
        kept = {200: ("answered", 8, 1), 503: ("due", 0, 0)}[said[secret]]
        one.refresh_from_db()
        scores = one.scores.filter(scale="session-check-in.alliance").count()
        assert (one.state, one.answers.count(), scores) == kept
        assert send(client, secret).status_code == 200


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_really_lost(client, due):
    import psycopg

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (mine,) = cursor.fetchone()
    with psycopg.connect(**wanted(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [mine])
    assert send(client).status_code == 503
    connection.close()
    assert nothing_kept(due)
    assert send(client).status_code == 200


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_database_that_another_process_really_locks(client, due, on_disk):
    command = [sys.executable, "-c", HOLD, str(on_disk)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        answer = send(client)
        other.stdin.close()
    assert (answer.status_code, "try again" in answer.content.decode()) == (503, True)
    assert nothing_kept(due)
    assert send(client).status_code == 200
    assert Answer.objects.count() == 8


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_connection_really_holds(client, due):
    import psycopg

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("20s",)
        cursor.execute("SET lock_timeout = '200ms'")
    try:
        with psycopg.connect(**wanted()) as other:
            other.execute("SELECT 1 FROM people_episode FOR UPDATE")
            answer = send(client)
            other.rollback()
    finally:  # the connection goes back to a pool, and on to another test
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert (answer.status_code, "try again" in answer.content.decode()) == (503, True)
    assert nothing_kept(due)
    assert send(client).status_code == 200
    assert Answer.objects.count() == 8
