"""What jobs work out at a site, so that pages have something to show: worked out once."""

from django.utils import timezone

from attunement.clinic.drift.learning import keep, learned
from attunement.clinic.drift.models import Suggestion
from attunement.clinic.people.permissions import Role
from attunement.clinic.service.models import Programme
from attunement.clinic.service.programme import compute_site
from clinic.drift.courses import made
from clinic.service import cohort
from support.house import staff

FOUND = {}


def work_out(here, elsewhere, episode):
    """Give a site figures over everybody, a model in use, and a suggestion about someone."""
    if not FOUND:
        cohort.fill(staff(Role.THERAPIST, elsewhere), 60)
        kept = compute_site(elsewhere)
        FOUND["figures"], FOUND["picture"] = kept.figures, kept.picture
        courses = made()
        FOUND["model"] = learned(courses.attendance, courses.scores, timezone.localdate())
    Programme.objects.update_or_create(
        site=here,
        defaults={
            "at": timezone.now(),
            "figures": FOUND["figures"],
            "picture": FOUND["picture"],
        },
    )
    version = keep(here, FOUND["model"], 500)
    Suggestion.objects.create(
        episode=episode, version=version, after=1, weighed=["missed_in_a_row", "alliance"]
    )
