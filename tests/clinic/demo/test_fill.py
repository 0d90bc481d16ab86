"""The synthetic clinic is whole, marked as such, and the same when made again."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.db.models import Count, F
from django.utils import timezone

from attunement.clinic.audit.verify import verify
from attunement.clinic.caseload.client_page import client_page
from attunement.clinic.caseload.history import history
from attunement.clinic.checkins.models import Answer, Audience, CheckIn, Note, Session
from attunement.clinic.demo.fill import fill
from attunement.clinic.demo.show import is_of_another_day, link_to_try, logins
from attunement.clinic.demo.story import story
from attunement.clinic.noticing.models import Alert, Rupture, Score
from attunement.clinic.noticing.states import CHANGES
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import BreakGlass, Client, Episode, Membership, Person, Site
from attunement.clinic.people.permissions import Role
from attunement.clinic.privacy.models import Consent
from attunement.problems import Problem


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """The synthetic clinic, once for all tests of this module."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield fill()
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made")]


def test_it_has_the_size_that_it_says(made):
    assert Site.objects.count() == 2
    assert Membership.objects.filter(role=Role.THERAPIST).count() == 8
    assert {role for (role,) in Membership.objects.values_list("role")} == set(Role) - {
        Role.ANYONE, Role.CLIENT,
    }  # fmt: skip
    assert 140 <= Client.objects.count() == made.clients <= 150
    assert Client.objects.exclude(account=None).count() == 3
    assert not Site.objects.filter(synthetic=False).exists()
    assert set(Membership.objects.filter(on_call=True).values_list("site")) == set(
        Site.objects.values_list("pk")
    )


def test_it_lives_today():
    now = timezone.now()
    assert Session.objects.filter(starts_at__date=now.date()).exists()
    ahead = Session.objects.filter(status="planned", starts_at__lte=now + timedelta(days=9))
    assert ahead.count() > 30
    assert not Session.objects.filter(status="planned", starts_at__lt=now - timedelta(days=1))
    assert CheckIn.objects.filter(state="due", due_at__lte=now, expires_at__gt=now).exists()
    held = CheckIn.objects.filter(session__status__in=["attended", "late"])
    assert not held.filter(state="due", moment="before").exists()
    assert not CheckIn.objects.filter(answered_at__gt=now).exists()
    assert not CheckIn.objects.filter(answered_at__lt=F("due_at")).exists()


def test_everything_that_can_happen_happens():
    assert set(Alert.objects.values_list("state", flat=True)) == set(Alert.State.values)
    kinds = {"safety", "drop", "told", "gap", "off-track", "missed", "unanswered"}
    assert kinds <= set(Alert.objects.values_list("kind", flat=True))
    assert {"repaired", "unrepaired", "open"} == set(
        Rupture.objects.values_list("status", flat=True)
    )
    assert set(Session.objects.values_list("status", flat=True)) == set(Session.Status.values)
    assert set(Answer.objects.values_list("audience", flat=True)) == set(Audience.values)
    assert {"answered", "due", "expired"} <= set(CheckIn.objects.values_list("state", flat=True))
    assert Score.objects.filter(private=True).exists()
    assert Note.objects.exists()
    assert BreakGlass.objects.exists()
    assert Episode.objects.filter(ended_on=None).count() > 40


def test_nothing_is_noticed_before_it_was_answered():
    forms = {"client": "session-check-in", "therapist": "session-check-in-therapist"}
    answered = {
        (one.session.episode_id, one.session.number, one.instruments[0]): one.answered_at
        for one in CheckIn.objects.filter(state="answered").select_related("session")
    }
    for alert in Alert.objects.exclude(kind__in=["missed", "unanswered"]):
        parts = forms.values() if alert.kind == "gap" else alert.evidence
        for form in (forms.get(part, part.partition(".")[0]) for part in parts):
            assert answered[alert.episode_id, alert.onset, form] <= alert.opened_at


def test_alerts_tell_how_they_came_to_be_what_they_are():
    for alert in Alert.objects.prefetch_related("steps"):
        steps = sorted(alert.steps.all(), key=lambda one: one.at)
        assert steps[0].before == ""
        assert steps[-1].after == alert.state
        assert all(one.at <= timezone.now() for one in steps)
        ways = {(one.before, one.after) for one in steps[1:]}
        assert ways <= {
            (str(before), str(change.after))
            for change in CHANGES.values()
            if alert.kind in change.kinds
            for before in change.before
        }


def test_those_whose_logins_are_printed_can_sign_in(rf):
    found = logins()
    assert [role for role, _, _ in found] == [
        "therapist", "supervisor", "manager", "administrator", "client",
    ]  # fmt: skip
    for _, address, password in found:
        person = Person.objects.get(email=address)
        assert authenticate(rf.post("/"), email=address, password=password) == person


def test_the_link_leads_to_a_check_in(client):
    found = link_to_try()
    (asked,) = (one for one in Client.objects.all() if one.name == found.name)
    assert asked.account is None
    path = "/c/" + found.link.rpartition("/c/")[2]
    assert client.get(path).status_code == 200


def test_people_of_another_day_are_known_as_such(monkeypatch):
    assert not is_of_another_day()
    later = timezone.now() + timedelta(days=30)
    monkeypatch.setattr("attunement.clinic.demo.show.timezone.now", lambda: later)
    assert is_of_another_day()


def test_names_come_from_many_places_and_are_all_different():
    names = [client.name for client in Client.objects.all()]
    assert len(set(names)) == len(names)
    assert any(not name.isascii() for name in names)
    codes = Client.objects.values("code").annotate(n=Count("pk")).filter(n__gt=1)
    assert not codes.exists()


def test_the_audit_is_whole():
    assert all(one.whole for one in verify(by=Actor.worker()))


def test_made_again_it_stays_as_it_is():
    before = Session.objects.count()
    assert fill() is None
    assert Session.objects.count() == before


def test_the_same_seed_on_the_same_day_draws_the_same_people():
    day = timezone.localdate()
    one, two = story(day, 3), story(day, 3)
    assert one.attendance.equals(two.attendance)
    assert one.responses.equals(two.responses)


def test_made_up_people_never_come_among_real_ones():
    Site.objects.update(synthetic=False)
    with pytest.raises(Problem, match="real sites"):
        fill()
    Site.objects.update(synthetic=True)


def test_everyone_has_agreed_to_be_asked():
    agreed = Consent.objects.filter(agreed=True, withdrawn_at__isnull=True)
    assert agreed.count() == Client.objects.count()


def test_the_page_of_a_client_shows_the_course_to_expect():
    for site in Site.objects.all():
        assert "expected:phq9" in site.norms
    course = Score.objects.filter(scale="phq9", number__gte=8, private=False).first()
    assert ">expected<" in "".join(one.drawn for one in client_page(history(course.episode)).others)
