"""A plan of one's own, and the way back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.checkins.actions.plans import set_episode_plan, use_site_plan
from attunement.clinic.checkins.actions.sessions import plan_sessions
from attunement.clinic.checkins.instruments import askable
from attunement.clinic.checkins.planning import Asked, asked_at, asked_twice
from attunement.clinic.checkins.selectors.plans import plan_of
from attunement.clinic.people.actions.site import set_plan
from attunement.clinic.people.problems import Refused
from support import house

GAD = Asked(instrument="gad7", rater="client", moment="before", every=2)


@pytest.fixture
def by(therapist):
    return house.actor(therapist)


@pytest.fixture
def ahead(maya, by):
    return plan_sessions(episode=maya, starts_at=timezone.now() + timedelta(days=2), times=2, by=by)


def asked(session):
    return {one.instruments[0] for one in session.checkins.filter(state="due", rater="client")}


def test_the_site_s_plan_holds_until_there_is_another(maya):
    assert {one.instrument for one in plan_of(maya)} == {name for name, *_ in house.PLAN}


def test_a_plan_of_one_s_own_holds_for_sessions_to_come_and_can_be_given_back(maya, by, ahead):
    set_episode_plan(episode=maya, plan=[GAD], by=by)
    assert plan_of(maya) == (GAD,)
    assert [asked(one) for one in ahead] == [{"gad7"}, set()]
    use_site_plan(episode=maya, by=by)
    assert [asked(one) for one in ahead] == [{"phq9", "session-check-in"}] * 2


def test_what_has_been_opened_keeps_its_questions(maya, by, ahead):
    ahead[0].checkins.update(opened_at=timezone.now())
    set_episode_plan(episode=maya, plan=[GAD], by=by)
    assert asked(ahead[0]) == {"phq9"}


@pytest.mark.parametrize("name", ["bdi2", "wai-sr", "nothing"])
def test_what_may_not_be_shown_here_cannot_be_asked(maya, by, name):
    assert name not in askable("client")
    with pytest.raises(Refused):
        set_episode_plan(
            episode=maya, plan=[Asked(instrument=name, rater="client", moment="before")], by=by
        )


def test_the_page_shows_the_plan_and_changes_it(client, therapist, maya):
    house.sign_in(client, therapist)
    address = f"/clients/{maya.pk}/plan"
    assert "the site&#x27;s plan" in client.get(address).content.decode().replace("'", "&#x27;")
    fields = {"ask:gad7:before": "on", "first:gad7:before": "2", "every:gad7:before": "3"}
    client.post(address, fields)
    assert plan_of(maya) == (
        Asked(instrument="gad7", rater="client", moment="before", first=2, every=3),
    )
    client.post(address, {"site": "yes"})
    assert len(plan_of(maya)) == 3


@pytest.mark.parametrize("count", ["0", "101", "-1", "x", "", "1e3", "²"])
def test_a_count_that_is_none_is_refused_in_a_sentence(client, therapist, maya, count):
    house.sign_in(client, therapist)
    fields = {"ask:gad7:before": "on", "first:gad7:before": count, "every:gad7:before": "1"}
    answer = client.post(f"/clients/{maya.pk}/plan", fields)
    assert "Write numbers from 1 to 100." in answer.content.decode()
    assert len(plan_of(maya)) == 3


BOTH = [Asked(instrument="phq9", rater="client", moment=moment) for moment in ("before", "after")]


@pytest.mark.parametrize(
    ("first", "other", "meet"),
    [((1, 1), (1, 1), True), ((1, 2), (2, 2), False), ((1, 2), (2, 3), True), ((9, 4), (1, 2), 1)],
)
def test_before_and_after_meet_where_a_session_comes_up_in_both(first, other, meet):
    plan = [
        Asked(instrument="phq9", rater="client", moment=moment, first=begins, every=every)
        for moment, (begins, every) in zip(("before", "after"), (first, other), strict=True)
    ]
    assert bool(asked_twice(plan)) == bool(meet)
    both = [set(asked_at(plan, number)) for number in range(1, 40)]
    assert any(len(one) == 2 for one in both) == bool(meet)


def test_nobody_is_asked_the_same_before_and_after_one_session(maya, by, administrator):
    with pytest.raises(Refused, match="both before and after"):
        set_episode_plan(episode=maya, plan=BOTH, by=by)
    rows = [
        {"instrument": "phq9", "rater": "client", "moment": one.moment, "first": 1, "every": 1}
        for one in BOTH
    ]
    with pytest.raises(Refused, match="both before and after"):
        set_plan(items=rows, by=house.actor(administrator))
    assert {one.instrument for one in plan_of(maya)} == {name for name, *_ in house.PLAN}


def test_the_site_s_page_says_why_it_keeps_no_such_plan(client, administrator):
    given = {
        "instrument": ["phq9", "phq9"],
        "moment": ["before", "after"],
        "first": ["1", "1"],
        "every": ["1", "1"],
    }
    shown = house.sign_in(client, administrator).post(reverse("site_plan"), given)
    assert shown.status_code == 200
    assert b"both before and after" in shown.content
