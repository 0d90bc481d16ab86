"""Whoever holds a link's address is not the client, even with every answer in hand."""

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.device import COOKIE
from attunement.clinic.checkins.models import Answer, CheckIn
from attunement.clinic.checkins.selectors.kept import code_of
from attunement.clinic.goals.models import Round
from attunement.clinic.people.models import Episode
from attunement.clinic.people.permissions import Role
from attunement.clinic.voice.models import Matter, Word
from support import house

NAME = "answer:session-check-in:"
ITEMS = ("heard", "understood", "goals", "way", "depth", "progress", "takeaway")
SHARED = {NAME + item: "7" for item in ITEMS}
KEPT = {NAME + "safe": "1", "audience:session-check-in:safe": "self"}


class Link:
    """A link that its client has answered, and that their therapist has copied."""

    def __init__(self, episode: Episode, given: dict[str, str]) -> None:
        self.episode = episode
        self.due = house.checkin(house.session(episode))
        by = house.actor(episode.therapist)
        self.secret = invite(checkin=self.due, purpose="link", by=by).secret
        self.thief = Browser()
        self.looked = house.form_of(self.thief, self.at("answer"))
        self.client = Browser()
        self.sent = house.form_of(self.client, self.at("answer")) | given
        self.client.post(self.at("answer"), self.sent)
        self.due.refresh_from_db()
        self.known = {f"{NAME}{one.item}": str(int(one.value)) for one in self.due.answers.all()}

    def at(self, name: str) -> str:
        return reverse(name, args=[self.secret])

    def replayed(self, **extra: str) -> tuple[Browser, object]:
        """Send every right answer from a browser that has only seen the form."""
        answer = self.thief.post(self.at("answer"), self.known | self.looked | extra)
        return self.thief, answer


def told_by(answer) -> tuple[int, str]:
    """Give what an answer tells, without what is new in every page."""
    page = answer.content.decode().splitlines()
    return answer.status_code, "\n".join(line for line in page if "csrf" not in line.lower())


@pytest.fixture
def link(maya):
    return Link(maya, SHARED)


def test_a_right_guess_and_a_wrong_one_get_the_same_answer(maya):
    link = Link(maya, SHARED | KEPT)
    told = set()
    for guess in range(11):
        answer = link.thief.post(
            link.at("answer"), link.known | link.looked | {NAME + "safe": str(guess)}
        )
        told.add(told_by(answer))
        assert code_of(link.due) not in link.thief.get(link.at("answer_thanks")).content.decode()
    assert len(told) == 1
    assert next(iter(told))[0] == 410


def test_nor_is_there_a_difference_for_a_browser_that_never_looked_at_the_form(maya):
    link = Link(maya, SHARED | KEPT)
    right, wrong = (
        Browser().post(link.at("answer"), link.known | {NAME + "safe": guess})
        for guess in ("1", "2")
    )
    assert told_by(right) == told_by(wrong)
    assert right.status_code == 410


def test_the_clients_own_field_in_another_browser_is_thanked_for_but_shows_nothing(maya):
    link = Link(maya, SHARED | KEPT)
    thief, _answer = link.replayed(device=link.sent["device"])
    page = thief.get(link.at("answer_thanks"))
    assert page.status_code == 410
    assert code_of(link.due) not in page.content.decode()


def test_the_code_is_shown_to_the_browser_that_answered(maya):
    link = Link(maya, SHARED | KEPT)
    assert code_of(link.due) in link.client.get(link.at("answer_thanks")).content.decode()


def test_whoever_replays_neither_sees_blind_goals_nor_is_ready_for_the_client(link):
    wish = {"do": "write", "text-0": "Find another therapist"}
    link.client.post(link.at("link_goals"), wish)
    assert "another therapist" in link.client.get(link.at("link_goals")).content.decode()
    thief, _answer = link.replayed()
    assert thief.get(link.at("link_goals")).status_code == 302
    thief.post(link.at("link_goals"), {"do": "look"})
    assert Round.objects.get().client_ready_at is None


