"""Take safety alerts further when the site's time is over."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from attunement.clinic.audit.record import audit
from attunement.clinic.jobs.queue import later
from attunement.clinic.noticing.actions import due_after, put
from attunement.clinic.noticing.models import Alert
from attunement.clinic.noticing.selectors import last_by, to_tell
from attunement.clinic.noticing.states import CHANGES, SAFETY, Action
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Membership
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import in_care

ESCALATE = CHANGES[Action.ESCALATE]
AT_ONCE = 500


def escalate_due() -> int:
    """Take every safety alert further for which the time is over; count them.

    One that nobody took on, or acted upon, is escalated; so is one that a person has passed on,
    where nobody has taken it up by then. One that was escalated is told of again, each time the
    site's time is over, until somebody takes it on. One that was acted on and is not settled is
    told of once.
    """
    by_a_person = Q(last_by__isnull=False)
    waits = Q(state__in=ESCALATE.before) | Q(state=ESCALATE.after)
    due = (
        Alert.objects.annotate(last_by=last_by())
        .filter(
            waits | (Q(state=Alert.State.ACTED) & by_a_person),
            kind__in=SAFETY,
            due_at__lte=timezone.now(),
        )
        .select_related("episode__client__site", "episode__therapist", "owner")
        .order_by("due_at")[:AT_ONCE]
    )
    return sum(map(further, due))


def further(alert: Alert) -> bool:
    """Take one alert further, as its state asks."""
    if alert.state == Alert.State.ACTED:
        return remind(alert)
    if alert.state == ESCALATE.after and not alert.last_by:  # type: ignore[attr-defined]
        return tell_again(alert)
    return escalate(alert)


def escalate(alert: Alert) -> bool:
    """Escalate one alert: it is seen by, and told to, the supervisor and the person on call."""
    by, client = Actor.worker(alert.episode.client.site), alert.episode.client
    try:
        with transaction.atomic():
            people = to_tell(in_care(alert.episode))
            put(alert, ESCALATE.after, by=None, owner=alert.owner)
            tell(alert, people)
            audit(by, ESCALATE.done, alert, client=client, told=len(people))
    except Refused:
        return False
    return True


@transaction.atomic
def tell_again(alert: Alert) -> bool:
    """Tell everyone anew of an escalated alert, and give the site's time once more."""
    by, client = Actor.worker(alert.episode.client.site), alert.episode.client
    still = Alert.objects.filter(pk=alert.pk, state=alert.state, due_at=alert.due_at)
    if not still.update(due_at=due_after(alert, alert.state, timezone.now())):
        return False
    people = to_tell(in_care(alert.episode))
    tell(alert, people)
    audit(by, "alert.told-again", alert, client=client, told=len(people))
    return True


def remind(alert: Alert) -> bool:
    """Tell the supervisor, once, that what was acted on has not been settled."""
    by, client = Actor.worker(alert.episode.client.site), alert.episode.client
    found = [one for one in to_tell(in_care(alert.episode)) if one.role != Role.ADMINISTRATOR]
    people = [one for one in found if one.role == Role.SUPERVISOR] or found
    try:
        with transaction.atomic():
            put(alert, Alert.State.ACTED, by=None, owner=alert.owner)
            tell(alert, people)
            audit(by, "alert.unsettled", alert, client=client, told=len(people))
    except Refused:
        return False
    return True


def tell(alert: Alert, people: Sequence[Membership]) -> None:
    """Send word that an alert waits, once for each time that was over."""
    for person in people:
        later(
            "mail.alert",
            f"alert:{alert.pk}:{alert.due_at:%Y%m%dT%H%M%S}:{person.pk}",
            alert=str(alert.pk),
            membership=str(person.pk),
        )
