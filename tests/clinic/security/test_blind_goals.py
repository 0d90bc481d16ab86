"""A therapist alone does not open a client's list: by a tablet, a link or an empty list."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.goals.actions import writing
from attunement.clinic.goals.actions.writing import Wish
from attunement.clinic.goals.models import Round, Written
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.problems import Refused
from support import house

SECRET = "Find another therapist"  # noqa: S105
OWN = {"do": "look", "text-0": "Feel better"}


@pytest.fixture
def maya(therapist, here):
    return house.episode(therapist, "Maya R.", account=house.person())


def in_account(episode):
    writing.write(episode=episode, wishes=[Wish(text=SECRET)], by=house.own(episode.client))


def handed_over(episode):
    tablet = house.sign_in(Browser(), episode.therapist)
    tablet.post(reverse("goals_tablet", args=[episode.pk]))
    return tablet


def answered(episode, number=1):
    """Answer by a link; give the browser and the address of its goals."""
    due = house.checkin(house.session(episode, number))
    secret = invite(checkin=due, purpose="link", by=house.actor(episode.therapist)).secret
    browser, address = Browser(), reverse("answer", args=[secret])
    browser.post(address, house.form_of(browser, address) | {"answer:session-check-in:heard": "7"})
    return browser, reverse("link_goals", args=[secret])


def looks(episode, **sent):
    """Look as the therapist, ready with a list of their own."""
    browser = house.sign_in(Browser(), episode.therapist)
    browser.post(reverse("goals_change", args=[episode.pk]), OWN | sent)
    return browser.get(reverse("goals", args=[episode.pk])).content.decode()


@pytest.mark.parametrize(
    "sent", [{"do": "look"}, OWN, {"do": "write", "text-0": "Mine"}, {"do": "write"}]
)
def test_a_tablet_does_nothing_to_a_list_in_an_account(maya, sent):
    in_account(maya)
    handed_over(maya).post(reverse("tablet_goals"), sent)
    assert Round.objects.get().client_ready_at is None
    assert [one.text for one in Written.objects.all()] == [SECRET]
    assert SECRET not in looks(maya)


def test_a_tablet_neither_takes_back_that_they_are_ready_nor_calls_their_round_off(maya):
    in_account(maya)
    writing.ready(episode=maya, by=house.own(maya.client))
    tablet = handed_over(maya)
    for do in ("write-on", "go-back"):
        tablet.post(reverse("tablet_goals"), {"do": do})
    assert Round.objects.get().client_ready_at
    assert Written.objects.get().text == SECRET


def test_a_new_round_is_not_called_off_over_what_an_account_wrote_in_it(maya):
    in_account(maya)
    writing.ready(episode=maya, by=house.own(maya.client))
    looks(maya)
    writing.look_anew(episode=maya, by=house.own(maya.client))
    in_account(maya)
    handed_over(maya).post(reverse("tablet_goals"), {"do": "go-back"})
    assert Round.objects.count() == 2


def test_a_tablet_does_not_open_what_was_written_by_a_link(maya):
    phone, goals = answered(maya)
    phone.post(goals, {"do": "write", "text-0": SECRET})
    tablet = handed_over(maya)
    tablet.post(reverse("tablet_goals"), {"do": "look"})
    assert Round.objects.get().client_ready_at is None
    assert SECRET not in tablet.get(reverse("tablet_goals")).content.decode()
    assert SECRET not in looks(maya)


def test_nor_does_another_links_browser_or_an_account(maya):
    phone, goals = answered(maya)
    phone.post(goals, {"do": "write", "text-0": SECRET})
    other, others = answered(maya, 2)
    other.post(others, {"do": "look"})
    with pytest.raises(Refused):
        writing.ready(episode=maya, by=house.own(maya.client))
    assert Round.objects.get().client_ready_at is None


def test_a_browser_that_wrote_before_sees_nothing_of_what_took_its_place(maya):
    tablet = handed_over(maya)
    tablet.post(reverse("tablet_goals"), {"do": "write", "text-0": "Made up"})
    in_account(maya)
    assert SECRET not in tablet.get(reverse("tablet_goals")).content.decode()
    tablet.post(reverse("tablet_goals"), {"do": "look"})
    assert Round.objects.get().client_ready_at is None


def test_the_browser_that_wrote_is_ready_and_writes_on(maya):
    phone, goals = answered(maya)
    phone.post(goals, {"do": "write", "text-0": SECRET})
    phone.post(goals, {"do": "look"})
    assert Round.objects.get().client_ready_at
    phone.post(goals, {"do": "write-on"})
    assert Round.objects.get().client_ready_at is None
    phone.post(goals, {"do": "look", "text-0": "Other"})
    assert Written.objects.get().text == "Other"
    assert Round.objects.get().client_ready_at


def test_nobody_is_ready_with_an_empty_list(maya):
    in_account(maya)
    writing.ready(episode=maya, by=house.own(maya.client))
    for by in (house.actor(maya.therapist),):
        with pytest.raises(Refused):
            writing.ready(episode=maya, by=by)
    assert not Round.objects.get().is_open
    assert SECRET not in looks(maya, **{"text-0": ""})


def test_nor_is_a_client_without_an_account(therapist, here):
    episode = house.episode(therapist, "Kim L.")
    with pytest.raises(Refused):
        writing.ready(episode=episode, by=Actor.holder(episode.client))


def test_what_was_taken_over_from_an_open_round_can_be_looked_at_again_by_a_tablet(maya):
    in_account(maya)
    writing.ready(episode=maya, by=house.own(maya.client))
    looks(maya)
    writing.look_anew(episode=maya, by=house.actor(maya.therapist))
    handed_over(maya).post(reverse("tablet_goals"), {"do": "look"})
    assert Round.objects.get(number=2).client_ready_at
