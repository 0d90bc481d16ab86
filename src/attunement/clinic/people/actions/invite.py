"""Invite people to an account: they choose their own password by a link."""

from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from attunement.clinic.audit.record import audit
from attunement.clinic.jobs.queue import later
from attunement.clinic.people.actions.watching import tell_others
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Client, Episode, Membership, Person
from attunement.clinic.people.permissions import Permission, Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of

KIND = "account.mail"


@transaction.atomic
def add_staff(*, name: str, email: str, roles: set[Role], by: Actor) -> Person:
    """Give someone roles at the site, and invite them if they have no account yet.

    Raises
    ------
    Refused
        If the address belongs to a client's account.
    """
    check(by, Permission.PEOPLE_MANAGE)
    person = Person.objects.filter(email=email.lower()).first()
    if person is not None and hasattr(person, "client"):
        raise Refused(gettext("This address cannot be used for staff. Take another one."))
    new = person is None
    if person is None:
        language = by.site.language if by.site else settings.LANGUAGE_CODE
        person = Person.objects.create_user(email, None, name=name, language=language)
    for role in sorted(roles):
        held, _new = Membership.objects.update_or_create(
            person=person, site=by.site, role=role, defaults={"active": True}
        )
        audit(by, "membership.given", held, role=str(role))
    if new:
        audit(by, "person.invited", person)
        ask_to_send(person)
    return person


@transaction.atomic
def invite_again(*, person: Person, by: Actor) -> None:
    """Send the link once more to someone who has not signed in yet."""
    check(by, Permission.PEOPLE_MANAGE)
    if person.has_usable_password():
        raise Refused(gettext("This person has an account already."))
    audit(by, "person.invited", person)
    ask_to_send(person)


@transaction.atomic
def invite_client(*, episode: Episode, email: str, by: Actor) -> Person:
    """Give a client an account of their own, because they want one.

    Raises
    ------
    Refused
        If the address is not the one in the client's record, or is in use; by whom is not said.
    """
    check(by, Permission.CLIENT_CHANGE)
    found = episode_in_care_of(by, episode.pk)
    client = found.client
    if client.account is not None:
        raise Refused(gettext("There is an account already."))
    if email.lower() != client.email.strip().lower():
        raise Refused(
            gettext(
                "An invitation goes to the address in the client's details alone. Write it down "
                "there first."
            )
        )
    if Person.objects.filter(email=email.lower()).exists():
        raise Refused(gettext("This address cannot be used. Ask your client for another one."))
    person = Person.objects.create_user(
        email,
        None,
        name=client.shown_name,
        language=client.language or client.site.language,
    )
    if not Client.objects.filter(pk=client.pk, account__isnull=True).update(account=person):
        raise Refused(gettext("There is an account already."))
    audit(by, "client.invited", person, client=client, told=tell_others(found, by))
    ask_to_send(person)
    return person


@transaction.atomic
def close_client_account(*, episode: Episode, by: Actor) -> None:
    """Take a client's account away; their record stays."""
    check(by, Permission.CLIENT_CHANGE)
    found = episode_in_care_of(by, episode.pk)
    client = found.client
    person = client.account
    if person is None:
        return
    Client.objects.filter(pk=client.pk).update(account=None)
    audit(by, "client.account-closed", person, client=client, told=tell_others(found, by))
    person.delete()


def ask_to_send(person: Person) -> None:
    """Ask the worker to send the link, when what was done is kept."""
    later(KIND, f"{KIND}:{person.pk}:{uuid4().hex}", person=str(person.pk))
