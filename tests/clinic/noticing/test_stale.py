"""What changed between a request's reading and its turn: the submission works with how it is."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.checkins.actions.answering import Said, answer_by_token, answer_own
from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.actions.sessions import plan_sessions
from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.checkins.selectors.tokens import find_link
from attunement.clinic.checkins.views import link as link_views
from attunement.clinic.noticing.models import Alert, Score
from attunement.clinic.noticing.submit import Given, NotDue, holding
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from support import house

ITEMS = ("heard", "understood", "goals", "way", "depth", "progress", "takeaway")
SAID = Said(answers=[Given(instrument="session-check-in", item=one, value=5) for one in ITEMS])
WORRY = Said(answers=[Given(instrument="phq9", item="9", value=2)])


def a_link(episode, therapist, **asked):
    """Find a link as a request does that then waits."""
    due = house.checkin(house.session(episode, status="planned"), **asked)
    return find_link(invite(checkin=due, purpose="link", by=house.actor(therapist)).secret)


def send(link, said):
    client = link.checkin.session.episode.client
    return answer_by_token(token=link.token, said=said, by=Actor.holder(client))


def insert_before(episode, therapist):
    """Plan a session that took place earlier: the one that is there becomes the second."""
    earlier = timezone.now() - timedelta(days=2)
    plan_sessions(episode=episode, starts_at=earlier, by=house.actor(therapist))


@pytest.mark.django_db
def test_an_urgent_alert_goes_to_whoever_has_the_client_by_now(maya, therapist, colleague):
    link = a_link(maya, therapist, moment="before", instruments=("phq9",))
    Episode.objects.filter(pk=maya.pk).update(therapist=colleague)
    assert send(link, WORRY).safety
    assert Alert.objects.get().owner == colleague


@pytest.mark.django_db
def test_a_score_has_the_number_that_its_session_has_by_now(maya, therapist):
    link = a_link(maya, therapist)
    insert_before(maya, therapist)
    send(link, SAID)
    assert {(one.number, one.session.number) for one in Score.objects.all()} == {(2, 2)}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_score_has_the_number_that_its_session_got_while_the_answer_waited(maya, therapist):
    link = a_link(maya, therapist)
    trouble = []

    def answer():
        try:
            send(link, SAID)
        except Exception as error:
            trouble.append(error)
        finally:
            connection.close()

    phone = threading.Thread(target=answer, daemon=True)
    with transaction.atomic():
        holding(pk=link.checkin.session_id)
        insert_before(maya, therapist)
        phone.start()
        phone.join(1.0)
        waited = phone.is_alive()
    phone.join(30)
    assert trouble == []
    assert waited
    assert {(one.number, one.session.number) for one in Score.objects.all()} == {(2, 2)}


@pytest.mark.django_db
def test_what_was_erased_meanwhile_is_no_longer_due_by_link(maya, therapist, client, monkeypatch):
    link = a_link(maya, therapist)
    secret = invite(checkin=link.checkin, purpose="link", by=house.actor(therapist)).secret
    read = find_link(secret)
    CheckIn.objects.filter(pk=link.checkin.pk).delete()
    with pytest.raises(NotDue):
        send(read, SAID)
    with monkeypatch.context() as patch:
        patch.setattr(link_views, "answer_by_token", lambda **_: send(read, SAID))
        assert client.post(reverse("answer", args=[secret])).status_code == 404


@pytest.mark.django_db
def test_what_was_erased_meanwhile_is_no_longer_due_in_an_account(therapist):
    episode = house.episode(therapist, account=house.person())
    due = house.checkin(house.session(episode))
    read = CheckIn.objects.select_related("session__episode__client__site").get(pk=due.pk)
    CheckIn.objects.filter(pk=due.pk).delete()
    with pytest.raises(NotDue):
        answer_own(checkin=read, said=SAID, by=house.own(episode.client))


@pytest.mark.django_db
def test_an_account_is_told_that_erased_questions_are_no_longer_needed(
    therapist, client, monkeypatch
):
    from attunement.clinic.checkins.views import own

    episode = house.episode(therapist, account=house.person())
    due = house.checkin(house.session(episode))

    def erased_meanwhile(**given):
        CheckIn.objects.filter(pk=due.pk).delete()
        return answer_own(**given)

    monkeypatch.setattr(own, "answer_own", erased_meanwhile)
    client.force_login(episode.client.account)
    said = {f"answer:session-check-in:{one}": "5" for one in ITEMS}
    assert client.post(reverse("own_checkin", args=[due.pk]), said).status_code == 410
