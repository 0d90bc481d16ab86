"""Whether a client has said no to being asked, or has taken their yes back."""

from attunement.clinic.people.models import Client
from attunement.clinic.privacy.models import Consent


def declined(client: Client) -> bool:
    """Say whether this client was asked, and no yes of theirs holds.

    Whoever has never been asked has not declined: they are asked before the first questions.
    """
    said = Consent.objects.filter(client=client).values_list("agreed", "withdrawn_at")
    holding = [agreed and withdrawn_at is None for agreed, withdrawn_at in said]
    return bool(holding) and not any(holding)
