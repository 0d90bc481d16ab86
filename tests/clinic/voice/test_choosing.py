"""A client chooses what becomes of low answers: in an account, by a link, on a tablet."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.models import Answer
from attunement.clinic.noticing.models import Alert, Score
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.voice.actions.choosing import choose
from attunement.clinic.voice.actions.words import change
from attunement.clinic.voice.models import Matter, Word
from attunement.clinic.voice.states import Action
from support import house
from support.noticing_help import answer, course

NAME = "answer:session-check-in:"
ITEMS = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")


@pytest.fixture
def mine(therapist):
    return house.episode(therapist, "Maya R.", account=house.person("Maya"))


@pytest.fixture
def signed_in(client, mine):
    return house.sign_in(client, mine.client.account)


def fields(value="8", audience="", **others):
    given = {NAME + item: value for item in ITEMS} | {
        NAME + item: worth for item, worth in others.items()
    }
    if audience:
        given |= {name.replace("answer", "audience", 1): audience for name in others_of(others)}
    return given


def others_of(others):
    return [NAME + item for item in others]


def due_now(episode, number=1):
    return house.checkin(house.session(episode, number, status="planned"))


def answered_in_account(browser, episode, number=1, **given):
    due = due_now(episode, number)
    browser.post(f"/me/check-ins/{due.pk}", fields(**given))
    due.refresh_from_db()
    return due


def text(page):
    return page.content.decode()


def test_low_answers_are_named_and_four_equal_choices_offered(signed_in, mine):
    due = answered_in_account(signed_in, mine, safe="2", heard="3")
    page = text(signed_in.get(f"/me/check-ins/{due.pk}"))
    assert "2 answers stand out" in page
    assert "feeling safe to speak" in page
    assert re.findall(r'name="choice" value="([\w-]+)"', page) == [
        "tell",
        "help",
        "service",
        "self",
    ]
    assert "checked" not in page.split('class="choices"')[1].split("</fieldset>")[0]
    assert "There is something I find hard to say here" in page
    assert "You can also skip this" in page


@pytest.mark.parametrize(
    ("settled", "named"), [("", "nothing was said about whether"), ("2", "tension that was not")]
)
def test_tension_is_named_as_it_was_told_and_not_as_a_low_answer(signed_in, mine, settled, named):
    due = answered_in_account(signed_in, mine, tension="8", settled=settled)
    page = text(signed_in.get(f"/me/check-ins/{due.pk}"))
    assert "One answer stands out" in page
    assert f"<li>{named}" in page.replace("tension; ", "")
    assert "It is not easy to speak of tension" in page
    assert "a low answer" not in page


def test_where_nothing_is_low_one_thing_that_could_be_better_is_asked_for(signed_in, mine):
    due = answered_in_account(signed_in, mine, value="10")
    page = text(signed_in.get(f"/me/check-ins/{due.pk}"))
    assert "If that is how it was, we are glad" in page
    assert "stand out" not in page
    sent = {"what": "choose", "choice": "help", "text": ""}
    page = text(signed_in.post(f"/me/check-ins/{due.pk}/voice", sent, follow=True))
    assert "Write a few words first" in page
    assert not Matter.objects.exists()


@pytest.mark.parametrize(
    ("choice", "audience"),
    [("tell", "therapist"), ("help", "later"), ("service", "service"), ("self", "self")],
)
def test_a_choice_gives_the_low_answers_their_audience_and_leaves_the_others(
    signed_in, mine, choice, audience
):
    due = answered_in_account(signed_in, mine, audience="self", safe="2")
    sent = {"what": "choose", "choice": choice, "text": "My own words"}
    page = text(signed_in.post(f"/me/check-ins/{due.pk}/voice", sent, follow=True))
    assert "Your choice is kept" in page
    assert Answer.objects.get(item="safe").audience == audience
    assert set(Answer.objects.exclude(item="safe").values_list("audience", flat=True)) == {
        "therapist"
    }
    made = Matter.objects.get()
    assert (made.choice, made.items) == (choice, ["safe"])
    assert made.text == ("My own words" if choice in {"tell", "help"} else "")


@pytest.mark.parametrize(
    ("choice", "written", "kept"),
    [
        ("tell", "", ""),
        ("tell", "Wombat", "Wombat"),
        ("help", "", "There is something I find hard to say here"),
    ],
)
def test_the_sentence_to_begin_with_is_never_told_as_if_the_client_had_said_it(
    signed_in, mine, choice, written, kept
):
    due = answered_in_account(signed_in, mine, safe="2")
    page = text(signed_in.get(f"/me/check-ins/{due.pk}"))
    fields_ = dict(re.findall(r'<textarea[^>]* name="(text|sentence)"[^>]*>(.*?)</textarea>', page))
    assert fields_["text"] == ""
    sent = {"what": "choose", "choice": choice, **fields_, "text": written}
    signed_in.post(f"/me/check-ins/{due.pk}/voice", sent)
    assert Matter.objects.get().text.startswith(kept)
    assert bool(Matter.objects.get().text) == bool(kept)


def test_telling_the_therapist_reckons_everything_anew(signed_in, mine):
    course(mine, (8, 9, 8, 9, 8))
    low = dict.fromkeys(ITEMS, "1")
    due = answered_in_account(signed_in, mine, 6, audience="self", **low)
    assert not Alert.objects.filter(kind="drop").exists()
    sent = {"what": "choose", "choice": "tell", "text": ""}
    signed_in.post(f"/me/check-ins/{due.pk}/voice", sent)
    assert Score.objects.get(number=6, scale="session-check-in.alliance", private=False).value == 1
    assert Alert.objects.filter(kind="drop").exists()


def test_choosing_twice_changes_nothing_and_looks_alike_in_the_audit(signed_in, mine):
    due = answered_in_account(signed_in, mine, safe="2")
    by = house.own(mine.client)
    first = choose(checkin=due, choice="self", by=by)
    assert choose(checkin=due, choice="tell", by=by) == first
    assert Matter.objects.get().choice == "self"
    events = Event.objects.filter(action__startswith="voice.")
    assert [(one.action, one.detail) for one in events] == [("voice.kept", {})]


def test_nobody_chooses_for_someone_else(mine, therapist):
    checkin = answer(mine, safe=2).checkin
    with pytest.raises(Http404):
        choose(checkin=checkin, choice="tell", by=Actor.holder(house.episode(therapist).client))
    with pytest.raises(PermissionDenied):
        choose(checkin=checkin, choice="tell", by=house.actor(therapist))
    with pytest.raises(Http404):
        choose(checkin=checkin, choice="shout", by=house.own(mine.client))


def test_an_answer_that_this_account_does_not_show_is_neither_named_nor_changed(signed_in, mine):
    checkin = answer(mine, audience="self", safe=2).checkin
    with pytest.raises(Refused):
        choose(checkin=checkin, choice="tell", by=house.own(mine.client))
    page = text(signed_in.get(f"/me/check-ins/{checkin.pk}"))
    assert "stand" not in page
    assert set(Answer.objects.values_list("audience", flat=True)) == {"self"}


@pytest.fixture
def link(mine, therapist):
    made = invite(checkin=due_now(mine), purpose="link", by=house.actor(therapist))
    return f"/c/{made.secret}"


def test_by_a_link_the_browser_that_answered_chooses_and_no_other(client, link, mine):
    from django.test import Client

    client.post(link, fields(safe="2"))
    page = text(client.get(link + "/thanks"))
    assert "One answer stands out" in page
    sent = {"what": "choose", "choice": "help", "text": "I was afraid to say it."}
    other = Client().post(link + "/voice", sent)
    assert other.status_code == 410
    assert not Matter.objects.exists()
    page = text(client.post(link + "/voice", sent, follow=True))
    assert "I was afraid to say it." in page
    assert 'class="code"' in page
    assert Matter.objects.get().account is None


def test_what_was_written_by_a_link_is_seen_again_with_the_code_alone(client, link, mine):
    from attunement.clinic.checkins.selectors.kept import code_of

    client.post(link, fields(safe="2"))
    client.post(link + "/voice", {"what": "choose", "choice": "help", "text": "Wombat"})
    checkin = Matter.objects.get().checkin
    house.sign_in(client, mine.client.account)
    assert "Wombat" not in text(client.get("/me/voice")) + text(client.get("/me/"))
    other = invite(checkin=due_now(mine, 2), purpose="mail", by=house.actor(mine.therapist)).secret
    page = text(client.get(f"/c/{other}/brought"))
    assert "Wombat" not in page
    wrong = text(client.post(f"/c/{other}/brought", {"code": "AAAA-AAAA-AAAA"}))
    assert "does not fit" in wrong
    assert "Wombat" not in wrong
    assert "Wombat" in text(client.post(f"/c/{other}/brought", {"code": code_of(checkin)}))
    client.post(f"/me/check-ins/{checkin.pk}/open", {"code": code_of(checkin)})
    assert "Wombat" in text(client.get("/me/voice"))


def test_who_writes_to_the_service_by_a_link_is_given_the_code_that_shows_the_answer(
    client, link, mine, manager
):
    client.post(link, fields(value="9"))
    assert 'class="code"' not in text(client.get(link + "/thanks"))
    sent = {"what": "write", "kind": "change", "text": ""}
    page = text(client.post(link + "/voice", sent, follow=True))
    code = re.search(r'class="code"[^>]*>([^<]+)<', page)[1]
    word, staff = Word.objects.get(), house.actor(manager)
    change(word=word, action=Action.READ, by=staff)
    change(word=word, action=Action.ANSWER, text="We will mend it.", by=staff)
    assert "We will mend it." in text(client.post(link + "/brought", {"code": code}))


def test_the_page_for_the_code_is_the_same_whether_there_is_something_or_not(
    client, therapist, mine
):
    nothing = house.episode(therapist, "Tom K.")
    course(nothing, (8,))
    answer(mine, safe=2)
    choose(
        checkin=mine.sessions.get().checkins.get(),
        choice="help",
        text="Wombat",
        by=Actor.holder(mine.client),
    )
    pages = []
    for episode in (nothing, mine):
        secret = invite(
            checkin=due_now(episode, 2), purpose="link", by=house.actor(therapist)
        ).secret
        page = text(client.get(f"/c/{secret}/brought")).replace(secret, "")
        pages.append(re.sub(r'(csrfmiddlewaretoken|X-CSRFToken)"[^>]*', "", page))
    assert pages[0] == pages[1]


def test_on_a_tablet_nothing_is_named_and_the_offer_is_there_for_everyone(client, therapist, mine):
    for value in ("2", "9"):
        house.sign_in(client, therapist)
        episode = house.episode(therapist)
        due = due_now(episode)
        client.post(f"/check-ins/{due.pk}/tablet")
        client.post("/tablet", fields(safe=value))
        page = text(client.get("/tablet"))
        assert "stand" not in page
        assert "feeling safe" not in page
        assert "One thing that could be better" in page
    after = re.search(r'name="after" value="([^"]+)"', page)[1]
    sent = {"what": "choose", "choice": "help", "text": "Slower, please", "after": after}
    page = text(client.post("/tablet/voice", sent))
    assert "Your choice is kept" in page
    assert Matter.objects.get().text == "Slower, please"
    assert "Slower" not in text(client.get("/tablet"))


def test_a_key_of_a_tablet_ends_after_some_minutes(client, therapist, mine):
    import time_machine

    house.sign_in(client, therapist)
    due = due_now(mine)
    client.post(f"/check-ins/{due.pk}/tablet")
    client.post("/tablet", fields(safe="2"))
    after = re.search(r'name="after" value="([^"]+)"', text(client.get("/tablet")))[1]
    sent = {"what": "choose", "choice": "self", "after": after}
    with time_machine.travel("2090-01-01"):
        assert "The time to choose here is over" in text(client.post("/tablet/voice", sent))
    assert "is over" in text(client.post("/tablet/voice", sent | {"after": "made-up"}))
    assert not Matter.objects.exists()


def test_a_client_without_a_therapist_is_not_asked_to_tell_one(here, client):
    manager = house.staff(Role.MANAGER, here)
    account = house.person()
    therapist = house.staff(Role.THERAPIST, here)
    episode = house.episode(therapist, account=account)
    episode.therapist = None
    episode.save()
    due = answered_in_account(house.sign_in(client, account), episode, safe="2")
    page = text(client.get(f"/me/check-ins/{due.pk}"))
    assert re.findall(r'name="choice" value="([\w-]+)"', page) == ["service", "self"]
    assert manager.active


def test_what_is_written_at_the_ways_of_a_link_comes_back_with_the_same_code(client, link, mine):
    from attunement.clinic.checkins.selectors.kept import code_of

    client.post(link, fields(safe="2"))
    client.post(link + "/voice", {"what": "choose", "choice": "self", "text": ""})
    client.post(link + "/voice", {"what": "bring", "choice": "help", "text": "Wombat"})
    checkin = mine.sessions.get().checkins.get()
    page = text(client.post(link + "/brought", {"code": code_of(checkin)}))
    assert "Wombat" in page
    assert "feeling safe to speak" in page
    house.sign_in(client, mine.client.account)
    assert "Wombat" not in text(client.get("/me/voice"))
