"""The goals page: what it says, how easily it is read, and what forms do without a script."""

import pytest
from django.test import Client
from django.urls import reverse

from attunement.clinic.goals.models import Goal, Pair, Rating, Round, Written
from support import house
from support.reading_level import require_readable, text_of
from support.shared_goals import goals_of, lists_in_writing


@pytest.fixture
def own(two):
    return house.sign_in(Client(), two.episode.client.account)


@pytest.fixture
def staff(two):
    return house.sign_in(Client(), two.episode.therapist)


def said(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_a_client_reads_asks_for_seven_grades_of_school_at_most(two, own):
    address = reverse("own_goals")
    require_readable(text_of(said(own.get(address))))
    goals_of(two.episode)
    require_readable(text_of(said(own.get(address))))
    lists_in_writing(two.episode)
    require_readable(text_of(said(own.get(address))))
    own.post(address, {"do": "look", "text-0": "Run"})
    require_readable(text_of(said(own.get(address))))


@pytest.mark.parametrize("do", ["write", "look", "write-on", "look-anew", "propose", "nonsense"])
def test_what_is_told_after_a_form_is_as_easy_to_read(two, own, do):
    answer = own.post(reverse("own_goals"), {"do": do, "text": "Run", "text-0": "Run"}, follow=True)
    if answer.status_code == 200:
        require_readable("\n".join(str(one) for one in answer.context["messages"]))
    else:
        assert (do, answer.status_code) == ("nonsense", 404)


def test_the_order_is_changed_without_a_script(two, own):
    sent = {"text-0": "First", "text-1": "Second", "purpose-1": "mine", "up": "1"}
    own.post(reverse("own_goals"), sent)
    found = [(one.text, one.purpose) for one in Written.objects.order_by("rank")]
    assert found == [("Second", "mine"), ("First", "")]


def test_from_two_lists_to_one_goal_that_is_rated(two, own, staff):
    here, mine = reverse("goals", args=[two.episode.pk]), reverse("own_goals")
    change = reverse("goals_change", args=[two.episode.pk])
    own.post(mine, {"do": "look", "text-0": "Sleep through the night"})
    staff.post(change, {"do": "look", "text-0": "Sleep without tablets", "text-1": "Work"})
    assert "These two may belong together" in said(staff.get(here))
    client, therapist = Written.objects.order_by("writer", "rank")[:2]
    ids = {"client_goal": client.pk, "therapist_goal": therapist.pk}
    staff.post(change, {"do": "pair", **ids})
    assert Pair.objects.count() == 1
    page = said(own.get(mine))
    assert "you share 67" in page
    own.post(mine, {"do": "propose", "text": "Sleep five nights", **ids})
    goal = Goal.objects.get()
    assert "Yes, this is our goal" in said(staff.get(here))
    assert "Yes, this is our goal" not in said(own.get(mine))
    staff.post(change, {"do": "accept", "goal": goal.pk})
    own.post(mine, {"do": "rate", "goal": goal.pk, "value": "4", "words": "slowly"})
    assert "slowly" in said(staff.get(here))
    assert Rating.objects.get().value == 4


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "rate", "value": "4"},
        {"do": "pair", "client_goal": "x", "therapist_goal": "y"},
        {"do": "tick", "goal": "not an id"},
        {"do": ""},
        {"do": "unmark-conflict", "conflict": "999999"},
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(two, own, sent):
    goals_of(two.episode)
    before = list(Round.objects.values()), list(Goal.objects.values())
    assert own.post(reverse("own_goals"), sent).status_code == 404
    assert (list(Round.objects.values()), list(Goal.objects.values())) == before


def test_a_number_that_is_none_is_asked_for_again(two, own):
    goal = goals_of(two.episode)
    answer = own.post(
        reverse("own_goals"), {"do": "rate", "goal": goal.pk, "value": "many"}, follow=True
    )
    assert "Choose a number first." in said(answer)


def test_another_clients_goal_is_not_there(two, own, colleague):
    other = house.episode(colleague, account=house.person())
    goal = goals_of(other)
    for do in ("rate", "reword", "accept", "settle", "add-step", "levels"):
        sent = {"do": do, "goal": goal.pk, "value": 3, "text": "mine now", "weight": 1}
        assert own.post(reverse("own_goals"), sent).status_code == 404
    goal.refresh_from_db()
    assert goal.text == "Sleep well"


def test_a_supervisor_reads_and_writes_nothing(two, supervisor):
    goals_of(two.episode)
    browser = house.sign_in(Client(), supervisor)
    page = said(browser.get(reverse("goals", args=[two.episode.pk])))
    assert 'name="do"' not in page
    change = reverse("goals_change", args=[two.episode.pk])
    assert browser.post(change, {"do": "look-anew"}).status_code == 403


def test_a_client_without_a_yes_is_asked_for_it_first(therapist):
    episode = house.episode(therapist, account=house.person(), consent=False)
    browser = house.sign_in(Client(), episode.client.account)
    page = said(browser.get(reverse("own_goals")))
    assert 'name="consent"' in page
    browser.post(reverse("own_goals"), {"do": "write", "text-0": "Run"})
    assert not Written.objects.exists()


def test_a_client_never_sees_what_is_worth_asking_about_or_a_t_score(two, own, staff):
    goals_of(two.episode)
    for number in range(10, 18):
        house.session(two.episode, number, days_ago=30 - number)
    assert "Not rated at the last four" in said(staff.get(reverse("goals", args=[two.episode.pk])))
    page = said(own.get(reverse("own_goals")))
    assert "Not rated" not in page
    assert "attainment" not in page
