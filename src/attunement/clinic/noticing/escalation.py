"""Take safety alerts further when the site's time is over."""

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from attunement.clinic.audit.record import audit
from attunement.clinic.jobs.queue import later
from attunement.clinic.noticing.actions import put
from attunement.clinic.noticing.models import Alert, AlertStep
from attunement.clinic.noticing.selectors import to_tell
from attunement.clinic.noticing.states import CHANGES, Action
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.problems import Refused

ESCALATE = CHANGES[Action.ESCALATE]
AT_ONCE = 500


def escalate_due() -> int:
    """Escalate every safety alert that nobody took on, or acted upon, in time; count them.

    So does one that a person has passed on, where nobody has taken it up by then.
    """
    last = AlertStep.objects.filter(alert=OuterRef("pk")).order_by("-at").values("by")[:1]
    waits = Q(state__in=ESCALATE.before) | Q(state=ESCALATE.after, passed_on_by__isnull=False)
    due = (
        Alert.objects.annotate(passed_on_by=Subquery(last))
        .filter(waits, kind__in=ESCALATE.kinds, due_at__lte=timezone.now())
        .select_related("episode__client__site", "owner")
        .order_by("due_at")[:AT_ONCE]
    )
    return sum(map(escalate, due))


def escalate(alert: Alert) -> bool:
    """Escalate one alert: it is seen by, and told to, the supervisor and the person on call."""
    by, episode = Actor.worker(alert.episode.client.site), alert.episode
    try:
        with transaction.atomic():
            people = to_tell(episode)
            put(alert, ESCALATE.after, by=None, owner=alert.owner)
            for person in people:
                later(
                    "mail.alert",
                    f"alert:{alert.pk}:{alert.due_at:%Y%m%dT%H%M%S}:{person.pk}",
                    alert=str(alert.pk),
                    membership=str(person.pk),
                )
            audit(by, ESCALATE.done, alert, client=episode.client, told=len(people))
    except Refused:
        return False
    return True
