"""What is taken in, what is refused, and what an undo leaves alone."""

import io
import re
import zipfile
from datetime import date, timedelta

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.checkins.models import Answer, CheckIn, Note, Session
from attunement.clinic.exchange.actions.taking_in import take_in
from attunement.clinic.exchange.actions.undoing import undo
from attunement.clinic.exchange.actions.uploads import HELD, forget_old
from attunement.clinic.exchange.models import Import, Upload
from attunement.clinic.exchange.report import Report
from attunement.clinic.noticing.actions import resolve
from attunement.clinic.noticing.models import Alert, AlertStep, Rupture, Score
from attunement.clinic.noticing.submit import Given, heed
from attunement.clinic.people.actions.glass import break_glass
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import BreakGlass, Client, Episode
from attunement.measures.scoring.sentences import OUTSIDE
from attunement.problems import Problem
from support import house

STEADY = [8.0, 8.2, 7.9, 8.1, 8.0, 8.1, 7.9]


def weekly(client, scores, last, therapist=""):
    """Write one client's scores, a week apart, up to a day."""
    days = [last - timedelta(weeks=len(scores) - 1 - place) for place in range(len(scores))]
    return [
        f"{client},session-check-in.alliance,{place + 1},{score},{day},{therapist}"
        for place, (score, day) in enumerate(zip(scores, days, strict=True))
    ]


def table(*rows):
    return "\n".join(["client,scale,session,score,date,therapist", *rows])


@pytest.fixture
def by(administrator):
    return house.actor(administrator)


def test_therapists_are_found_by_address_and_others_clients_wait(handed_in, by, therapist):
    today = timezone.localdate()
    file = table(
        *weekly("A1", STEADY, today, therapist.person.email.upper()),
        *weekly("A2", STEADY, today, "stranger@example.org"),
    )
    take_in(upload=handed_in(file), by=by)
    held = dict(Episode.objects.values_list("client__code", "therapist"))
    assert held == {"A1": therapist.pk, "A2": None}


def test_alerts_open_only_for_what_is_fresh(handed_in, by):
    today = timezone.localdate()
    dropped = [*STEADY, 2.0]
    file = table(
        *weekly("now", dropped, today - timedelta(days=3)),
        *weekly("then", dropped, today - timedelta(days=40)),
        *weekly("long-ago", dropped, today - timedelta(days=400)),
    )
    take_in(upload=handed_in(file), by=by)
    assert Rupture.objects.filter(status="open").count() == 3
    alert = Alert.objects.get()
    assert (alert.episode.client.code, alert.kind, alert.onset) == ("now", "drop", 8)
    assert Episode.objects.get(client__code="long-ago").ended_on


def test_answers_become_check_ins_scores_and_a_safety_alert(handed_in, by):
    today = timezone.localdate()
    rows = [f"A1,1,phq9,{item},1,{today}" for item in range(1, 10)]
    file = "\n".join(["client,session,instrument,item,value,answered_at", *rows])
    take_in(upload=handed_in(file, table="responses"), by=by)
    assert Score.objects.get(scale="phq9").value == 9
    assert Answer.objects.count() == 9
    assert CheckIn.objects.get().state == "answered"
    assert Alert.objects.get().kind == "safety"


def phq9(code, session, day, value=1):
    return [f"{code},{session},phq9,{item},{value},{day}" for item in range(1, 10)]


def test_a_safety_answer_of_a_client_who_is_there_reaches_a_person_and_an_undo_takes_it_back(
    handed_in, by, maya, therapist
):
    today, code = timezone.localdate(), maya.client.code
    rows = [*phq9(code, 3, today), *phq9(code, 1, today - timedelta(days=40))]
    file = "\n".join(["client,session,instrument,item,value,answered_at", *rows])
    made = take_in(upload=handed_in(file, table="responses"), by=by)
    alert = Alert.objects.get()
    assert (alert.episode, alert.kind, alert.onset, alert.owner) == (maya, "safety", 3, therapist)
    undo(made=made, by=by)
    assert not Alert.objects.exists()
    made = take_in(upload=handed_in(file, table="responses"), by=by)
    step = {"before": "open", "after": "acknowledged", "by": therapist}
    AlertStep.objects.create(alert=Alert.objects.get(), **step)
    with pytest.raises(Problem, match="worked on 1 client of"):
        undo(made=made, by=by)


