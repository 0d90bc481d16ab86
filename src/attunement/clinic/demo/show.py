"""What someone needs in order to look around in the synthetic clinic."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Case, When
from django.utils import timezone

from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.models import CheckIn, Session, Token
from attunement.clinic.demo.staff import PASSWORD, address
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Membership, Person
from attunement.clinic.people.permissions import Role

LOGINS = ("therapist", "supervisor", "manager", "administrator", "client")


@dataclass(frozen=True, kw_only=True)
class ToTry:
    """A link to a check-in, and the client whose check-in it is."""

    name: str
    link: str


def logins() -> list[tuple[str, str, str]]:
    """Give role, address and password of those who are there."""
    known = set(Person.objects.values_list("email", flat=True))
    return [(name, address(name), PASSWORD) for name in LOGINS if address(name) in known]


def is_of_another_day() -> bool:
    """Say whether the made-up people have nothing ahead of them any more."""
    soon = timezone.now() + timedelta(days=2)
    return not Session.objects.filter(
        episode__client__site__synthetic=True, starts_at__gt=soon
    ).exists()


def link_to_try() -> ToTry | None:
    """Make a link to a check-in that waits, of a client of the first therapist's without account.

    Somebody who speaks English and a check-in after a session come first.
    """
    therapist = (
        Membership.objects.filter(role=Role.THERAPIST, person__email=address("therapist"))
        .select_related("site", "person")
        .first()
    )
    if therapist is None:
        return None
    now = timezone.now()
    speaks_english = Case(When(session__episode__client__language="en", then=0), default=1)
    waiting = (
        CheckIn.objects.filter(
            session__episode__therapist=therapist,
            session__episode__client__account=None,
            rater="client",
            state=CheckIn.State.DUE,
            due_at__lte=now,
            expires_at__gt=now,
        )
        .select_related("session__episode__client")
        .order_by(speaks_english, "moment", "-due_at")
        .first()
    )
    if waiting is None:
        return None
    by = Actor(person=therapist.person, site=therapist.site, memberships=(therapist,))
    made = invite(checkin=waiting, purpose=Token.Purpose.LINK, by=by)
    return ToTry(
        name=waiting.session.episode.client.shown_name,
        link=f"{settings.ADDRESS}/c/{made.secret}",
    )
