"""A record can be taken out whole, by those whose it is, and nobody else's is in it."""

import csv
import io
import json
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.actions.notes import change_note
from attunement.clinic.checkins.models import Answer, CheckIn, Note
from attunement.clinic.privacy.export import export
from attunement.clinic.privacy.models import Correction
from attunement.clinic.privacy.record import counts
from support import house, world


@pytest.fixture
def made(here, elsewhere):
    return world.build(here, elsewhere)


def tables(packed):
    """Read a ZIP back: name -> rows of the JSON table."""
    archive = zipfile.ZipFile(io.BytesIO(packed))
    found = {}
    for name in archive.namelist():
        if name.startswith("json/"):
            found[name[5:-5]] = json.loads(archive.read(name))
            text = archive.read(f"csv/{name[5:-5]}.csv").decode("utf-8-sig")
            assert len([*csv.DictReader(io.StringIO(text))]) == len(found[name[5:-5]])
    return archive.read("README.txt").decode(), found


def test_staff_take_out_everything_but_what_the_client_keeps_from_them(made):
    client = made.episode.client
    readme, found = tables(export(client=client, by=house.actor(made.people["therapist"])))
    assert found["client"][0]["name"] == world.NAME
    assert [row["item"] for row in found["answers"]] == ["heard"]
    assert found["comments"][0]["text"] == world.TEXT
    assert found["notes"][0]["text"] == world.TEXT
    assert found["alert-steps"][0]["text"] == world.TEXT
    assert all(name in readme for name in found)
    event = Event.objects.get(action="client.exported")
    assert event.client_id == str(client.pk)
    assert world.NAME not in str(event.detail)


def test_the_client_takes_out_all_answers_and_no_therapists_notes(made):
    client = made.episode.client
    CheckIn.objects.filter(session__episode__client=client).update(account=client.account)
    _readme, found = tables(export(client=client, by=house.own(client)))
    assert [row["item"] for row in found["answers"]] == ["heard", "safe"]
    assert not {"notes", "alerts", "alert-steps", "ruptures", "records-opened"} & set(found)
    assert not {"signal", "limit_review"} & set(found["scores"][0])
    assert {"opened_at", "answered_at"} <= set(found["checkins"][0])


def test_what_a_note_said_before_is_in_the_copy_for_staff(made):
    note = Note.objects.get(client=made.episode.client)
    change_note(note=note, text="Said better", by=house.actor(made.people["therapist"]))
    _readme, found = tables(
        export(client=made.episode.client, by=house.actor(made.people["therapist"]))
    )
    assert found["notes"][0]["text"] == "Said better"
    (earlier,) = found["earlier-notes"]
    assert (earlier["text"], earlier["note_id"]) == (world.TEXT, found["notes"][0]["id"])
    _readme, own = tables(export(client=made.episode.client, by=house.own(made.episode.client)))
    assert "earlier-notes" not in own


def test_nobody_elses_rows_are_in_it(made):
    neighbour = made.people["colleague"].episodes.get()
    Note.objects.create(client=neighbour.client, author=made.people["colleague"], text="other")
    house.checkin(house.session(neighbour))
    by = house.actor(made.people["therapist"])
    archive = zipfile.ZipFile(io.BytesIO(export(client=made.episode.client, by=by)))
    text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert str(neighbour.pk) not in text
    assert str(neighbour.client.pk) not in text
    assert "other" not in [row["text"] for row in json.loads(archive.read("json/notes.json"))]


def test_every_table_that_hangs_on_a_client_is_in_the_export_or_left_out_knowingly(made):
    from django.apps import apps

    from attunement.clinic.people.models import Client, Episode

    left_out = {
        "checkins.planitem",  # what is asked, not about anyone
        "checkins.token",  # hashes of links
        "exchange.import_episodes",
    }
    spoken_for = {
        "people.episode",
        "people.breakglass",
        "privacy.consent",
        "privacy.erasure",
        "checkins.session",
        "checkins.note",
        "noticing.score",
        "noticing.rupture",
        "noticing.alert",
        "goals.round",
        "goals.goal",
        "formulation.worksheet",
        "voice.word",
        "voice.matter",
        "guidance.wish",
        "guidance.attempt",
        "drift.suggestion",
    }
    hanging = {
        model._meta.label_lower
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.fields
        if field.related_model in {Client, Episode}
    }
    assert hanging - left_out == spoken_for


@pytest.mark.parametrize("who", ["colleague", "other supervisor", "therapist elsewhere"])
def test_staff_outside_the_care_take_out_nothing(made, who):
    with pytest.raises(Http404):
        export(client=made.episode.client, by=house.actor(made.people[who]))


@pytest.mark.parametrize("who", ["manager", "administrator"])
def test_managers_and_administrators_take_out_nothing(made, who):
    with pytest.raises(PermissionDenied):
        export(client=made.episode.client, by=house.actor(made.people[who]))


def test_another_client_takes_out_nothing(made):
    other = made.people["neighbour"].client
    with pytest.raises(Http404):
        export(client=made.episode.client, by=house.own(other))


def test_the_files_name_says_nothing_about_anyone(client, made):
    house.sign_in(client, made.people["therapist"])
    answer = client.post(reverse("client_export", args=[made.episode.pk]))
    assert answer["Content-Type"] == "application/zip"
    name = answer["Content-Disposition"]
    assert world.NAME.split()[0] not in name
    assert made.episode.client.code not in name
    assert answer["Cache-Control"] == "no-store"


def test_the_client_saves_their_record_from_their_own_page(client, made):
    house.sign_in(client, made.people["client"])
    assert client.get(reverse("own_rights")).status_code == 200
    _readme, found = tables(client.post(reverse("own_export")).content)
    assert found["client"][0]["name"] == world.NAME


def test_the_client_s_copy_has_the_corrections_of_their_own_answers_alone(made):
    client = made.episode.client
    mine = made.objects["checkin"]
    theirs = house.checkin(
        made.episode.sessions.first(), "therapist", "after", ("session-check-in-therapist",)
    )
    for checkin in (mine, theirs.pk):
        Correction.objects.create(
            checkin_id=checkin,
            instrument="session-check-in",
            item="heard",
            before=1,
            after=3,
            reason=f"reason {checkin}",
        )
    Answer.objects.create(
        checkin=theirs, instrument="session-check-in", item="heard", value=3, audience="therapist"
    )
    _readme, own = tables(export(client=client, by=house.own(client)))
    assert [row["reason"] for row in own["corrections"]] == [f"reason {mine}"]
    _readme, all_ = tables(export(client=client, by=house.actor(made.people["therapist"])))
    assert len(all_["corrections"]) == 2
    Answer.objects.filter(checkin=mine).update(audience="self")
    _readme, left = tables(export(client=client, by=house.actor(made.people["therapist"])))
    assert [row["reason"] for row in left["corrections"]] == [f"reason {theirs.pk}"]


def test_the_client_is_told_of_their_own_answers_alone(made):
    theirs = house.checkin(
        made.episode.sessions.first(), "therapist", "after", ("session-check-in-therapist",)
    )
    Answer.objects.create(
        checkin=theirs, instrument="session-check-in-therapist", item="heard", value=3
    )
    client = made.episode.client
    assert counts(client)["answers"] == 3
    assert counts(client, own=True) == {"sessions": 2, "answers": 2, "comments": 1, "scores": 1}
