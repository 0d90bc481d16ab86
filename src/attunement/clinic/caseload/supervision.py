"""The caseloads of the therapists whom someone supervises, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.caseload.selectors import Caseload, Person, ordered
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Episode, Membership

LONGEST_LIST = 5


@dataclass(frozen=True, kw_only=True)
class Supervised:
    """One therapist's caseload in numbers, and whom to look at first.

    Clients whose therapist no longer works here have a caseload without a therapist.
    """

    caseload: Caseload
    now: datetime

    @property
    def name(self) -> str:
        """Whose caseload it is."""
        therapist = self.caseload.therapist
        return therapist.name if therapist else _("Without an active therapist")

    @property
    def alerts(self) -> list[Alert]:
        """Open alerts, the oldest first."""
        found = [alert for person in self.caseload.people for alert in person.alerts]
        return sorted(found, key=lambda alert: alert.opened_at)

    @property
    def overdue(self) -> list[Alert]:
        """Open alerts for which the site's time is over, and nobody has acted on them."""
        return [alert for alert in self.alerts if alert.overdue(self.now)]

    @property
    def first(self) -> list[Person]:
        """Whom to look at first, the few most pressing."""
        return self.caseload.first[:LONGEST_LIST]


def supervised(supervisor: Membership) -> Sequence[Supervised]:
    """Read all supervisees' caseloads: as many queries for ten therapists as for one.

    The clients of those who no longer work here come first, together.
    """
    now = timezone.now()
    everyone = list(
        Membership.objects.filter(supervised_by__supervisor=supervisor, site=supervisor.site_id)
        .select_related("person")
        .order_by("person__name")
    )
    active = [one for one in everyone if one.active and one.person.is_active]
    episodes = Episode.objects.filter(
        therapist__in=everyone, ended_on__isnull=True, client__erased_at__isnull=True
    ).select_related("client__site", "therapist__person")
    people = ordered(list(episodes), now)
    here = {one.pk for one in active}
    left = tuple(person for person in people if person.episode.therapist_id not in here)
    theirs = [
        Caseload(
            therapist=one,
            people=tuple(person for person in people if person.episode.therapist_id == one.pk),
        )
        for one in active
    ]
    alone = [Caseload(therapist=None, people=left)] if left else []
    return [Supervised(caseload=one, now=now) for one in (*alone, *theirs)]