def test_whoever_replays_reads_no_word_to_the_service_and_writes_none(maya, here):
    house.staff(Role.MANAGER, here)
    link = Link(maya, SHARED | KEPT)
    word = {"what": "write", "kind": "word", "text": "About my therapist"}
    link.client.post(link.at("answer_voice"), word)
    thief, _answer = link.replayed()
    page = thief.get(link.at("answer_thanks")).content.decode()
    assert code_of(link.due) not in page
    thief.post(link.at("answer_voice"), word | {"text": "All is fine"})
    thief.post(link.at("answer_voice"), {"what": "choose", "choice": "self", "text": ""})
    assert [one.text for one in Word.objects.all()] == ["About my therapist"]
    assert not Matter.objects.exists()
    brought = thief.post(link.at("brought"), {"code": ""}).content.decode()
    assert "About my therapist" not in brought


def test_the_same_browser_may_send_the_same_again_and_is_thanked_again(link):
    again = link.client.post(link.at("answer"), link.sent)
    assert again["Location"] == link.at("answer_thanks")
    assert link.client.get(link.at("answer_thanks")).status_code == 200
    assert Answer.objects.count() == len(ITEMS)


def test_an_answer_that_was_lost_on_the_way_is_thanked_for_when_it_is_sent_again(link):
    del link.client.cookies["answered"]
    assert link.client.get(link.at("answer_thanks")).status_code == 410
    link.client.post(link.at("answer"), link.sent)
    assert link.client.get(link.at("answer_thanks")).status_code == 200


def test_two_tabs_of_one_browser_have_one_secret(maya, therapist):
    due = house.checkin(house.session(maya))
    secret = invite(checkin=due, purpose="link", by=house.actor(therapist)).secret
    browser, address = Browser(), reverse("answer", args=[secret])
    first, second = house.form_of(browser, address), house.form_of(browser, address)
    assert first == second
    for tab in (first, second):
        assert browser.post(address, tab | SHARED).status_code == 302
        assert browser.get(reverse("answer_thanks", args=[secret])).status_code == 200


def test_a_browser_that_keeps_no_cookies_may_answer_and_send_again_but_is_not_remembered(
    maya, therapist
):
    due = house.checkin(house.session(maya))
    secret = invite(checkin=due, purpose="link", by=house.actor(therapist)).secret
    address = reverse("answer", args=[secret])
    given = house.form_of(Browser(), address) | SHARED
    for _twice in range(2):
        browser = Browser()
        assert browser.post(address, given).status_code == 302
        browser.cookies.clear()
        thanks = browser.get(reverse("answer_thanks", args=[secret]))
        assert "These questions are answered" in thanks.content.decode()
    assert CheckIn.objects.get(pk=due.pk).state == "answered"
    assert Answer.objects.count() == len(ITEMS)


def test_a_mistake_leaves_the_browser_its_secret(maya, therapist):
    due = house.checkin(house.session(maya))
    secret = invite(checkin=due, purpose="link", by=house.actor(therapist)).secret
    browser, address = Browser(), reverse("answer", args=[secret])
    field = house.form_of(browser, address)
    wrong = browser.post(address, field | {NAME + "heard": "70"})
    assert wrong.status_code == 422
    assert f'value="{field["device"]}"' in wrong.content.decode()


def test_a_cookie_that_was_made_up_counts_as_none(link):
    link.thief.cookies[COOKIE] = link.sent["device"]
    thief, _answer = link.replayed(device=link.sent["device"])
    assert thief.get(link.at("answer_thanks")).status_code == 410


def test_the_secret_is_out_of_reach_of_scripts_and_of_other_pages(link):
    cookie = link.client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["path"] == "/c/"
    assert cookie["samesite"] == settings.SESSION_COOKIE_SAMESITE


def test_a_second_tablet_with_every_right_answer_shows_nothing(maya, therapist):
    due = house.checkin(house.session(maya))
    theirs, mine = (house.sign_in(Browser(), therapist) for _each in range(2))
    for tablet in (mine, theirs):
        tablet.post(reverse("kiosk_start", args=[due.pk]))
    theirs.post(reverse("kiosk"), SHARED | KEPT)
    due.refresh_from_db()
    assert due.state == "answered"
    mine.post(reverse("kiosk"), SHARED | KEPT)
    assert code_of(due) not in mine.get(reverse("kiosk")).content.decode()


def test_an_account_does_not_take_over_what_a_link_answered(here, therapist):
    episode = house.episode(therapist, "Kim L.", account=house.person())
    link = Link(episode, SHARED | KEPT)
    browser = house.sign_in(Browser(), episode.client.account)
    again = browser.post(reverse("own_checkin", args=[link.due.pk]), link.known | KEPT)
    assert again.status_code == 410
    assert CheckIn.objects.get(pk=link.due.pk).account is None
