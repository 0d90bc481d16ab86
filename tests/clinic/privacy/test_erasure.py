"""A record is erased after some days to think again, but for what the law asks to keep."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.audit.verify import check_chain
from attunement.clinic.caseload.models import EarlierNote
from attunement.clinic.checkins.models import Answer, CheckIn, Comment, Note, Session, Token
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.periodic import tidy
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.noticing.models import Alert, AlertStep, Score
from attunement.clinic.people.models import BreakGlass, Client, Person
from attunement.clinic.people.problems import Refused
from attunement.clinic.privacy import erasure
from attunement.clinic.privacy.erasure import months_before
from attunement.clinic.privacy.models import Erasure
from support import house, world

MAILS = {"erasure.asked", "erasure.answered", "sign-in.mail"}


@pytest.fixture
def made(here, elsewhere):
    """A world in which Maya's care has ended."""
    found = world.build(here, elsewhere)
    end(found.episode, days_ago=1)
    alert = {"episode": found.episode, "level": "urgent", "due_at": timezone.now()}
    safety = Alert.objects.create(kind="safety", onset=1, evidence={"item": "9"}, **alert)
    AlertStep.objects.create(alert=safety, after="open", text=world.TEXT)
    return found


def end(episode, days_ago):
    episode.started_on = timezone.localdate() - timedelta(days=days_ago + 30)
    episode.ended_on = timezone.localdate() - timedelta(days=days_ago)
    episode.save()


def administrator(made):
    return house.actor(made.people["administrator"])


def erase(made):
    """Plan it, and let the days go by."""
    erasure.plan(client=made.episode.client, reason="asked", by=administrator(made))
    Erasure.objects.update(due_at=timezone.now())
    erasure.carry_out_due()


