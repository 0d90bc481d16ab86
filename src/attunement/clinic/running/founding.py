"""Begin a clinic: its first site, and the first person who may set up the rest."""

from zoneinfo import ZoneInfo

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import PlanItem
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Membership, Person, Site
from attunement.clinic.people.permissions import Role
from attunement.problems import Problem

PLAN = (("session-check-in", "client"), ("session-check-in-therapist", "therapist"))


@transaction.atomic
def found(*, site: str, name: str, email: str, time_zone: str) -> str:
    """Make a site whose plan is the check-in after every session, and its administrator.

    Returns
    -------
    The address at which the administrator chooses a password. It works for a few days, once.

    Raises
    ------
    Problem
        If there is such a site or account already, or no such time zone.
    """
    try:
        ZoneInfo(time_zone)
    except (OSError, ValueError) as error:
        raise Problem("there is no such time zone", "write one such as Europe/Berlin") from error
    if Site.objects.filter(name=site).exists():
        raise Problem("there is a site of this name already", "sign in, or name another one")
    if Person.objects.filter(email=email.lower()).exists():
        raise Problem("there is an account of this address already", "name another one")
    made = Site.objects.create(name=site, time_zone=time_zone)
    PlanItem.objects.bulk_create(
        PlanItem(site=made, instrument=instrument, rater=rater, moment="after")
        for instrument, rater in PLAN
    )
    person = Person.objects.create_user(email, None, name=name)
    held = Membership.objects.create(person=person, site=made, role=Role.ADMINISTRATOR)
    audit(Actor.worker(made), "site.founded", made, membership=str(held.pk))
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": token},
    )
    return f"{settings.ADDRESS}{path}"
