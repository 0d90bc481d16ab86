"""One client on one sheet, and as a table."""

import csv
import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from attunement.clinic.caseload.client_page import client_page
from attunement.clinic.caseload.history import history
from attunement.clinic.caseload.paper import pdf, sheet
from attunement.clinic.caseload.pictures import PAPER
from clinic.caseload import seeding
from clinic.caseload.test_caseload import alert, scores
from support import house

pytestmark = pytest.mark.django_db
HOSTILE = (
    "<script>alert(1)</script>",
    "#let x = 1",
    '=HYPERLINK("http://x")',
    "O'Brien & [x]",
    "李雷",
)


def read(content):
    return PdfReader(io.BytesIO(content))


def test_the_pdf_is_one_tagged_page_that_claims_to_be_accessible(client, therapist):
    longest = max(seeding.fill(therapist, 6), key=lambda one: one.scores.count())
    house.sign_in(client, therapist)
    answer = client.get(reverse("episode_pdf", args=[longest.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert longest.client.name not in answer["Content-Disposition"]
    found = read(answer.content)
    assert len(found.pages) == 1
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in found.trailer["/Root"]["/Metadata"].get_data()
    assert found.trailer["/Root"]["/Lang"].startswith("en")
    text = found.pages[0].extract_text()
    for part in (longest.client.name, "Working relationship", "What the eight answers say"):
        assert part in text


def test_however_much_there_is_to_say_it_stays_one_page(therapist, maya):
    scores(maya, [8, 8, 8, 8, 8, 8, 4] * 5)
    scores(maya, [12, 12, 12, 12, 12, 12, 20] * 5, "phq9")
    for onset in range(1, 12):
        alert(maya, "told", onset, evidence={"client": {"tension": 7, "settled": 1}})
    content = sheet(client_page(history(maya), PAPER), "Dana Levi")
    content["sentences"] = ["A sentence as long as they get here, and then some more words."] * 6
    content["eight"] = [
        {"name": "Something to take away", "value": "3", "word": "much lower", "low": True}
    ] * 8
    assert len(read(pdf(content)).pages) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name(client, therapist, name):
    episode = house.episode(therapist, name)
    scores(episode, [8, 8, 8, 8, 4])
    house.sign_in(client, therapist)
    for page in ("episode", "episode_print", "client_details", "episode_end"):
        text = client.get(reverse(page, args=[episode.pk])).text
        assert "<script>alert" not in text
    assert len(read(client.get(reverse("episode_pdf", args=[episode.pk])).content).pages) == 1


def test_the_table_holds_every_score_and_every_session(client, therapist, maya):
    scores(maya, [8, 8, None, 8, 4])
    house.session(maya, 6, status="missed")
    house.sign_in(client, therapist)
    answer = client.get(reverse("episode_csv", args=[maya.pk]))
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [row["session"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert rows[2]["score"] == ""
    assert rows[4]["signal"] == "review"
    assert rows[5]["status"] == "missed"
    assert "Maya" not in answer.text


def test_an_empty_record_can_be_printed_too(client, therapist, maya):
    house.sign_in(client, therapist)
    for name in ("episode", "episode_print", "episode_pdf", "episode_csv"):
        assert client.get(reverse(name, args=[maya.pk])).status_code == 200


def test_what_is_read_aloud_holds_no_marks_of_the_page(therapist, maya):
    client = maya.client
    client.name = "Maya O'Neill & Co"
    client.save()
    scores(maya, [8, 8.5, 8, 8.5, 8, 2])
    told = sheet(client_page(history(maya), PAPER), "Dana Levi")
    assert "Maya O'Neill & Co" in told["charts"][0]["spoken"]
    assert not any("&#" in one["spoken"] for one in told["charts"])
