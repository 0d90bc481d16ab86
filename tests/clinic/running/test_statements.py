"""Statements that are written once say the same as the queries they were made of."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import BigIntegerField, CharField, DateTimeField, UUIDField
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import Answer, CheckIn, Session
from attunement.clinic.people.models import Episode
from attunement.clinic.statements import MOST_VALUES, Change, Insert, Place, Read

SESSIONS = Read(
    lambda: (
        Session.objects.select_related("episode__client__site")
        .filter(episode=Place("episode", UUIDField()), starts_at__lte=Place("by", DateTimeField()))
        .order_by("number")
    )
)
MARKED = Change(
    lambda: Session.objects.filter(pk=Place("pk", BigIntegerField()), status="planned"),
    status=Place("status", CharField()),
)


@pytest.fixture
def sessions(maya):
    now = timezone.now()
    return Session.objects.bulk_create(
        Session(episode=maya, number=number, starts_at=now + timedelta(days=number))
        for number in (1, 2, 3)
    )


def event(number):
    return Event(
        chain="x", number=number, at=timezone.now(), actor="a", action="b", target="c",
        target_id="d", detail={"n": [number]}, hash="e",
    )  # fmt: skip


def test_what_is_read_is_what_the_query_finds(maya, sessions, django_assert_num_queries):
    by = timezone.now() + timedelta(days=2, hours=1)
    with django_assert_num_queries(1):
        found = SESSIONS(episode=maya.pk, by=by)
        assert [one.episode.client.site.pk for one in found] == [maya.client.site_id] * 2
    assert found == list(Session.objects.filter(number__lte=2))
    assert [one.starts_at for one in found] == [one.starts_at for one in sessions[:2]]
    assert found[0].episode.client.site.norms == maya.client.site.norms


def test_the_same_statement_serves_other_values(maya, sessions):
    by = timezone.now() + timedelta(days=9)
    assert len(SESSIONS(episode=maya.pk, by=by)) == 3
    assert SESSIONS(episode=maya.client.pk, by=by) == []
    assert SESSIONS(episode=maya.pk, by=timezone.now()) == []


def test_columns_come_as_the_model_has_them(maya, sessions):
    columns = Read(
        lambda: Session.objects.filter(pk=Place("pk", BigIntegerField())).values_list(
            "episode_id", "starts_at", "status"
        )
    )
    one = sessions[0]
    assert columns.rows(pk=one.pk) == [(maya.pk, one.starts_at, "planned")]


def test_a_change_says_how_many_it_met(sessions):
    assert MARKED(pk=sessions[0].pk, status="attended") == 1
    assert MARKED(pk=sessions[0].pk, status="missed") == 0
    assert Session.objects.get(pk=sessions[0].pk).status == "attended"


def test_django_writes_a_statement_only_once(maya, sessions, monkeypatch):
    asked = []
    read = Read(
        lambda: asked.append(1) or Session.objects.filter(pk=Place("pk", BigIntegerField()))
    )
    assert [read(pk=one.pk)[0] for one in sessions] == sessions
    assert asked == [1]


@pytest.mark.django_db
def test_rows_are_inserted_whole_and_in_few_statements():
    keep, count = Insert(Event), 2 * MOST_VALUES
    with CaptureQueriesContext(connection) as asked:
        keep([event(number) for number in range(1, count + 1)])
    assert len(asked) == count / (MOST_VALUES // len(keep.fields))
    kept = Event.objects.filter(chain="x").order_by("number")
    assert [one.detail for one in kept] == [{"n": [n]} for n in range(1, count + 1)]


@pytest.mark.django_db
def test_none_is_inserted_where_one_cannot_be():
    with pytest.raises(IntegrityError), transaction.atomic():
        Insert(Event)([event(number) for number in [*range(1, 40), 1]])
    assert not Event.objects.filter(chain="x").exists()


def test_a_row_that_is_there_is_renewed_where_that_is_asked_for(sessions):
    checkin = CheckIn.objects.create(
        session=sessions[0], rater="client", moment="after", due_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    same = ["checkin", "instrument", "item"]
    keep = Insert(Answer, same=same, renewed=["value"], empty=["corrected_at"])
    for value in (3, 7):
        keep([Answer(checkin=checkin, instrument="x", item="y", value=value)])
    assert [one.value for one in checkin.answers.all()] == [7]


@pytest.mark.django_db(transaction=True)
def test_rows_are_held_only_in_a_transaction():
    hold = Read(lambda: Episode.objects.select_for_update().filter(pk=Place("pk", UUIDField())))
    for _ in range(2):
        with transaction.atomic():
            assert hold(pk=uuid4()) == []
        with pytest.raises(TransactionManagementError):
            hold(pk=uuid4())
