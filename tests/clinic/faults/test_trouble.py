"""A full disk, a locked database and a lost connection: a clear page, and nothing half kept."""

import errno

import pytest
from django.db import OperationalError, connection

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


def send(client, secret=SECRET):
    client.raise_request_exception = False
    items = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")
    said = {"device": DEVICE} | {f"answer:session-check-in:{item}": 8 for item in items}
    return client.post(f"/c/{secret}", said, headers={"accept": "application/json"})


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
    settings = connection.get_connection_params()
    wanted = {
        name: settings[name] for name in ("host", "port", "user", "dbname") if settings.get(name)
    }
    with psycopg.connect(**wanted, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [mine])
    assert send(client).status_code == 503
    connection.close()
    assert nothing_kept(due)
    assert send(client).status_code == 200