def everything_stored():
    """Give every text in the database, as it is stored."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_names_texts_and_answers_go_and_what_the_law_asks_for_stays(made):
    client, account = made.episode.client, made.people["client"]
    code = client.code
    note = Note.objects.get(client=client)
    EarlierNote.objects.create(note=note, text="Said at first")
    erase(made)
    client = Client.objects.get(pk=client.pk)
    assert (client.name, client.email, client.account) == ("", "", None)
    assert client.erased_at
    assert not Person.objects.filter(pk=account.pk).exists()
    mine = {"checkin__session__episode__client": client}
    assert not Answer.objects.filter(**mine).exists()
    assert not Comment.objects.filter(**mine).exists()
    assert not Note.objects.filter(client=client).exists()
    assert not EarlierNote.objects.exists()
    assert not Score.objects.filter(episode__client=client).exists()
    assert not CheckIn.objects.filter(session__episode__client=client).exists()
    kept = Alert.objects.get(episode__client=client)
    assert (kept.kind, kept.evidence, kept.steps.get().text) == ("safety", {}, "")
    assert BreakGlass.objects.get(client=client).reason == ""
    assert Session.objects.filter(episode__client=client).count() == 2
    assert Event.objects.filter(client_id=str(client.pk), action="erasure.done").exists()
    assert check_chain(str(made.episode.client.site_id)).whole
    stored = everything_stored()
    assert world.NAME not in stored
    assert f"'{code}'" not in stored


def test_nobody_elses_record_is_touched(made):
    neighbour = made.people["colleague"].episodes.get()
    before = (neighbour.client.name, neighbour.client.code)
    Note.objects.create(client=neighbour.client, author=made.people["colleague"], text="stays")
    erase(made)
    neighbour.client.refresh_from_db()
    assert (neighbour.client.name, neighbour.client.code) == before
    assert Note.objects.get(client=neighbour.client).text == "stays"


def test_nothing_goes_before_its_day_and_it_can_be_called_off(made):
    client = made.episode.client
    planned = erasure.plan(client=client, reason="asked", by=administrator(made))
    erasure.carry_out_due()
    assert Answer.objects.filter(checkin__session__episode__client=client).count() == 2
    erasure.call_off(erasure=planned, note="the law forbids it", by=administrator(made))
    Erasure.objects.update(due_at=timezone.now())
    erasure.carry_out_due()
    client.refresh_from_db()
    assert client.erased_at is None
    planned.refresh_from_db()
    assert (planned.state, planned.note) == ("off", "the law forbids it")


def test_links_stop_working_at_once(made):
    erasure.plan(client=made.episode.client, reason="asked", by=administrator(made))
    assert not Token.objects.filter(revoked_at__isnull=True).exists()


def test_a_record_in_care_is_not_erased(made):
    made.episode.ended_on = None
    made.episode.save()
    with pytest.raises(Refused, match="Care goes on"):
        erasure.plan(client=made.episode.client, reason="asked", by=administrator(made))


def test_done_twice_is_done_once(made):
    erase(made)
    found = Erasure.objects.get()
    with pytest.raises(Refused):
        erasure.move(found, Erasure.State.DONE, done_at=timezone.now())


@pytest.mark.parametrize("who", ["therapist", "supervisor", "manager"])
def test_only_administrators_erase(made, who):
    with pytest.raises(PermissionDenied):
        erasure.plan(client=made.episode.client, reason="asked", by=house.actor(made.people[who]))


def test_an_administrator_elsewhere_finds_no_such_record(made):
    elsewhere = house.actor(made.people["administrator elsewhere"])
    with pytest.raises(Http404):
        erasure.plan(client=made.episode.client, reason="asked", by=elsewhere)


def test_a_client_asks_the_administrator_decides_and_the_client_may_take_it_back(client, made):
    own = house.own(made.episode.client)
    asked = erasure.ask(client=made.episode.client, by=own)
    assert erasure.ask(client=made.episode.client, by=own) == asked
    house.sign_in(client, made.people["administrator"])
    text = client.get(reverse("erasures")).content.decode()
    assert "asked for by the client" in text
    assert world.NAME not in text
    place = reverse("client_erase", args=[made.episode.client.pk])
    client.post(place, {"code": "not the code"})
    asked.refresh_from_db()
    assert asked.state == "asked"
    client.post(place, {"code": made.episode.client.code})
    asked.refresh_from_db()
    assert asked.state == "due"
    erasure.call_off(erasure=asked, by=own)
    assert erasure.open_erasure(made.episode.client) is None


def test_records_kept_long_enough_are_listed_and_nothing_goes_by_itself(made):
    site = made.episode.client.site
    site.retention_months = 12
    site.save()
    today = timezone.localdate()
    assert not erasure.kept_long_enough(site, today).exists()
    for episode in made.episode.client.episodes.all():
        end(episode, days_ago=400)
    assert [*erasure.kept_long_enough(site, today)] == [made.episode.client]
    again = made.episode.client.episodes.create(started_on=today)
    assert not erasure.kept_long_enough(site, today).exists()
    again.delete()
    erasure.carry_out_due()
    assert [*erasure.kept_long_enough(site, today)] == [made.episode.client]
    erasure.plan(client=made.episode.client, reason="retention", by=administrator(made))
    assert not erasure.kept_long_enough(site, today).exists()


def test_months_are_counted_back_to_days_that_exist():
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 13) == date(2024, 12, 15)
    assert months_before(date(2024, 3, 29), 120) == date(2014, 3, 29)


def test_looking_at_what_is_to_be_erased_is_recorded(client, made):
    house.sign_in(client, made.people["administrator"])
    client.get(reverse("client_erase", args=[made.episode.client.pk]))
    event = Event.objects.get(action="erasure.read")
    assert event.client_id == str(made.episode.client.pk)
    erasure.plan(client=made.episode.client, reason="asked", by=administrator(made))
    client.get(reverse("erasures"))
    assert Event.objects.get(action="erasures.read").detail == {"clients": 1}


def test_a_record_whose_care_has_begun_again_is_not_erased(made):
    erasure.plan(client=made.episode.client, reason="asked", by=administrator(made))
    Erasure.objects.update(due_at=timezone.now())
    made.episode.ended_on = None
    made.episode.save()
    erasure.carry_out_due()
    planned = Erasure.objects.get()
    assert planned.state == Erasure.State.DUE
    with pytest.raises(Refused, match="Care goes on"):
        erasure.carry_out(erasure=planned, by=administrator(made))
    assert Client.objects.get(pk=made.episode.client_id).erased_at is None


def test_a_request_is_told_to_administrators_and_its_answer_to_the_client(client, made):
    own, by = house.own(made.episode.client), administrator(made)
    asked = erasure.ask(client=made.episode.client, by=own)
    work_once(kinds=MAILS)
    assert [one.to for one in mail.outbox] == [[by.person.email]]
    with pytest.raises(Refused, match="Say why"):
        erasure.call_off(erasure=asked, note=" ", by=by)
    erasure.call_off(erasure=asked, note="The law asks for ten years.", by=by)
    work_once(kinds=MAILS)
    assert mail.outbox[1].to == [made.people["client"].email]
    assert "/me/rights/" in mail.outbox[1].body
    said = "".join(f"{one.subject} {one.body}" for one in mail.outbox)
    assert made.episode.client.code not in said
    assert "ten years" not in said
    assert world.NAME not in said
    house.sign_in(client, made.people["client"])
    assert "The law asks for ten years." in client.get("/me/rights/").content.decode()
    with zipfile.ZipFile(io.BytesIO(client.post("/me/rights/export").content)) as file:
        assert b"The law asks for ten years." in file.read("csv/erasures.csv")
    again = erasure.ask(client=made.episode.client, by=own)
    erasure.call_off(erasure=again, by=own)
    work_once(kinds=MAILS)
    assert len(mail.outbox) == 2
    assert "ten years" not in client.get("/me/rights/").content.decode()


def test_a_client_without_an_account_is_told_too(made):
    client = made.people["colleague"].episodes.get().client
    client.email, client.account = "someone@example.org", None
    client.save()
    end(client.episodes.get(), days_ago=1)
    erasure.plan(client=client, reason="asked", by=administrator(made))
    work_once(kinds=MAILS)
    assert mail.outbox[0].to == ["someone@example.org"]
    assert "ask your therapist or the service" in mail.outbox[0].body


def test_the_last_word_is_sent_when_all_is_gone_and_nothing_of_it_is_kept(made):
    email = made.people["client"].email
    erase(made)
    mail.outbox.clear()
    assert email not in everything_stored()
    work_once(kinds=MAILS)
    assert [(one.to, "has been erased" in one.body) for one in mail.outbox] == [([email], True)]
    assert "sealed" not in str([*Job.objects.values_list("payload", flat=True)])
    assert email not in everything_stored()


def test_a_last_word_that_could_not_be_sent_is_forgotten_too(made):
    erase(made)
    long_ago = timezone.now() - timedelta(days=31)
    assert Job.objects.filter(kind="sign-in.mail").update(failed_at=long_ago) == 1
    tidy()
    assert not Job.objects.filter(kind="sign-in.mail").exists()
