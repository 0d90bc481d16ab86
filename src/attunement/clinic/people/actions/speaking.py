"""Remember which language someone speaks."""

from django.db import transaction

from attunement.clinic.audit.record import audit
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Client, Person
from attunement.clinic.people.permissions import Permission


@transaction.atomic
def speak(*, language: str, by: Actor) -> None:
    """Show someone all pages in a language, and write to them in it, until they choose another."""
    check(by, Permission.ACCOUNT_OWN)
    if by.person is None or by.person.language == language:
        return
    Person.objects.filter(pk=by.person.pk).update(language=language)
    if by.client is not None:
        Client.objects.filter(pk=by.client.pk).update(language=language)
    audit(by, "preference.changed", by.person, client=by.client, language=language)
