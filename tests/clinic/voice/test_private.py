"""A private answer shapes the client's own page and nothing else: as if it had been left out.

Maya keeps one answer to herself, uses her voice in every private way, and writes to the service.
Her twin leaves that answer out and does nothing. Whatever anyone in their care is shown, handed
out or counted must be the same for both.
"""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import Comment
from attunement.clinic.jobs.models import Job
from attunement.clinic.noticing.models import Alert, Score
from attunement.clinic.service.counting import count_site
from attunement.clinic.voice.actions.choosing import bring_up, choose
from attunement.clinic.voice.actions.matters import Outcome, move
from attunement.clinic.voice.actions.words import change, write
from attunement.clinic.voice.states import Action
from support import house
from support.noticing_help import answer

WORDS = "Wombats keep me awake"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FORMS = re.compile(r'<form [^>]*action="/language".*?</form>', re.DOTALL)
TOKENS = re.compile(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"')
PAGES = (
    "/clients/{}/",
    "/clients/{}/print/",
    "/clients/{}/course.csv",
    "/clients/{}/formulation/",
    "/clients/{}/export/",
    "/clients/{}/details/",
)


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


KEPT = {"at once": {"safe": 0}, "afterwards": {"safe": 0, "tension": 9, "settled": 0}}


def live(episode, *, private, later=False):
    """Come five times; at the sixth keep an answer private, or leave it out.

    What is kept ``later`` is told the therapist first, with much that calls for an alert.
    """
    account = house.own(episode.client)
    for number in range(1, 6):
        due = house.checkin(house.session(episode, number, days_ago=7 * (7 - number)))
        answer(episode, number=number, checkin=due, value=8, by=account)
    due = house.checkin(house.session(episode, 6, days_ago=1))
    given = {item: 8 for item in EIGHT if item != "safe"}
    kept = KEPT["afterwards" if later else "at once"]
    sent(due, given | (kept if private else {}), account, "therapist" if later else "self")
    return due


EIGHT = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")


def sent(due, given, by, audience):
    from attunement.clinic.checkins.actions.answering import Said, answer_own
    from attunement.clinic.noticing.given import Given

    answers = [
        Given(
            instrument="session-check-in",
            item=item,
            value=value,
            audience=audience if item in KEPT["afterwards"] else "therapist",
        )
        for item, value in given.items()
    ]
    answer_own(checkin=due, said=Said(answers=answers), by=by)


def speak(episode, due, manager):
    """Use one's voice in every private way there is."""
    by = house.own(episode.client)
    choose(checkin=due, choice="help", text=WORDS, by=by)
    one = bring_up(episode=episode, choice="help", text=WORDS, by=by)
    outcome = Outcome(went="worse", helped=["nothing"], how=WORDS)
    move(matter=one, to="raised", outcome=outcome, by=by)
    for kind in ("word", "change"):
        word = write(client=episode.client, kind=kind, text=WORDS, by=by)
        change(word=word, action=Action.READ, by=house.actor(manager))
        change(word=word, action=Action.ANSWER, text=WORDS, by=house.actor(manager))


@pytest.fixture(params=KEPT)
def twins(request, clock, therapist, supervisor, manager):
    """Maya, who keeps an answer private, at once or afterwards, and her twin who left it out."""
    made, later = [], request.param == "afterwards"
    for private in (True, False):
        episode = house.episode(therapist, "Twin T.", account=house.person("Twin T."))
        due = live(episode, private=private, later=later)
        if private:
            assert Alert.objects.filter(episode=episode).exists() == later
            speak(episode, due, manager)
        made.append(episode)
    return made


def plain(page, episode):
    """Leave out what differs between any two clients: ids, codes, tokens."""
    body = FORMS.sub("", page.content.decode())
    body = TOKENS.sub("", UUID.sub("ID", body)).replace(episode.client.code, "CODE")
    body = body.replace(episode.client.account.email, "MAIL")
    body = re.sub(r'<option value="\d+"', "<option", body)
    return re.sub(r"/(sessions|check-ins|correct)/\d+", r"/\1/N", body)


@pytest.mark.parametrize("who", ["therapist", "supervisor"])
def test_every_page_about_the_client_is_the_same_as_if_it_had_been_left_out(
    client, request, twins, who
):
    browser = house.sign_in(client, request.getfixturevalue(who))
    for place in PAGES:
        mine, other = (plain(browser.get(place.format(one.pk)), one) for one in twins)
        assert mine == other, place
        assert "Wombat" not in mine


def test_in_the_caseload_both_stand_alike(client, twins, therapist):
    page = house.sign_in(client, therapist).get("/caseload/").content.decode()
    rows = re.findall(r"<li[^>]*>(?:(?!</li>).)*?Twin T\.", page, re.DOTALL)
    assert len(rows) == 2
    assert UUID.sub("ID", rows[0]) == UUID.sub("ID", rows[1])


def test_what_is_noticed_scored_and_due_is_the_same(twins):
    def noticed(episode):
        fields = [one.name for one in Score._meta.fields if one.name not in {
            "id", "episode", "session", "checkin",
        }]  # fmt: skip
        return (
            list(
                Score.objects.filter(episode=episode, private=False)
                .order_by("scale", "number")
                .values(*fields)
            ),
            list(Alert.objects.filter(episode=episode).values("kind", "onset", "evidence")),
            list(episode.ruptures.values("scale", "onset", "depth")),
        )

    assert noticed(twins[0]) == noticed(twins[1])
    assert not Job.objects.filter(payload__icontains="voice").exists()


def packed(browser, episode):
    """Take the therapist's copy of a record, without ids and moments."""
    page = browser.post(f"/clients/{episode.pk}/export/")
    archive = zipfile.ZipFile(io.BytesIO(page.content))
    return {
        name: re.sub(
            r'"(id|checkin|checkin_id|episode)": [^,\n}]+',
            "",
            UUID.sub("ID", archive.read(name).decode()),
        )
        .replace(episode.client.code, "CODE")
        .replace(episode.client.account.email, "MAIL")
        for name in archive.namelist()
        if name.endswith(".json")
    }


def test_the_therapists_copy_of_the_record_is_the_same(client, twins, therapist):
    browser = house.sign_in(client, therapist)
    browser.post("/account/reauthenticate/", {"password": house.PASSWORD})
    mine, other = (packed(browser, one) for one in twins)
    assert mine.keys() == other.keys()
    for name in mine:
        assert mine[name] == other[name], name
        assert "Wombat" not in mine[name]
    assert json.loads(mine["json/words.json"]) == []


def test_the_clients_own_copy_has_all_of_it(client, twins):
    browser = house.sign_in(client, twins[0].client.account)
    page = browser.post("/me/rights/export")
    archive = zipfile.ZipFile(io.BytesIO(page.content))
    matters = json.loads(archive.read("json/matters.json"))
    words = json.loads(archive.read("json/words.json"))
    steps = json.loads(archive.read("json/word-steps.json"))
    visits = json.loads(archive.read("json/visits.json"))
    assert [one["text"] for one in matters] == [WORDS] * 2
    assert [one["text"] for one in words] == [WORDS] * 2
    assert [one["text"] for one in steps if one["text"]] == [WORDS] * 2
    assert "voice.word-read" in {one["action"] for one in visits}


def test_the_managers_counts_and_the_tables_that_leave_do_not_know_of_it(
    client, here, twins, manager
):
    from attunement.clinic.exchange.tables.disguise import Days, Disguise
    from attunement.clinic.exchange.tables.rows import SOURCES, clients, first_days

    disguise = Disguise(days=Days.WEEKS, began=first_days(here), clients=clients(here))
    with_voice = count_site(here).numbers
    twins[0].matters.all().delete()
    twins[0].client.words.all().delete()
    assert count_site(here).numbers == with_voice
    page = house.sign_in(client, manager).get("/service/").content.decode()
    assert "Wombat" not in page
    for source in SOURCES:
        rows = list(source.rows(here, disguise))
        by_client = {}
        for one in rows:
            by_client.setdefault(one[0], []).append(one[1:])
        kept = [sorted(map(str, part)) for part in by_client.values()]
        if kept:
            assert kept[0] == kept[1], source.contract.name


def test_details_of_the_audit_say_neither_what_was_chosen_nor_that_something_was_low(twins):
    told = Event.objects.filter(action__startswith="voice.")
    assert told.exists()
    for event in told:
        assert event.detail == {}
    assert not Event.objects.filter(action="answer.audience-changed").exists()
    assert not any("Wombat" in json.dumps(one.detail) for one in Event.objects.all())


def test_nothing_readable_of_it_lies_in_the_database(twins):
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("voice_matter", "voice_word", "voice_wordstep"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            assert "Wombat" not in str(cursor.fetchall())
    assert not Comment.objects.exists()


def test_what_is_private_is_what_shapes_the_clients_own_page(client, twins):
    browser = house.sign_in(client, twins[0].client.account)
    page = browser.get("/me/").content.decode()
    assert WORDS in page
    due = twins[0].sessions.get(number=6).checkins.get()
    page = browser.get(f"/me/check-ins/{due.pk}").content.decode()
    assert "Your choice is kept" in page
    assert timedelta(0) <= timezone.now() - due.answered_at
