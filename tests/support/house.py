"""Makes sites, staff, clients and sessions for the clinic's tests."""

import re
from datetime import timedelta
from itertools import count

from allauth.mfa.models import Authenticator
from django.utils import timezone

from attunement.clinic.checkins.models import CheckIn, PlanItem, Session
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client, Episode, Membership, Person, Site, Supervision
from attunement.clinic.people.permissions import Role
from attunement.clinic.privacy.consent import VERSION
from attunement.clinic.privacy.models import Consent

NUMBER = count(1)
PASSWORD = "a long enough password"  # noqa: S105
CONTACTS = [{"name": "Crisis line", "phone": "000 000", "hours": "day and night", "about": ""}]
PLAN = (
    ("phq9", "client", "before"),
    ("session-check-in", "client", "after"),
    ("session-check-in-therapist", "therapist", "after"),
)


def site(name="", **values):
    """Make a site with a plan and crisis contacts."""
    made = Site.objects.create(
        name=name or f"Site {next(NUMBER)}", crisis_contacts=CONTACTS, **values
    )
    for instrument, rater, moment in PLAN:
        PlanItem.objects.create(site=made, instrument=instrument, rater=rater, moment=moment)
    return made


def person(name="", **values):
    """Make someone who can sign in with :data:`PASSWORD`."""
    number = next(NUMBER)
    return Person.objects.create_user(
        f"person{number}@example.org", PASSWORD, name=name or f"Person {number}", **values
    )


def staff(role, at, who=None, **values):
    """Make a membership."""
    return Membership.objects.create(person=who or person(), site=at, role=role, **values)


def supervise(supervisor, therapist):
    """Let one supervise the other."""
    return Supervision.objects.create(supervisor=supervisor, therapist=therapist)


def episode(therapist, name="Maya R.", account=None, consent=True, **values):
    """Make a client in care with a therapist, who has agreed to be asked."""
    client = Client.objects.create(
        site=therapist.site, code=f"C{next(NUMBER)}", name=name, account=account
    )
    if consent:
        Consent.objects.create(client=client, version=VERSION)
    return Episode.objects.create(client=client, therapist=therapist, **values)


def session(of, number=1, days_ago=0, status="attended"):
    """Make a session."""
    at = timezone.now() - timedelta(days=days_ago)
    return Session.objects.create(episode=of, number=number, starts_at=at, status=status)


def checkin(around, rater="client", moment="after", instruments=("session-check-in",)):
    """Make a check-in that is due."""
    return CheckIn.objects.create(
        session=around,
        rater=rater,
        moment=moment,
        instruments=list(instruments),
        due_at=around.starts_at,
        expires_at=timezone.now() + timedelta(days=7),
    )


def actor(of):
    """Give the actor that a membership makes."""
    held = Membership.objects.filter(person=of.person, site=of.site, active=True)
    return Actor(
        person=of.person, site=of.site, memberships=tuple(held.select_related("site", "person"))
    )


def own(client):
    """Give the actor of a client with an account."""
    return Actor(person=client.account, site=client.site, client=client)


def sign_in(browser, of):
    """Sign a member or a person in, with a second factor set up but not asked for."""
    who = getattr(of, "person", of)
    with_second_factor(who)
    browser.force_login(who)
    return browser


def with_second_factor(who):
    """Give someone an authenticator app."""
    Authenticator.objects.get_or_create(
        user=who, type=Authenticator.Type.TOTP, defaults={"data": {"secret": ""}}
    )


STAFF = (Role.THERAPIST, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)


def form_of(browser, address):
    """Look at a form, and give the hidden fields that its browser sends along."""
    page = browser.get(address).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(device)" value="([^"]+)"', page))