def test_a_safety_answer_in_a_file_asks_anew_where_what_was_told_is_settled(handed_in, by, maya):
    due = house.checkin(house.session(maya, 3), moment="before", instruments=("phq9",))
    worry = [Given(instrument="phq9", item="9", value=1)]
    heed(checkin=due, answers=worry, by=Actor.holder(maya.client))
    resolve(alert=Alert.objects.get(), by=house.actor(maya.therapist), words="I rang")
    rows = phq9(maya.client.code, 3, timezone.localdate())
    file = "\n".join(["client,session,instrument,item,value,answered_at", *rows])
    take_in(upload=handed_in(file, table="responses"), by=by)
    assert Alert.objects.get().state == "open"


def test_an_answer_that_the_clinic_has_of_its_own_is_not_told_again(handed_in, by, maya):
    today, code = timezone.localdate(), maya.client.code
    session = house.session(maya)
    Score.objects.create(episode=maya, session=session, scale="phq9", number=1, on=today, value=0.0)
    rows = [*phq9(code, 1, today), f"{code},1,gad7,1,0,{today}"]
    rows += [f"{code},1,gad7,{item},0,{today}" for item in range(2, 8)]
    file = "\n".join(["client,session,instrument,item,value,answered_at", *rows])
    assert take_in(upload=handed_in(file, table="responses"), by=by).rows == 1
    assert not Alert.objects.exists()


def test_later_scores_join_a_client_and_an_undo_gives_back_what_was(handed_in, by):
    today = timezone.localdate()
    first = take_in(upload=handed_in(table(*weekly("A1", [*STEADY, 2.0], today))), by=by)
    before = list(Score.objects.order_by("number").values_list("number", "prior_mean", "signal"))
    ruptures = list(Rupture.objects.values_list("onset", "status"))
    more = table(*weekly("A1", [*STEADY, 2.0, 8.0], today + timedelta(weeks=1)))
    second = take_in(upload=handed_in(more), by=by)
    assert (second.clients, second.rows) == (0, 1)
    assert Rupture.objects.get().status == "repaired"
    undo(made=second, by=by)
    after = list(Score.objects.order_by("number").values_list("number", "prior_mean", "signal"))
    assert after == before
    assert list(Rupture.objects.values_list("onset", "status")) == ruptures
    assert first.pk == Import.objects.get(state="applied").pk


def test_an_undo_is_refused_once_people_have_worked_on_it(handed_in, by, therapist):
    today = timezone.localdate()
    file = table(*weekly("A1", STEADY, today), *weekly("A2", STEADY, today))
    made = take_in(upload=handed_in(file), by=by)
    Note.objects.create(client=Client.objects.get(code="A1"), author=therapist, text="Seen.")
    with pytest.raises(Problem, match="worked on 1 client of"):
        undo(made=made, by=by)
    assert Client.objects.count() == 2
    made.refresh_from_db()
    assert made.state == "applied"


def test_an_undo_takes_no_record_along_that_was_opened_in_need(handed_in, by, colleague):
    made = take_in(upload=handed_in(table(*weekly("A1", STEADY, timezone.localdate()))), by=by)
    opened = break_glass(
        code="A1", reason="They are at the door and in need.", by=house.actor(colleague)
    )
    with pytest.raises(Problem, match="worked on 1 client of"):
        undo(made=made, by=by)
    assert BreakGlass.objects.get() == opened


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"planned_sessions": 12}, "planned how long the care of 1 client"),
        ({"ended_on": timezone.localdate()}, "ended the care of 1 client"),
        ({"therapist": "colleague"}, "1 client of this import has been given"),
        ({}, "changed what became of 2 sessions"),
    ],
)
def test_an_undo_is_refused_where_people_changed_what_was_taken_in(
    handed_in, by, therapist, colleague, changes, said
):
    today = timezone.localdate()
    file = table(*weekly("A1", STEADY, today, therapist.person.email))
    made = take_in(upload=handed_in(file), by=by)
    if "therapist" in changes:
        changes = {"therapist": colleague}
    if changes:
        Episode.objects.update(**changes)
    else:
        Session.objects.filter(number__lte=2).update(status=Session.Status.MISSED)
    with pytest.raises(Problem, match=said):
        undo(made=made, by=by)
    assert Session.objects.count() == len(STEADY)


