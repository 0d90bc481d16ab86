"""An answer kept back after it was given: staff see what they would see had it been left out."""

import io
import json
import re
import zipfile

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.audit.record import audit
from attunement.clinic.audit.selectors import Filters, find
from attunement.clinic.checkins.actions.answering import change_audience, change_comment_audience
from attunement.clinic.checkins.models import Answer, CheckIn, Comment
from attunement.clinic.noticing.actions import acknowledge
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.permissions import Role
from attunement.clinic.service.counting import count_site
from attunement.clinic.voice.actions.choosing import choose
from attunement.clinic.voice.actions.words import write
from attunement.clinic.voice.models import Word
from support import house
from support.noticing_help import answer

NEUTRAL = "What was noticed here no longer stands. Nothing has to be done about it."
SAID = ("there was tension", "stood out", "Told us of tension", "Well below")


@pytest.fixture
def told(therapist, supervisor, manager):
    """Maya has told of tension, and it was noticed."""
    episode = house.episode(therapist, "Maya R.", account=house.person("Maya R."))
    mine = house.own(episode.client)
    given = answer(episode, number=1, value=8, tension=9, by=mine)
    return given.checkin, Alert.objects.get(), mine


@pytest.mark.parametrize("choice", ["self", "service", "help"])
@pytest.mark.parametrize("taken_on", [False, True])
def test_nobody_is_told_of_it_any_more(client, here, told, therapist, supervisor, choice, taken_on):
    due, alert, mine = told
    if taken_on:
        acknowledge(alert=alert, by=house.actor(therapist))
    choose(checkin=due, choice=choice, text="x", by=mine)
    assert not Answer.objects.filter(item="tension", audience="therapist").exists()
    places = ["/caseload/", f"/clients/{alert.episode_id}/", "/alerts/"]
    for who, more in ((therapist, []), (supervisor, ["/supervision/"])):
        browser = house.sign_in(client, who)
        for place in [*places, *more] if who == therapist else [*places[1:], *more]:
            page = browser.get(place).content.decode()
            assert not any(words in page for words in SAID), place
            neutral = taken_on and who == therapist and place == "/alerts/"
            assert (NEUTRAL in page) == neutral, place
        page = browser.get(f"/alerts/{alert.pk}/")
        assert page.status_code == (200 if taken_on else 404)
        assert not any(words in page.content.decode() for words in SAID)
    counted = count_site(here).numbers["alerts"]
    assert (sum(counted["open"].values()), counted["closed"]) == (0, 0)


def test_the_copy_of_the_record_says_nothing_of_what_it_was_about(client, told, therapist):
    due, alert, mine = told
    acknowledge(alert=alert, by=house.actor(therapist))
    choose(checkin=due, choice="self", by=mine)
    browser = house.sign_in(client, therapist)
    browser.post("/account/reauthenticate/", {"password": house.PASSWORD})
    page = browser.post(f"/clients/{alert.episode_id}/export/")
    archive = zipfile.ZipFile(io.BytesIO(page.content))
    (row,) = json.loads(archive.read("json/alerts.json"))
    assert [row[name] for name in ("kind", "onset", "scale", "evidence")] == [None] * 4
    visits = {one["action"] for one in json.loads(archive.read("json/visits.json"))}
    assert "alert.opened" not in visits


def test_an_administrator_who_is_the_therapist_does_not_read_it_in_the_audit(
    client, here, told, therapist
):
    house.staff(Role.ADMINISTRATOR, here, who=therapist.person)
    due, _alert, mine = told
    browser = house.sign_in(client, therapist.person)
    assert "alert.opened" in browser.get("/audit/").content.decode()
    choose(checkin=due, choice="self", by=mine)
    page = browser.get("/audit/").content.decode()
    assert "alert.opened" not in page
    assert "alert-withdrawn" not in page


