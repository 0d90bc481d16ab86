"""A file that is handed in is a table or it is refused; its name is never a path."""

import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from attunement.clinic.exchange.models import Upload
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.people.models import Client
from support import house, world

CSV = b"client,scale,session,score\nA,phq9,1,5\nA,phq9,2,6\n"


def bomb():
    """A workbook of a few kilobytes that unpacks to a hundred megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 100_000_000)
    return out.getvalue()


@pytest.fixture
def hand_in(client, administrator):
    house.sign_in(client, administrator)
    client.raise_request_exception = False

    def send(name, content):
        file = SimpleUploadedFile("x", content)
        file._name = name
        return client.post(reverse("import_new"), {"table": "scores", "file": file})

    return send


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("scores.exe", b"MZ\x90\x00"),
        ("scores.html", b"<script>alert(1)</script>"),
        ("scores.svg", b"<svg onload='alert(1)'/>"),
        ("scores.csv", b"\x00\x01\x02" * 100),
        ("scores.csv", b""),
        ("scores.xlsx", b"PK\x03\x04 not a workbook"),
        ("scores.parquet", b"PAR1 not parquet PAR1"),
        ("scores.csv", b"\xff\xfe\x00" * 50),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(hand_in, name, content):
    answer = hand_in(name, content)
    assert answer.status_code in {200, 400, 413, 422}, answer.status_code
    assert not Upload.objects.exists()
    assert "<script>alert" not in answer.content.decode()


def test_a_large_file_that_is_no_table_is_refused_by_the_worker(hand_in, client):
    page = hand_in("scores.xlsx", bomb())["Location"]
    work_once(kinds={"import.look"})
    assert "cannot be taken in like this" in client.get(page).content.decode()
    assert not Upload.objects.get().reading


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "..\\..\\evil.csv", "a\x00.csv", "=1+1.csv"]
)
def test_a_name_is_never_a_path(hand_in, name, tmp_path, monkeypatch):
    inner = tmp_path / "one" / "two"
    inner.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(inner))
    answer = hand_in(name, CSV)
    assert answer.status_code < 500
    assert not [*tmp_path.glob("**/*evil*")]
    assert not Path("/etc/evil.csv").exists()


def test_nothing_is_taken_in_before_someone_says_so(hand_in):
    assert hand_in("scores.csv", CSV).status_code == 302
    assert not Client.objects.exists()


def test_what_is_held_is_encrypted(hand_in):
    from django.db import connection

    hand_in("scores.csv", CSV)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM exchange_upload")
        assert cursor.fetchone()[0].startswith("v1:")


def test_no_page_and_no_refusal_writes_anyone_into_the_log(here, elsewhere, caplog, client):
    made = world.build(here, elsewhere)
    client.raise_request_exception = False
    caplog.set_level("DEBUG")
    for who in ("therapist", "supervisor", "client", "colleague", "administrator"):
        house.sign_in(client, made.people[who])
        for place, _view in world.routes():
            if "(" not in place and "account/" not in place:
                client.get(world.address(place, made.objects))
                client.post(world.address(place, made.objects), {"text": world.TEXT, "code": "x"})
    said = caplog.text
    assert world.NAME not in said
    assert world.NAME.split()[1] not in said
    assert world.TEXT not in said
    assert made.people["therapist"].person.email not in said