def test_the_same_file_is_taken_in_once(handed_in, by):
    file = table(*weekly("A1", STEADY, timezone.localdate()))
    take_in(upload=handed_in(file), by=by)
    with pytest.raises(Problem, match="taken in already"):
        take_in(upload=handed_in(file), by=by)
    with pytest.raises(Problem, match="is there already"):
        take_in(upload=handed_in(file + "\n"), by=by)


def test_a_file_is_encrypted_while_it_is_held_and_never_for_long(handed_in, by):
    upload = handed_in(table(*weekly("secret-code", STEADY, timezone.localdate())))
    stored = Upload.objects.values_list("content", flat=True).get()
    assert str(stored).startswith("v1:")
    Upload.objects.filter(pk=upload.pk).update(at=timezone.now() - HELD - timedelta(minutes=1))
    forget_old()
    assert not Upload.objects.exists()


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 250_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "empty"),
        (b"%PDF-1.7", "a.csv", "PDF"),
        (b"\x1f\x8b\x08\x00" * 20, "a.csv.gz", "compressed"),
        (b"PAR1 cut off", "a.parquet", "damaged"),
        (b"client\n" * 3, "../../etc/passwd", "not known which scale"),
        (b"\x00" * 400, "a.csv", "file"),
        (b"SQLite format 3\x00", "a.sqlite", "database"),
    ],
)
def test_hostile_files_are_refused_in_a_sentence(handed_in, by, content, name, said):
    with pytest.raises(Problem, match=said):
        take_in(upload=handed_in(content, name=name), by=by)
    assert not Client.objects.exists()


def test_a_file_that_unpacks_to_far_more_is_refused(handed_in):
    with pytest.raises(Problem, match="unpacks to more"):
        handed_in(bomb(), name="a.xlsx")


def test_a_file_that_says_it_unpacks_to_little_is_not_believed(handed_in):
    said = bomb()
    with zipfile.ZipFile(io.BytesIO(said)) as packed:
        (member,) = packed.infolist()
    small = said.replace(member.file_size.to_bytes(4, "little"), (500).to_bytes(4, "little"))
    assert zipfile.ZipFile(io.BytesIO(small)).infolist()[0].file_size == 500
    with pytest.raises(Problem, match="unpacks to more"):
        handed_in(small, name="a.xlsx")


def test_a_text_that_a_small_file_repeats_too_often_is_refused(handed_in, by):
    rows = 30_000
    text = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["x" * 1_000_000])
    file = io.BytesIO()
    pq.write_table(pa.table({"client": text, "session": range(rows), "score": [1.0] * rows}), file)
    assert file.tell() < 2_000_000
    upload = handed_in(file.getvalue(), "a.parquet")
    with pytest.raises(Problem, match="unpacks to more"):
        take_in(upload=upload, by=by)


def test_too_many_rows_and_too_many_bytes_are_refused(handed_in, monkeypatch):
    monkeypatch.setattr("attunement.clinic.exchange.files.MOST_ROWS", 3)
    with pytest.raises(Problem, match="no more than 3"):
        handed_in(table(*weekly("A1", STEADY, date(2026, 1, 1))))
    with pytest.raises(Problem, match="larger than"):
        handed_in(b"x" * 10_000_001)


def upload_file(client, content, table="scores", name="scores.csv"):
    return client.post(
        "/imports/new/",
        {"table": table, "file": SimpleUploadedFile(name, content.encode())},
        follow=True,
    )


