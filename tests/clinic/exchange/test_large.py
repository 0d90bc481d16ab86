"""A large file is looked through and taken in by the worker, and its page says how far it is."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.actions.sessions import change_session, move_session
from attunement.clinic.checkins.models import Note, Session
from attunement.clinic.exchange.actions import looking, taking_in
from attunement.clinic.exchange.actions.applying import apply
from attunement.clinic.exchange.actions.stopping import settle_all
from attunement.clinic.exchange.actions.taking_in import take_in
from attunement.clinic.exchange.actions.undoing import undo
from attunement.clinic.exchange.actions.uploads import read_as
from attunement.clinic.exchange.models import Import, Upload
from attunement.clinic.exchange.reading import Reading
from attunement.clinic.exchange.report import Mistake, Report
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.noticing.models import Alert, Score
from attunement.clinic.people.models import Client
from attunement.clinic.people.problems import Refused
from attunement.problems import Problem
from support import house

GOOD = "client,scale,session,score\nA,phq9,1,5\nA,phq9,2,6\nB,phq9,1,9\n"
BAD = "client,scale,session,score\nA,phq9,1,much\nA,phq9,x,6\nB,phq9,1,90\n"
DO = {"import.look", "import.take"}


@pytest.fixture
def large(monkeypatch):
    """Let every file count as large."""
    monkeypatch.setattr("attunement.clinic.exchange.models.LARGE", 10)


@pytest.fixture
def browser(client, administrator):
    return house.sign_in(client, administrator)


def hand_in(browser, text):
    file = SimpleUploadedFile("scores.csv", text.encode())
    return browser.post(reverse("import_new"), {"table": "scores", "file": file})["Location"]


def test_it_is_looked_through_and_taken_in_by_the_worker(browser, large):
    page = hand_in(browser, GOOD)
    said = browser.get(page).content.decode()
    assert "The file is being looked through" in said
    assert not Upload.objects.get().report
    work_once(kinds=DO)
    said = browser.get(page).content.decode()
    assert "New clients" in said
    assert not Client.objects.exists()
    assert browser.post(page + "apply/")["Location"] == page
    said = browser.get(page).content.decode()
    assert "The file is being taken in" in said
    assert not Client.objects.exists()
    work_once(kinds=DO)
    assert (Client.objects.count(), Score.objects.count()) == (2, 3)
    assert not Upload.objects.exists()
    assert "Taken in: 3 scores" in browser.get(page, follow=True).content.decode()
    assert {job.error for job in Job.objects.filter(kind__in=DO)} == {""}


def test_the_page_moves_on_by_itself_when_the_worker_is_done(browser, large):
    page = hand_in(browser, GOOD)
    asks = {"HX-Request": "true"}
    assert 'id="progress"' in browser.get(page, headers=asks).content.decode()
    work_once(kinds=DO)
    assert browser.get(page, headers=asks)["HX-Redirect"] == page
    browser.post(page + "apply/")
    work_once(kinds=DO)
    assert browser.get(page, headers=asks)["HX-Redirect"] == reverse("imports")


def test_every_stage_is_shown_while_it_lasts(browser, large, monkeypatch):
    page, seen = hand_in(browser, GOOD), []
    at = looking.at

    def watched(upload, stage):
        at(upload, stage)
        seen.append(browser.get(page).context["now"])

    monkeypatch.setattr("attunement.clinic.exchange.actions.looking.at", watched)
    monkeypatch.setattr("attunement.clinic.exchange.actions.taking_in.at", watched)
    work_once(kinds=DO)
    browser.post(page + "apply/")
    work_once(kinds=DO)
    assert seen == [1, 1, 2]


@pytest.mark.parametrize("size", ["large", "small"])
def test_the_first_mistakes_are_listed_with_row_column_and_remedy(browser, size, request):
    if size == "large":
        request.getfixturevalue("large")
    page = hand_in(browser, BAD)
    work_once(kinds=DO)
    answer = browser.get(page)
    found = [(one.row, one.column) for one in answer.context["report"].mistakes]
    assert found == [(2, "score"), (3, "session"), (4, "score")]
    said = answer.content.decode()
    for words in ("&#x27;much&#x27; is not a number", "outside the range of phq9, 0 to 27"):
        assert words in said
    assert "write a number with a decimal point" in said
    assert "--missing" not in said
    assert "Take it in" not in said


def test_a_mistake_is_said_in_the_language_of_whoever_looks(monkeypatch):
    german = {"{value} is not a number": "{value} ist keine Zahl"}
    monkeypatch.setattr(
        "attunement.clinic.exchange.report.gettext", lambda text: german.get(text, text)
    )
    one = Mistake.of(Problem("{value} is not a number", "mend it", values={"value": "'x'"}, row=2))
    kept = Report.of(Report(mistakes=[one]).written()).mistakes[0]
    assert (kept.what, kept.remedy, kept.row) == ("'x' ist keine Zahl", "mend it", 2)


def test_a_file_that_cannot_be_opened_is_told_about_without_columns(browser, large):
    page = hand_in(browser, "client\n\n\n")
    work_once(kinds=DO)
    answer = browser.get(page)
    assert answer.context["form"] is None
    assert "there is a header but no row" in answer.content.decode()


def test_what_was_decided_twice_is_taken_in_once(browser, large, administrator):
    page = hand_in(browser, GOOD)
    held = Upload.objects.get()
    by = house.actor(administrator)
    with pytest.raises(Refused, match="just now"):
        apply(upload=held, by=by)
    work_once(kinds=DO)
    held.refresh_from_db()
    apply(upload=held, by=by)
    with pytest.raises(Refused, match="just now"):
        apply(upload=held, by=by)
    browser.post(page, {"column-client": "client"})
    work_once(kinds=DO)
    assert Import.objects.count() == 1


def test_a_file_that_is_gone_meanwhile_is_not_taken_in(browser, large, administrator):
    page = hand_in(browser, GOOD)
    work_once(kinds=DO)
    held = Upload.objects.get()
    browser.post(page + "apply/")
    browser.post(page + "cancel/")
    work_once(kinds=DO)
    with pytest.raises(Problem, match="not held any more"):
        take_in(upload=held, by=house.actor(administrator))
    assert not Client.objects.exists()


def test_whoever_is_no_administrator_any_more_takes_nothing_in(browser, large, administrator):
    page = hand_in(browser, GOOD)
    work_once(kinds=DO)
    browser.post(page + "apply/")
    administrator.active = False
    administrator.save()
    work_once(kinds=DO)
    assert not Client.objects.exists()
    assert not Upload.objects.exists()
    job = Job.objects.get(kind="import.take")
    assert (job.error, job.done_at is None) == ("", False)
    event = Event.objects.get(action="upload.forgotten")
    assert (event.actor, event.chain) == ("worker", str(administrator.site_id))


def test_what_is_read_otherwise_on_an_old_page_does_not_stop_what_is_being_taken_in(
    browser, large, administrator
):
    page, by = hand_in(browser, GOOD), house.actor(administrator)
    work_once(kinds=DO)
    seen_before = Upload.objects.get()
    browser.post(page + "apply/")
    otherwise = Reading(rename={"client": "session"})
    with pytest.raises(Refused, match="just now"):
        read_as(upload=seen_before, reading=otherwise, by=by)
    held = Upload.objects.get()
    assert (held.state, held.reading) == ("taking", seen_before.reading)
    work_once(kinds=DO)
    assert Import.objects.count() == 1


def test_a_look_that_ends_late_does_not_stop_what_is_being_taken_in(browser, large):
    page = hand_in(browser, GOOD)
    late = Upload.objects.get()
    work_once(kinds=DO)
    browser.post(page + "apply/")
    looking.look_through(late)
    assert Upload.objects.get().state == "taking"
    work_once(kinds=DO)
    assert Import.objects.count() == 1


def test_what_is_in_the_way_in_the_end_is_said_on_the_page(browser, large):
    page = hand_in(browser, GOOD)
    work_once(kinds=DO)
    browser.post(page + "apply/")
    held = Upload.objects.get()
    Import.objects.create(site=held.site, table="scores", digest=held.digest)
    work_once(kinds=DO)
    assert "taken in already" in browser.get(page).content.decode()
    assert not Client.objects.exists()


def test_the_report_is_encrypted_for_it_names_people_of_the_file(browser):
    hand_in(browser, "client,scale,session,score\nZoraida,phq9,1,Wombat\n")
    stored = str(Upload.objects.values_list("report", flat=True).get())
    assert stored.startswith("v1:")
    assert "Wombat" in Upload.objects.get().report


def test_an_undo_notices_a_session_that_was_merely_moved(
    browser, handed_in, administrator, therapist
):
    days = [timezone.localdate() - timedelta(days=ago) for ago in (20, 13)]
    rows = [f"A,phq9,{n},5,{day},{therapist.person.email}" for n, day in enumerate(days, 1)]
    file = "\n".join(["client,scale,session,score,date,therapist", *rows])
    made = take_in(upload=handed_in(file), by=house.actor(administrator))
    session, by = Session.objects.get(number=1), house.actor(therapist)
    change_session(session=session, status="planned", by=by)
    move_session(session=session, starts_at=session.starts_at - timedelta(hours=2), by=by)
    change_session(session=session, status="attended", by=by)
    with pytest.raises(Problem, match="moved 1 session of this import"):
        undo(made=made, by=house.actor(administrator))


class Killed(BaseException):
    """The worker is gone in the middle of it."""


@pytest.fixture
def by_parts(large, monkeypatch, administrator, handed_in):
    """Let a file of two clients be stored in two parts; give it and whoever takes it in."""
    monkeypatch.setattr(taking_in, "PART", 1)
    upload = handed_in(GOOD)
    work_once(kinds=DO)
    return Upload.objects.get(pk=upload.pk), house.actor(administrator)


def break_off(monkeypatch, name, error, after=1):
    """Break off at the next call of a step but so many."""
    step, calls = getattr(taking_in, name), []

    def broken(*given):
        calls.append(given)
        if len(calls) > after:
            raise error
        return step(*given)

    monkeypatch.setattr(taking_in, name, broken)


def test_what_fails_in_the_middle_leaves_nothing_and_can_be_tried_again(by_parts, monkeypatch):
    upload, by = by_parts
    with monkeypatch.context() as patch:
        break_off(patch, "notice_part", RuntimeError)
        with pytest.raises(RuntimeError):
            take_in(upload=upload, by=by)
    assert not Client.objects.exists()
    assert not Import.objects.exists()
    assert take_in(upload=upload, by=by).rows == 3


@pytest.mark.parametrize("name", ["store_part", "notice_part"])
def test_what_was_killed_in_the_middle_is_gone_on_with(by_parts, monkeypatch, browser, name):
    upload, by = by_parts
    with monkeypatch.context() as patch:
        break_off(patch, name, Killed)
        with pytest.raises(Killed):
            take_in(upload=upload, by=by)
    Upload.objects.update(state=Upload.State.TAKING)
    page = browser.get(reverse("import_check", args=[upload.pk])).content.decode()
    assert f"{2 if name == 'store_part' else 3} scores are stored so far" in page
    made = take_in(upload=upload, by=by)
    assert (made.state, made.clients, made.rows) == ("applied", 2, 3)
    assert Score.objects.count() == 3
    undo(made=made, by=by)
    assert not Client.objects.exists()


def test_what_the_database_refuses_is_not_taken_back_but_gone_on_with(by_parts, monkeypatch):
    upload, by = by_parts
    with monkeypatch.context() as patch:
        break_off(patch, "notice_part", OperationalError)
        with pytest.raises(OperationalError):
            take_in(upload=upload, by=by)
    assert Import.objects.get().state == "taking"
    assert take_in(upload=upload, by=by).rows == 3
    assert Score.objects.count() == 3


def stopped_half_way(upload, by, monkeypatch, author, step="notice_part"):
    """Let a file fail at its second part, after someone wrote about a client of the first."""
    write, failed = taking_in.store_part, []

    def worked_on(*given):
        write(*given)
        if not failed:
            failed.append(Note.objects.create(client=Client.objects.get(), author=author, text="x"))

    with monkeypatch.context() as patch:
        patch.setattr(taking_in, "store_part", worked_on)
        break_off(patch, step, RuntimeError)
        with pytest.raises(RuntimeError):
            take_in(upload=upload, by=by)
    Upload.objects.update(state=Upload.State.TAKING)


@pytest.mark.parametrize("step", ["store_part", "notice_part"])
def test_what_stopped_after_people_worked_on_it_is_told_and_can_be_tried_again(
    large, monkeypatch, administrator, therapist, handed_in, browser, step
):
    monkeypatch.setattr(taking_in, "PART", 1)
    today = timezone.localdate()
    rows = [f"{code},1,phq9,{item},1,{today}" for code in "AB" for item in range(1, 10)]
    file = "\n".join(["client,session,instrument,item,value,answered_at", *rows])
    handed_in(file, table="responses")
    work_once(kinds=DO)
    upload, by = Upload.objects.get(), house.actor(administrator)
    stopped_half_way(upload, by, monkeypatch, therapist, step)
    assert (Import.objects.get().state, Alert.objects.count()) == ("taking", 0)
    settle_all()
    stored = set(Client.objects.values_list("code", flat=True))
    assert stored == ({"A"} if step == "store_part" else {"A", "B"})
    assert set(Alert.objects.values_list("episode__client__code", flat=True)) == stored
    page = reverse("import_check", args=[upload.pk])
    assert "could not be taken in to the end" in browser.get(page).content.decode()
    assert "stopped half-way" in browser.get(reverse("imports")).content.decode()
    browser.post(page + "cancel/")
    browser.post(page + "apply/")
    work_once(kinds=DO)
    assert (Import.objects.get().state, Alert.objects.count()) == ("applied", 2)
    assert not Upload.objects.exists()


def test_what_failed_too_often_is_taken_back_and_said_so(by_parts, monkeypatch, browser):
    upload, by = by_parts
    with monkeypatch.context() as patch:
        break_off(patch, "notice_part", OperationalError)
        with pytest.raises(OperationalError):
            take_in(upload=upload, by=by)
    Upload.objects.update(state=Upload.State.TAKING)
    settle_all()
    assert not Client.objects.exists()
    said = browser.get(reverse("import_check", args=[upload.pk])).content.decode()
    assert "nothing of it is left" in said


def test_what_was_interrupted_for_hours_is_gone_on_with(by_parts, monkeypatch, browser):
    upload, by = by_parts
    with monkeypatch.context() as patch:
        break_off(patch, "store_part", Killed)
        with pytest.raises(Killed):
            take_in(upload=upload, by=by)
    long_ago = timezone.now() - timedelta(hours=3)
    Upload.objects.update(state=Upload.State.TAKING, at=long_ago)
    Job.objects.create(kind="import.take", key="again", payload={"upload": str(upload.pk)})
    settle_all()
    assert "Taken in so far" in browser.get(reverse("imports")).content.decode()
    assert browser.get(reverse("import_check", args=[upload.pk])).status_code == 200
    work_once(kinds=DO)
    assert (Import.objects.get().state, Score.objects.count()) == ("applied", 3)


@pytest.mark.parametrize("worked_on", [False, True])
def test_an_import_whose_file_is_gone_is_taken_back_or_ends(
    by_parts, monkeypatch, therapist, worked_on
):
    upload, by = by_parts
    with monkeypatch.context() as patch:
        break_off(patch, "store_part", Killed)
        with pytest.raises(Killed):
            take_in(upload=upload, by=by)
    if worked_on:
        Note.objects.create(client=Client.objects.get(), author=therapist, text="x")
    Upload.objects.all().delete()
    settle_all()
    states = list(Import.objects.values_list("state", flat=True))
    assert (states, Client.objects.count()) == ((["applied"], 1) if worked_on else ([], 0))


def test_what_is_undone_while_it_is_taken_in_stays_undone(by_parts, monkeypatch):
    upload, by = by_parts
    with monkeypatch.context() as patch:
        break_off(patch, "store_part", Killed)
        with pytest.raises(Killed):
            take_in(upload=upload, by=by)
    made = Import.objects.get()
    undo(made=made, by=by)
    with pytest.raises(Problem, match="undone while"):
        taking_in.notice_part(made, ["A"], ["phq9"], {})
    assert (Client.objects.count(), Upload.objects.count()) == (0, 0)


def test_two_workers_at_the_same_file_take_it_in_once(by_parts, monkeypatch):
    upload, by = by_parts
    step, second = taking_in.store_part, []

    def overtaken(*given):
        if not second:
            second.append(None)
            second[0] = take_in(upload=Upload.objects.get(), by=by)
        step(*given)

    monkeypatch.setattr(taking_in, "store_part", overtaken)
    with pytest.raises(Problem, match="while it was taken in"):
        take_in(upload=upload, by=by)
    made = Import.objects.get()
    assert (made.state, made.clients, made.rows, Score.objects.count()) == ("applied", 2, 3, 3)
