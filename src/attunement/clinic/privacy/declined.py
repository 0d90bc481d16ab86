"""Whether a client has said no to being asked, or has taken their yes back."""

from django.db.models import Q, QuerySet

from attunement.clinic.people.models import Client
from attunement.clinic.privacy.models import Consent

HOLDS = Q(agreed=True, withdrawn_at__isnull=True)


def declined(client: Client) -> bool:
    """Say whether this client was asked, and no yes of theirs holds.

    Whoever has never been asked has not declined: they are asked before the first questions.
    """
    said = Consent.objects.filter(client=client).values_list("agreed", "withdrawn_at")
    holding = [agreed and withdrawn_at is None for agreed, withdrawn_at in said]
    return bool(holding) and not any(holding)


def who_declined() -> QuerySet[Client]:
    """Give everyone who was asked, and of whom no yes holds: what is taken out leaves them out."""
    yes = Consent.objects.filter(HOLDS).values("client")
    asked = Consent.objects.values("client")
    return Client.objects.filter(pk__in=asked).exclude(pk__in=yes)