def test_the_pages_lead_from_a_file_to_its_undo(client, administrator):
    house.sign_in(client, administrator)
    rows = [f"{who},{session},{20 - session}" for who in ("P1", "P2") for session in (1, 2, 3)]
    page = upload_file(client, "\n".join(["subject,time,bdi", *rows]))
    assert "The file cannot be taken in like this" in page.content.decode()
    check = page.request["PATH_INFO"]
    chosen = {"column-client": "subject", "column-session": "time", "scale-0": "bdi2"}
    page = client.post(check, chosen, follow=True)
    assert "New clients" in page.content.decode()
    for _press in range(2):
        page = client.post(check + "apply/", follow=True)
        assert page.status_code == 200
        assert "Taken in: 6 scores" in page.content.decode()
    assert not Upload.objects.exists()
    made = Import.objects.get()
    assert client.get(f"/imports/{made.pk}/undo/").status_code == 200
    page = client.post(f"/imports/{made.pk}/undo/", follow=True)
    assert "Undone: 2 clients and 6 scores are gone." in page.content.decode()
    assert not Client.objects.exists()
    assert not Session.objects.exists()
    assert client.post(check + "apply/")["Location"] == "/imports/"


def test_uploads_and_imports_of_others_are_as_if_they_were_not(client, handed_in, by, elsewhere):
    upload = handed_in(table(*weekly("A1", STEADY, timezone.localdate())))
    made = take_in(upload=handed_in(table(*weekly("A2", STEADY, timezone.localdate()))), by=by)
    from attunement.clinic.people.permissions import Role

    house.sign_in(client, house.staff(Role.ADMINISTRATOR, elsewhere))
    assert client.get(f"/imports/new/{upload.pk}/").status_code == 404
    assert client.post(f"/imports/new/{upload.pk}/apply/").status_code == 404
    assert client.post(f"/imports/{made.pk}/undo/").status_code == 404


def test_codes_that_look_like_formulas_stay_text(handed_in, by, client, administrator):
    rows = weekly("=cmd|' /C calc'!A0", STEADY, timezone.localdate())
    take_in(upload=handed_in(table(*rows)), by=by)
    assert pl.Series([Client.objects.get().code]).str.starts_with("=").all()


DAMAGED = {
    "scores.csv": b"%PDF-1.7 rest",
    "late.csv": b"a title\nclient,session,phq9\nA,1,3\n",
    "open.csv": b'client,session,phq9\nA,1,"3\n',
    "scores.xlsx": b"PK\x03\x04 and no more",
}


@pytest.mark.sqlite
@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_wrong_with_a_file_is_said_in_the_readers_language(
    client, administrator, monkeypatch, name
):
    monkeypatch.setattr("attunement.clinic.exchange.report.gettext", lambda said: f"«{said}»")
    file = SimpleUploadedFile(name, DAMAGED[name])
    browser = house.sign_in(client, administrator)
    page = browser.post(reverse("import_new"), {"table": "scores", "file": file})
    said = page.content.decode()
    (first,) = page.context["form"].errors["file"]
    assert first.count("«") == (3 if name == "scores.csv" else 2)
    assert re.fullmatch(r"(row \d+: )?«.+»; «.+»\.", first)
    assert (page.status_code, "«" in said) == (422, True)


@pytest.mark.sqlite
def test_how_a_file_was_read_is_said_in_the_readers_language(handed_in, monkeypatch):
    monkeypatch.setattr("attunement.clinic.exchange.report.gettext", lambda said: f"«{said}»")
    rows = "client,date,phq9,other\nA,21/03/2026,3,1\nA,28/03/2026,4,1\n"
    upload = handed_in(rows, rename={}, scales={"phq9": "phq9"})
    assert [note.text for note in Report.of(upload.report).summary.notes] == [
        "«Dates were read as «day/month/year».»",
        "«Sessions were numbered by date within each client.»",
        "«These columns were left out: 'other'.»",
    ]


@pytest.mark.sqlite
def test_answers_that_cannot_be_scored_are_told_as_templates(handed_in):
    upload = handed_in("client,session,instrument,item,value\nA,1,phq9,1,7\n", table="responses")
    (mistake,) = Report.of(upload.report).mistakes
    assert (mistake.template, mistake.row) == (OUTSIDE, 2)
    assert mistake.values["highest"] == "3"
