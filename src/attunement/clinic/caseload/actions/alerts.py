"""Take on what was noticed about one client."""

from django.db import transaction

from attunement.clinic.noticing.actions import acknowledge
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Episode
from attunement.clinic.people.permissions import Permission

WAITING = (Alert.State.OPEN, Alert.State.ESCALATED)


@transaction.atomic
def take_on(*, episode: Episode, by: Actor) -> int:
    """Take charge of every alert of an episode that waits; returns how many there were.

    Raises
    ------
    Refused
        If someone else has changed one of them meanwhile; then nothing has changed.
    """
    check(by, Permission.ALERT_HANDLE)
    waiting = list(episode.alerts.filter(state__in=WAITING).order_by("opened_at"))
    for alert in waiting:
        acknowledge(alert=alert, by=by)
    return len(waiting)
