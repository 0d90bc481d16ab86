"""What leaves the house is known to nobody, whole, and explained."""

import csv
import io
import zipfile
from datetime import timedelta

import polars as pl
import pytest
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import Answer, Audience
from attunement.clinic.exchange.tables.disguise import Days, Disguise
from attunement.clinic.exchange.tables.packing import Form, packed
from attunement.clinic.exchange.tables.rows import SOURCES, clients, first_days
from attunement.clinic.noticing.models import Score
from attunement.clinic.people.actor import Actor
from attunement.clinic.privacy import consent
from attunement.tables import TABLES
from support import house


@pytest.fixture
def kept(maya):
    """An episode with a check-in of which two answers are kept back."""
    session = house.session(maya, days_ago=10)
    checkin = house.checkin(session)
    audiences = ["therapist", "service", "later", "self"]
    for item, audience in zip(("heard", "safe", "goals", "way"), audiences, strict=True):
        Answer.objects.create(
            checkin=checkin, instrument="session-check-in", item=item, value=7, audience=audience
        )
    for private in (False, True):
        Score.objects.create(
            episode=maya, session=session, checkin=checkin, scale="session-check-in.alliance",
            number=1, on=timezone.localdate(session.starts_at), value=7.0, private=private,
        )  # fmt: skip
    return maya


def unpacked(site, days=Days.WEEKS, form=Form.CSV):
    disguise = Disguise(days=days, began=first_days(site), clients=clients(site))
    content = b"".join(packed(site, disguise, form))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_table_is_there_and_every_column_explained(kept, here):
    files = unpacked(here)
    assert {f"{table.name}.csv" for table in TABLES} < set(files)
    explained = {
        (row["table"], row["column"])
        for row in csv.DictReader(io.StringIO(files["dictionary.csv"].decode()))
    }
    for table in TABLES:
        header = files[f"{table.name}.csv"].decode().splitlines()[0].split(",")
        assert {(table.name, name) for name in header} <= explained


def test_no_name_code_or_address_leaves(kept, here, therapist):
    files = unpacked(here)
    words = {kept.client.name, kept.client.code, therapist.person.name, therapist.person.email,
             str(kept.pk), str(kept.client.pk), str(therapist.pk), here.name}  # fmt: skip
    for content in files.values():
        assert not any(word.encode() in content for word in words)


def test_answers_that_are_kept_back_stay_and_so_do_their_scores(kept, here):
    files = unpacked(here)
    items = pl.read_csv(files["responses.csv"])["item"].to_list()
    assert items == ["heard"]
    assert pl.read_csv(files["scores.csv"]).height == 1
    assert set(Audience.values) == {"therapist", "service", "later", "self"}


def test_answers_for_the_service_alone_are_counted_and_lead_to_nobody(kept, here):
    assert pl.read_csv(unpacked(here)["counted.csv"]).height == 0
    for number in range(2, 13):
        due = house.checkin(house.session(kept, number))
        Answer.objects.create(
            checkin=due, instrument="session-check-in", item="safe", value=7, audience="service"
        )
    files = unpacked(here)
    assert files["counted.csv"].decode().splitlines() == [
        "instrument,item,value,answers", "session-check-in,safe,7.0,10",
    ]  # fmt: skip
    assert b"safe" not in files["responses.csv"]


def test_pseudonyms_hold_within_an_export_and_differ_between_two(kept, here):
    one, two = unpacked(here), unpacked(here)
    first = {pl.read_csv(one[f"{name}.csv"])["client"][0] for name in ("scores", "responses")}
    assert len(first) == 1
    assert pl.read_csv(two["scores.csv"])["client"][0] not in first


def test_weeks_count_from_the_first_session_and_shifted_days_keep_their_distance(kept, here):
    kept.started_on = timezone.localdate() - timedelta(days=24)
    kept.save()
    house.session(kept, number=2, days_ago=3)
    weeks = pl.read_csv(unpacked(here)["attendance.csv"])
    assert weeks["week"].to_list() == [2, 3]
    days = pl.read_csv(unpacked(here, Days.SHIFTED)["attendance.csv"], try_parse_dates=True)
    assert (days["date"][1] - days["date"][0]).days == 7


def test_days_are_shifted_alike_at_every_export_and_sessions_to_come_stay(kept, here):
    house.session(kept, number=2, days_ago=-30, status="planned")
    one, two = (
        pl.read_csv(unpacked(here, Days.SHIFTED)["attendance.csv"], try_parse_dates=True)
        for _ in range(2)
    )
    assert one["client"][0] != two["client"][0]
    assert one["date"].to_list() == two["date"].to_list()
    assert one.height == 1


def test_nothing_leaves_where_there_are_fewer_than_ten_clients(client, kept, manager):
    house.sign_in(client, manager)
    answer = client.post("/tables/", {"days": "weeks", "form": "csv", "understood": "on"})
    assert answer.status_code == 422
    assert "fewer than 10 clients" in answer.content.decode()
    assert not Event.objects.filter(action="tables.exported").exists()


def test_parquet_holds_the_same_with_types(kept, here):
    files = unpacked(here, form=Form.PARQUET)
    for source in SOURCES:
        table = pl.read_parquet(io.BytesIO(files[f"{source.contract.name}.parquet"]))
        assert table.columns == [column.name for column in source.columns(Days.WEEKS)]
    scores = pl.read_parquet(io.BytesIO(files["scores.parquet"]))
    assert scores.schema["score"] == pl.Float64
    assert scores.height == 1


def test_a_manager_downloads_it_warned_and_audited(client, kept, manager, therapist):
    for _ in range(9):
        house.episode(therapist)
    house.sign_in(client, manager)
    page = client.get("/tables/").content.decode()
    assert "only 10 clients here" in page
    assert client.post("/tables/", {"days": "weeks", "form": "csv"}).status_code == 422
    answer = client.post("/tables/", {"days": "weeks", "form": "csv", "understood": "on"})
    assert answer["Content-Disposition"] == 'attachment; filename="tables.zip"'
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert "scores.csv" in archive.namelist()
    event = Event.objects.get(action="tables.exported")
    assert event.detail == {"clients": 10, "days": "weeks", "form": "csv"}


def test_who_says_no_or_takes_their_yes_back_is_in_no_table(kept, here):
    assert first_days(here)
    consent.withdraw(client=kept.client, by=Actor.holder(kept.client))
    files = unpacked(here)
    for table in TABLES:
        assert len(files[f"{table.name}.csv"].decode().splitlines()) == 1
    assert b"took it\nback, is not in here" in files["READ-ME.txt"]
    consent.give(client=kept.client, by=Actor.holder(kept.client))
    assert pl.read_csv(unpacked(here)["responses.csv"]).height == 1
