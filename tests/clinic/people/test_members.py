"""Roles are given and taken so that nobody is left alone, at one's own site only."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.actions.clients import Details, change_details
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.actions import invite, members
from attunement.clinic.people.models import Membership, Person
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from support import house


def add(by, email="new@example.org", roles=(Role.THERAPIST,)):
    return invite.add_staff(name="New", email=email, roles=set(roles), by=house.actor(by))


def test_someone_new_is_invited_and_chooses_their_own_password(administrator, mailoutbox):
    person = add(administrator, roles=(Role.THERAPIST, Role.SUPERVISOR))
    work_once()
    assert not person.has_usable_password()
    assert {held.role for held in person.memberships.all()} == {"therapist", "supervisor"}
    assert [message.to for message in mailoutbox] == [["new@example.org"]]
    link = next(line for line in mailoutbox[0].body.splitlines() if "/key/" in line)
    browser = Client()
    form = browser.get(urlsplit(link).path, follow=True)
    chosen = {"password1": "some long password", "password2": "some long password"}
    browser.post(form.request["PATH_INFO"], chosen)
    person.refresh_from_db()
    assert person.check_password("some long password")
    with pytest.raises(Refused):
        invite.invite_again(person=person, by=house.actor(administrator))


def test_an_invitation_outlasts_a_mail_server_that_is_down(administrator, mailoutbox, monkeypatch):
    from attunement.clinic.people import mails

    def down(**_message):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(mails, "send", down)
        person = add(administrator)
        work_once()
    job = Job.objects.get(kind="account.mail")
    assert (job.done_at, job.attempts, job.error) == (None, 1, "ConnectionRefusedError")
    assert "new@example.org" not in f"{job.key} {job.payload}"
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        work_once()
    assert [message.to for message in mailoutbox] == [[person.email]]


def test_an_invitation_comes_again_when_asked_and_not_after_a_password(administrator, mailoutbox):
    person = add(administrator)
    invite.invite_again(person=person, by=house.actor(administrator))
    work_once()
    assert len(mailoutbox) == 2
    invite.invite_again(person=person, by=house.actor(administrator))
    person.set_password(house.PASSWORD)
    person.save()
    work_once()
    assert len(mailoutbox) == 2


def test_an_invitation_speaks_the_language_of_the_site(administrator, mailoutbox):
    administrator.site.language = "de"
    administrator.site.save()
    assert add(administrator).language == "de"
    work_once()
    assert "Einladung" in mailoutbox[0].subject


def test_someone_with_an_account_elsewhere_keeps_it_and_their_name(administrator, elsewhere):
    known = house.staff(Role.THERAPIST, elsewhere, house.person("Known"))
    person = add(administrator, email=known.person.email.upper())
    assert person == known.person
    person.refresh_from_db()
    assert person.name == "Known"
    assert person.check_password(house.PASSWORD)


def test_a_clients_address_is_not_used_for_staff(administrator, maya):
    maya.client.account = house.person()
    maya.client.save()
    with pytest.raises(Refused):
        add(administrator, email=maya.client.account.email)


@pytest.mark.parametrize("who", ["therapist", "supervisor", "manager"])
def test_only_administrators_add_people(request, who):
    with pytest.raises(PermissionDenied):
        add(request.getfixturevalue(who))


def test_a_site_keeps_an_administrator(administrator):
    with pytest.raises(Refused, match="needs an administrator"):
        members.set_roles(person=administrator.person, roles=set(), by=house.actor(administrator))
    other = house.staff(Role.ADMINISTRATOR, administrator.site)
    members.set_roles(person=administrator.person, roles=set(), by=house.actor(other))
    administrator.refresh_from_db()
    assert not administrator.active


def test_a_caseload_is_handed_over_before_a_therapist_goes(
    administrator, therapist, colleague, maya
):
    by = house.actor(administrator)
    with pytest.raises(Refused, match="1 client is"):
        members.set_roles(person=therapist.person, roles=set(), by=by)
    alert = Alert.objects.create(
        episode=maya,
        kind="drop",
        onset=1,
        level="review",
        owner=therapist,
        due_at=maya.client.created_at,
    )
    assert members.hand_over(giver=therapist, taker=colleague, by=by) == 1
    maya.refresh_from_db()
    alert.refresh_from_db()
    assert (maya.therapist, alert.owner) == (colleague, colleague)
    members.set_roles(person=therapist.person, roles=set(), by=by)
    therapist.refresh_from_db()
    assert not therapist.active


def test_whoever_loses_the_last_role_is_signed_out_and_their_role_comes_back_whole(
    client, administrator, colleague
):
    client.post("/account/login/", {"login": colleague.person.email, "password": house.PASSWORD})
    client.get(reverse("mfa_index"))
    by = house.actor(administrator)
    members.set_roles(person=colleague.person, roles=set(), by=by)
    assert client.get(reverse("mfa_index"))["Location"].startswith("/account/login")
    members.set_roles(person=colleague.person, roles={Role.THERAPIST}, by=by)
    assert Membership.objects.get(person=colleague.person) == colleague


def test_supervision_is_set_and_seen_and_nobody_supervises_themselves(administrator, therapist):
    by = house.actor(administrator)
    one = house.staff(Role.SUPERVISOR, therapist.site)
    members.set_supervisors(therapist=therapist, supervisors={one}, by=by)
    members.set_supervisors(therapist=therapist, supervisors={one}, by=by)
    assert [row.supervisor for row in therapist.supervised_by.all()] == [one]
    assert Event.objects.filter(action="supervision.set").count() == 1
    own = house.staff(Role.SUPERVISOR, therapist.site, therapist.person)
    with pytest.raises(Refused):
        members.set_supervisors(therapist=therapist, supervisors={own}, by=by)


def test_a_lost_second_factor_is_taken_away_by_another_administrator(
    client, administrator, therapist
):
    house.with_second_factor(therapist.person)
    house.with_second_factor(administrator.person)
    by = house.actor(administrator)
    members.reset_second_factor(person=therapist.person, by=by)
    assert not Authenticator.objects.filter(user=therapist.person).exists()
    with pytest.raises(Refused):
        members.reset_second_factor(person=administrator.person, by=by)


def written_down(episode, email):
    episode.client.email = email
    episode.client.save()


def test_an_invitation_goes_to_the_address_in_the_record_alone(therapist, maya, mailoutbox):
    by = house.actor(therapist)
    for known in ("", "maya@example.org"):
        written_down(maya, known)
        with pytest.raises(Refused, match="address in the client's details"):
            invite.invite_client(episode=maya, email="therapist@example.org", by=by)
    invite.invite_client(episode=maya, email="Maya@example.org", by=by)
    assert Person.objects.filter(email="maya@example.org").exists()


def test_the_address_stays_while_an_account_is_open(client, therapist, maya):
    by = house.actor(therapist)
    written_down(maya, "maya@example.org")
    invite.invite_client(episode=maya, email="maya@example.org", by=by)
    other = Details(code=maya.client.code, name="Maya", email="other@example.org")
    with pytest.raises(Refused, match="Close it first"):
        change_details(episode=maya, details=other, by=by)
    house.sign_in(client, therapist)
    given = {"code": "C9", "name": "Maya", "email": "other@example.org", "language": "en"}
    answer = client.post(reverse("client_details", args=[maya.pk]), given)
    assert "Close it first" in answer.content.decode()
    invite.close_client_account(episode=maya, by=by)
    change_details(episode=maya, details=other, by=by)
    maya.client.refresh_from_db()
    assert maya.client.email == "other@example.org"


def test_a_therapist_invites_their_client_to_an_account_and_closes_it(therapist, maya, mailoutbox):
    by = house.actor(therapist)
    written_down(maya, "maya@example.org")
    person = invite.invite_client(episode=maya, email="maya@example.org", by=by)
    work_once()
    assert "Maya" not in mailoutbox[0].subject + mailoutbox[0].body
    maya.client.refresh_from_db()
    assert maya.client.account == person
    with pytest.raises(Refused):
        invite.invite_client(episode=maya, email="other@example.org", by=by)
    invite.close_client_account(episode=maya, by=by)
    maya.client.refresh_from_db()
    assert maya.client.account is None
    assert not Person.objects.filter(pk=person.pk).exists()


def test_an_address_in_use_is_refused_without_saying_by_whom(therapist, maya, administrator):
    written_down(maya, administrator.person.email)
    with pytest.raises(Refused, match="cannot be used"):
        invite.invite_client(
            episode=maya, email=administrator.person.email, by=house.actor(therapist)
        )


def test_the_pages_of_people_work_by_hand(client, administrator, therapist, colleague, maya):
    house.sign_in(client, administrator)
    place = reverse("person", args=[therapist.person.pk])
    supervisor = house.staff(Role.SUPERVISOR, therapist.site)
    for given in (
        {"change": "supervisors", "supervisors": [str(supervisor.pk)]},
        {"change": "on-call", "on_call": "yes"},
        {"change": "hand-over", "taker": str(colleague.pk)},
        {"change": "roles", "roles": ["therapist", "manager"]},
        {"change": "second-factor"},
        {"change": "nonsense"},
    ):
        assert client.post(place, given)["Location"] == place
    text = client.get(place).content.decode()
    assert "Take off call" in text
    assert therapist.supervised_by.get().supervisor == supervisor
    assert colleague.episodes.get() == maya
    assert {held.role for held in therapist.person.memberships.all()} == {"therapist", "manager"}


def test_a_site_does_not_take_away_the_second_step_of_someone_from_elsewhere(
    client, administrator, elsewhere
):
    there = house.staff(Role.ADMINISTRATOR, elsewhere, house.person("Known Elsewhere"))
    house.with_second_factor(there.person)
    house.sign_in(client, administrator)
    given = {"name": "New", "email": there.person.email, "roles": ["manager"]}
    answer = client.post(reverse("people"), given)
    (said,) = [str(one) for one in answer.wsgi_request._messages]
    assert "Known" not in said
    assert there.person.email in said
    with pytest.raises(Refused, match="another site"):
        members.reset_second_factor(person=there.person, by=house.actor(administrator))
    assert Authenticator.objects.filter(user=there.person).exists()
    there.active = False
    there.save()
    members.reset_second_factor(person=there.person, by=house.actor(administrator))
    assert not Authenticator.objects.filter(user=there.person).exists()


def test_whoever_works_here_no_more_is_not_reset_from_here(administrator, therapist):
    therapist.active = False
    therapist.save()
    with pytest.raises(Http404):
        members.reset_second_factor(person=therapist.person, by=house.actor(administrator))


def test_memberships_of_another_site_are_not_changed_from_here(
    administrator, therapist, colleague, elsewhere
):
    by = house.actor(administrator)
    there = house.staff(Role.THERAPIST, elsewhere)
    another = house.staff(Role.THERAPIST, elsewhere)
    above = house.staff(Role.SUPERVISOR, elsewhere)
    for change in (
        lambda: members.hand_over(giver=there, taker=another, by=by),
        lambda: members.hand_over(giver=therapist, taker=there, by=by),
        lambda: members.set_on_call(held=there, on_call=True, by=by),
        lambda: members.set_supervisors(therapist=there, supervisors={above}, by=by),
        lambda: members.set_supervisors(therapist=therapist, supervisors={above}, by=by),
    ):
        with pytest.raises(Http404):
            change()


def test_administrators_who_remove_each_other_are_held_in_one_order(administrator):
    by = house.actor(house.staff(Role.ADMINISTRATOR, administrator.site))
    with CaptureQueriesContext(connection) as asked:
        members.set_roles(person=administrator.person, roles=set(), by=by)
    said = [one["sql"] for one in asked if "people_membership" in one["sql"]]
    assert "administrator" in said[0]
    assert "ORDER BY" in said[0]
    if connection.features.has_select_for_update:
        assert "FOR UPDATE" in said[0]
