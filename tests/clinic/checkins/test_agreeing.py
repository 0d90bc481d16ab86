"""Nothing is asked of a client who has not said yes, by whichever way they come."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.actions.mail import invite_by_mail
from attunement.clinic.checkins.actions.sessions import plan_sessions
from attunement.clinic.checkins.models import Answer, CheckIn, Comment
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.actor import Actor
from attunement.clinic.privacy import consent
from attunement.clinic.privacy.declined import declined
from attunement.clinic.privacy.models import Consent
from support import house

FIELD = "answer:session-check-in:heard"
ANSWERS = {FIELD: "7", "comment": "Some words"}


@pytest.fixture
def noa(therapist):
    """Someone in care with an account, who has not been asked yet."""
    return house.episode(therapist, "Noa", account=house.person("Noa"), consent=False)


@pytest.fixture
def due(noa):
    return house.checkin(house.session(noa, status="planned"))


@pytest.fixture(params=["link", "tablet", "account"])
def way(request, client, due, therapist, noa):
    """The address at which someone answers, by each of the ways."""
    if request.param == "link":
        made = invite(checkin=due, purpose="link", by=house.actor(therapist))
        return f"/c/{made.secret}"
    if request.param == "tablet":
        house.sign_in(client, therapist)
        client.post(reverse("kiosk_start", args=[due.pk]))
        return reverse("kiosk")
    house.sign_in(client, noa.client.account)
    return reverse("own_checkin", args=[due.pk])


def text(answer):
    return answer.content.decode()


def state(of):
    return CheckIn.objects.get(pk=of.pk).state


def nothing_kept(of):
    kept = CheckIn.objects.get(pk=of.pk)
    return not (Answer.objects.exists() or Comment.objects.exists() or kept.opened_at)


def test_they_are_asked_first_and_read_who_sees_what(client, way, due):
    page = text(client.get(way))
    assert "Before you begin" in page
    assert "Your therapist and the person who supervises them." in page
    assert "always reaches a person" in page
    assert "000 000" in page
    assert "I felt heard." not in page
    assert nothing_kept(due)


def test_answers_sent_without_a_yes_are_not_taken_in(client, way, due):
    assert "Before you begin" in text(client.post(way, ANSWERS))
    sent = client.post(way, ANSWERS, headers={"accept": "application/json"})
    assert sent.json() == {"ask": True}
    assert nothing_kept(due)
    assert state(due) == "due"


def test_answers_sent_before_the_yes_are_in_the_form_after_it(client, way, due):
    asking = text(client.post(way, ANSWERS))
    assert f'<input type="hidden" name="{FIELD}" value="7">' in asking
    form = text(client.post(way, {**ANSWERS, "consent": "yes"}))
    assert re.search(rf'name="{FIELD}"[^>]*value="7"[^>]*checked', form)
    assert "Some words</textarea>" in form
    assert not Answer.objects.exists()
    client.post(way, ANSWERS)
    assert Answer.objects.get().value == 7


def test_answers_are_not_carried_past_a_no(client, way):
    page = text(client.post(way, {**ANSWERS, "consent": "no"}))
    assert "That is fine" in page
    assert FIELD not in page


@pytest.mark.parametrize("said", [{}, {"consent": "no"}])
def test_an_answer_about_safety_reaches_a_person_though_they_say_no(client, way, due, said):
    CheckIn.objects.filter(pk=due.pk).update(instruments=["phq9"])
    client.post(way, {"answer:phq9:9": "2", "answer:phq9:1": "3", "comment": "Words", **said})
    alert = Alert.objects.get()
    assert (alert.kind, alert.onset) == ("safety", 1)
    assert nothing_kept(due)
    if way != reverse("kiosk"):
        client.post(way, {"answer:phq9:9": "2", "consent": "no"})
    assert Alert.objects.count() == 1
    assert nothing_kept(due)


def test_after_a_yes_the_questions_come_at_the_same_address_and_are_not_preceded_again(
    client, way, due, noa
):
    assert client.post(way, {"consent": "yes"})["Location"] == way
    assert "I felt heard." in text(client.get(way))
    assert client.post(way, {"consent": "yes"})["Location"] == way
    assert state(due) == "due"
    client.post(way, ANSWERS)
    assert Answer.objects.get().value == 7
    given = Consent.objects.get()
    assert (given.client, given.agreed) == (noa.client, True)
    assert given.by_link is (way != reverse("own_checkin", args=[due.pk]))


def test_a_no_is_met_kindly_and_nothing_is_kept(client, way, due):
    page = text(client.post(way, {"consent": "no"}))
    assert "That is fine" in page
    assert "Your therapy goes on as before." in page
    assert "000 000" in page
    client.post(way, ANSWERS)
    assert nothing_kept(due)
    assert state(due) == "withdrawn"
    if way == reverse("kiosk"):
        assert "give the tablet back" in page
        assert not client.session.items()
    else:
        assert "If you change your mind" in text(client.get(way))
        client.post(way, {"consent": "yes"})
        assert "I felt heard." in text(client.get(way))


def test_the_therapist_sees_that_they_have_not_agreed_and_is_asked_as_before(
    client, therapist, noa, due
):
    own = house.checkin(due.session, rater="therapist", instruments=["session-check-in-therapist"])
    consent.decline(client=noa.client, by=Actor.holder(noa.client))
    house.sign_in(client, therapist)
    assert "has not agreed to check-ins" in text(client.get(reverse("episode", args=[noa.pk])))
    page = text(client.get(reverse("session", args=[due.session_id])))
    assert "has not agreed to check-ins" in page
    assert reverse("invite", args=[due.pk]) not in page
    form = reverse("therapist_checkin", args=[own.pk])
    assert form in page
    assert "Before you begin" not in text(client.get(form))


def test_who_has_not_been_asked_yet_is_not_said_to_have_declined(client, therapist, noa, due):
    house.sign_in(client, therapist)
    for page in (reverse("episode", args=[noa.pk]), reverse("session", args=[due.session_id])):
        assert "has not agreed" not in text(client.get(page))


def test_a_yes_taken_back_stops_what_is_open_by_every_way(client, therapist, noa, due):
    by = house.actor(therapist)
    noa.client.email = "noa@example.org"
    noa.client.save()
    made = invite(checkin=due, purpose="link", by=by)
    invite_by_mail(checkin=due, by=by)
    own = house.own(noa.client)
    consent.give(client=noa.client, by=own)
    consent.withdraw(client=noa.client, by=own)
    work_once()
    assert mail.outbox == []
    page = text(client.get(f"/c/{made.secret}"))
    assert "That is fine" in page
    client.post(f"/c/{made.secret}", ANSWERS)
    assert nothing_kept(due)
    house.sign_in(client, noa.client.account)
    mine = text(client.get(reverse("own")))
    assert reverse("own_checkin", args=[due.pk]) not in mine
    assert "You have not agreed to check-ins" in mine


def test_new_sessions_ask_the_therapist_alone_until_there_is_a_yes_again(therapist, noa, due):
    by, holder = house.actor(therapist), Actor.holder(noa.client)
    consent.decline(client=noa.client, by=holder)
    at = timezone.now() + timedelta(days=3)
    made = plan_sessions(episode=noa, starts_at=at, times=2, by=by)
    raters = CheckIn.objects.filter(session__in=made).values_list("rater", flat=True)
    assert set(raters) == {"therapist"}
    consent.give(client=noa.client, by=holder)
    assert state(due) == "due"
    for session in made:
        assert {*session.checkins.values_list("rater", "moment", "state")} == {
            ("client", "before", "due"),
            ("client", "after", "due"),
            ("therapist", "after", "due"),
        }


def test_a_no_is_never_noticed_as_silence(therapist, noa):
    made = [house.checkin(house.session(noa, number=n, days_ago=9 - n)) for n in (1, 2, 3)]
    consent.decline(client=noa.client, by=Actor.holder(noa.client))
    CheckIn.objects.update(
        due_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(days=1)
    )
    work_once()
    assert {state(one) for one in made} == {"withdrawn"}
    assert not Alert.objects.exists()


def test_a_session_that_does_not_take_place_asks_for_no_yes(client, therapist, noa, due):
    made = invite(checkin=due, purpose="link", by=house.actor(therapist))
    CheckIn.objects.update(state="withdrawn")
    due.session.status = "cancelled"
    due.session.save()
    page = client.get(f"/c/{made.secret}")
    assert page.status_code == 410
    assert "no longer needed" in text(page)


def test_a_yes_is_taken_back_on_the_form_by_link_and_tablet_without_an_account(client, way, due):
    client.post(way, {"consent": "yes"})
    form = text(client.get(way))
    own = way == reverse("own_checkin", args=[due.pk])
    assert ("Say no to check-ins from now on" in form) is not own
    if own:
        return
    client.get(way, {"consent": "no"})
    assert state(due) == "due"
    fine = text(client.post(way, {"consent": "no"}))
    assert "That is fine" in fine
    assert ("data-forget" in fine) is way.startswith("/c/")
    assert state(due) == "withdrawn"
    said = Consent.objects.get()
    assert (said.agreed, bool(said.withdrawn_at)) == (True, True)
    assert Event.objects.filter(action="consent.withdrawn", actor__startswith="link").exists()
    client.post(way, {"consent": "no"})
    assert Consent.objects.count() == 1


def test_a_yes_is_taken_back_on_the_thanks_by_whoever_answered_and_nobody_else(
    client, therapist, noa, due
):
    way = f"/c/{invite(checkin=due, purpose='link', by=house.actor(therapist)).secret}"
    client.post(way, {"consent": "yes"})
    client.post(way, ANSWERS)
    thanks = f"{way}/thanks"
    assert "Say no to check-ins from now on" in text(client.get(thanks))
    Browser().post(thanks, {"consent": "no"})
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(thanks, {"consent": "no"}).status_code == 403
    assert not declined(noa.client)
    assert "That is fine" in text(client.post(thanks, {"consent": "no"}))
    assert declined(noa.client)
    assert "Say no to check-ins" not in text(client.get(thanks))
    assert client.post(thanks, {"consent": "yes"})["Location"] == thanks
    assert not declined(noa.client)
