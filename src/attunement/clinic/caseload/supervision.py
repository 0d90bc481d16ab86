"""The caseloads of the therapists whom someone supervises, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from attunement.clinic.caseload.selectors import Caseload, Person, ordered
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Episode, Membership

LONGEST_LIST = 5


@dataclass(frozen=True, kw_only=True)
class Supervised:
    """One therapist's caseload in numbers, and whom to look at first."""

    caseload: Caseload
    now: datetime

    @property
    def therapist(self) -> Membership:
        """Whose caseload it is."""
        return self.caseload.therapist

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
    """Read all supervisees' caseloads: as many queries for ten therapists as for one."""
    now = timezone.now()
    therapists = list(
        Membership.objects.filter(
            supervised_by__supervisor=supervisor, site=supervisor.site_id, active=True
        )
        .select_related("person")
        .order_by("person__name")
    )
    episodes = Episode.objects.filter(
        therapist__in=therapists, ended_on__isnull=True, client__erased_at__isnull=True
    ).select_related("client__site", "therapist__person")
    people = ordered(list(episodes), now)
    return [
        Supervised(
            caseload=Caseload(
                therapist=one,
                people=tuple(person for person in people if person.episode.therapist_id == one.pk),
            ),
            now=now,
        )
        for one in therapists
    ]
