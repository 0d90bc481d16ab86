"""Stop asking a client who said no, and ask again after a yes."""

from django.utils import timezone

from attunement.clinic.checkins.actions.arranging import arrange_ahead
from attunement.clinic.checkins.models import CheckIn, Rater
from attunement.clinic.checkins.states import TAKES_PLACE
from attunement.clinic.people.models import Client


def stop_asking(client: Client) -> int:
    """Withdraw what a client has not answered yet, in the caller's transaction; count it.

    Nobody waits for these answers any more, no e-mail goes out, and silence is not noticed.
    """
    mine = CheckIn.objects.filter(session__episode__client=client, rater=Rater.CLIENT)
    return mine.filter(state=CheckIn.State.DUE).update(state=CheckIn.State.WITHDRAWN)


def ask_again(client: Client) -> None:
    """Take up again what can still be answered, in the caller's transaction."""
    CheckIn.objects.filter(
        session__episode__client=client,
        session__status__in=TAKES_PLACE,
        rater=Rater.CLIENT,
        state=CheckIn.State.WITHDRAWN,
        expires_at__gt=timezone.now(),
    ).update(state=CheckIn.State.DUE)
    for episode in client.episodes.filter(ended_on__isnull=True):
        arrange_ahead(episode)
