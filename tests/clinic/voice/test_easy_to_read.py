"""Everything that a client reads asks for no more than grade 7 of school."""

import re

import pytest
from django.test import Client

from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.people.models import Client as Someone
from attunement.clinic.privacy.models import Consent
from attunement.clinic.voice.actions.choosing import bring_up
from attunement.measures.instruments.catalogue import library
from support import house, world
from support.noticing_help import answer
from support.reading_level import grade, prose, require_readable, text_of

OWN = ("/me/", "/me/voice", "/me/voice/ways", "/me/formulation", "/me/rights/")
FIELDS = {f"answer:session-check-in:{item}": "1" for item in ("heard", "safe", "way", "takeaway")}


@pytest.fixture
def made(here, elsewhere):
    """A world in which the client has poor sessions behind them."""
    found = world.build(here, elsewhere)
    by = house.own(Someone.objects.get(pk=found.episode.client_id))
    for number in (3, 4, 5):
        due = house.checkin(house.session(found.episode, number, status="planned"))
        answer(found.episode, number=number, checkin=due, by=by, value=7, heard=1, takeaway=1)
    for choice in ("help", "tell", "other-way"):
        bring_up(episode=found.episode, choice=choice, text="I want to say it.", by=by)
    return found


def read(answer_):
    """Give what a page says in its sentences."""
    return text_of(answer_.content.decode())


@pytest.mark.parametrize("place", OWN)
def test_a_clients_own_pages_are_easy_to_read(client, made, place):
    browser = house.sign_in(client, made.people["client"])
    page = browser.get(place)
    assert page.status_code == 200
    require_readable(read(page))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_check_in_its_thanks_and_its_choices_are_easy_to_read(client, made, moment):
    forms = ("session-check-in",) if moment == "after" else ("phq9", "gad7")
    due = house.checkin(
        house.session(made.episode, 9, status="planned"), moment=moment, instruments=forms
    )
    link = (
        "/c/" + invite(checkin=due, purpose="mail", by=house.actor(made.people["therapist"])).secret
    )
    form = read(client.get(link))
    require_readable(licensed_out(form))
    sent = FIELDS if moment == "after" else {"answer:phq9:9": "2"}
    client.post(link, sent)
    require_readable(read(client.get(link + "/thanks")))
    answered = read(Client().get(link))
    assert "These questions are answered" in answered
    require_readable(answered)
    assert CheckIn.objects.get(pk=due.pk).state == "answered"


def licensed_out(text):
    """Leave out the wording of licensed instruments, which nobody may change."""
    theirs = {
        one.text for name in ("phq9", "gad7") for one in library()[name].items if one.text
    } | {library()[name].instruction for name in ("phq9", "gad7")}
    return "\n".join(line for line in text.split("\n") if line not in theirs)


def test_the_question_for_a_yes_and_what_to_do_with_a_code_are_easy_to_read(client, made):
    Consent.objects.all().delete()
    due = house.checkin(house.session(made.episode, 10, status="planned"))
    link = (
        "/c/" + invite(checkin=due, purpose="link", by=house.actor(made.people["therapist"])).secret
    )
    require_readable(read(client.get(link)))
    Consent.objects.create(client=made.episode.client, version="1")
    require_readable(read(client.get(link + "/brought")))


@pytest.mark.parametrize("standing", ["c/unknown", "tablet"])
def test_a_way_that_leads_nowhere_says_so_in_easy_words(client, made, standing):
    require_readable(read(client.get(f"/{standing}")))


def test_our_own_instrument_is_easy_to_read():
    form = library()["session-check-in"]
    said = [form.instruction, *(item.text or "" for item in form.items)]
    said += [item.help for item in form.items if item.help]
    require_readable("\n".join(said))


def test_the_measure_itself_is_not_flattered_by_labels():
    assert (
        prose("Yes\nNo\nKeep my choice\nThis is a whole sentence.") == "This is a whole sentence."
    )
    assert grade("") == 0
    assert re.search("[A-Z]", prose("Here is one more line of text"))