def test_no_numbers_of_links_tell_a_therapist_that_something_is_not_shown(
    client, here, told, therapist, manager
):
    house.staff(Role.ADMINISTRATOR, here, who=therapist.person)
    other = house.staff(Role.ADMINISTRATOR, here)
    due, _alert, mine = told
    choose(checkin=due, choice="self", by=mine)
    write(client=mine.client, kind="word", text="x", named=False, by=mine)
    numbers = re.compile(r'class="number"')
    page = house.sign_in(client, therapist.person).get("/audit/").content.decode()
    assert not numbers.search(page)
    assert "voice." not in re.sub(r"<option.*?</option>", "", page)
    page = house.sign_in(client, other).get("/audit/").content.decode()
    assert numbers.search(page)
    assert "voice.word-written" in page


def test_pages_of_the_audit_follow_each_other_without_numbers(here, told, therapist):
    by = house.actor(therapist)
    client = told[2].client
    for place in range(120):
        with transaction.atomic():
            audit(by, f"note.{place}", client, client=client)
            audit(told[2], "voice.kept", client, client=client)
    seen, before = [], None
    while before is not None or not seen:
        found = find(here, Filters(before=before), therapist.person)
        seen += [one.action for one in found.events]
        before = found.next
        assert before is None or before % 50 == 0
    assert seen[:120] == [f"note.{place}" for place in reversed(range(120))]
    assert len(seen) == len(set(seen))


def test_an_unnamed_word_is_in_the_audit_without_the_client(client, here, told, manager):
    mine = told[2]
    for named in (True, False):
        word = write(client=mine.client, kind="word", text="x", named=named, by=mine)
        house.sign_in(client, manager).get(f"/words/{word.pk}/")
        events = Event.objects.filter(action__startswith="voice.word", target_id=str(word.pk))
        assert {one.action for one in events} == {
            "voice.word-written", "voice.word-read", "voice.word-opened",
        }  # fmt: skip
        assert {one.client_id for one in events} == {str(mine.client.pk) if named else ""}
        assert not any(one.detail for one in events)


def test_what_stands_beside_an_unnamed_word_in_the_audit_does_not_name_its_client(
    client, told, manager
):
    mine = told[2].client
    with time_machine.travel("2026-03-04T13:47:00Z", tick=False):
        browser = house.sign_in(client, mine.account)
        browser.get("/me/voice/ways")
        sent = {"what": "write", "kind": "word", "text": "x", "unnamed": "yes"}
        assert browser.post("/me/voice", sent, follow=True).status_code == 200
        beside = Event.objects.filter(at=timezone.now())
        actions = list(beside.filter(action__startswith="voice.").values_list("action", flat=True))
        assert sorted(actions) == ["voice.page-read", "voice.page-read", "voice.word-written"]
        assert not beside.exclude(client_id="").exists()
        assert not beside.filter(target_id__in=[mine.pk, mine.account_id]).exists()
    word = Word.objects.get()
    page = house.sign_in(client, manager).get(f"/words/{word.pk}/").content.decode()
    assert "4 March 2026" in page
    assert ":47" not in page


def test_the_record_tells_its_therapist_of_no_audience_and_its_client_of_every_one(
    client, told, therapist
):
    due, _alert, mine = told
    CheckIn.objects.filter(pk=due.pk).update(account=mine.person)
    change_audience(answer=due.answers.get(item="heard"), audience="self", by=mine)
    comment = Comment.objects.create(checkin=due, text="x")
    change_comment_audience(comment=comment, audience="self", by=mine)
    word = write(client=mine.client, kind="word", text="x", named=False, by=mine)
    changed = {"answer.audience-changed", "comment.audience-changed"}
    assert not any(one.detail for one in Event.objects.filter(action__in=changed))
    browser = house.sign_in(client, therapist)
    browser.post("/account/reauthenticate/", {"password": house.PASSWORD})
    assert not changed & visits(browser.post(f"/clients/{told[1].episode_id}/export/"))
    browser = house.sign_in(client, mine.client.account)
    assert changed | {"voice.word-written"} <= visits(browser.post("/me/rights/export"))
    assert not word.named


def visits(page):
    """Read from a copy of a record what was done with it."""
    archive = zipfile.ZipFile(io.BytesIO(page.content))
    return {one["action"] for one in json.loads(archive.read("json/visits.json"))}
