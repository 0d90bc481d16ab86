"""What jobs work out at a site, so that pages have something to show: worked out once."""

from django.utils import timezone

from attunement.clinic.drift.learning import keep, learned
from attunement.clinic.drift.models import Suggestion
from attunement.clinic.people.permissions import Role
from attunement.clinic.service.models import Picture, Programme
from attunement.clinic.service.programme import compute_site
from clinic.drift.courses import made
from clinic.service import cohort
from support.house import staff

FOUND = {}


def work_out(here, elsewhere, episode):
    """Give a site figures over everybody, a model in use, and a suggestion about someone."""
    if not FOUND:
        courses = made()
        FOUND["model"] = learned(courses.attendance, courses.scores, timezone.localdate())
        keep(elsewhere, FOUND["model"], 500)
        cohort.fill(staff(Role.THERAPIST, elsewhere), 60)
        kept = compute_site(elsewhere)
        FOUND["figures"] = {name: getattr(kept, name) for name in ("figures", "points", "about")}
        FOUND["pictures"] = list(kept.pictures.values("language", "name", "svg"))
    programme, _new = Programme.objects.update_or_create(
        site=here, defaults={"at": timezone.now(), **FOUND["figures"]}
    )
    programme.pictures.all().delete()
    Picture.objects.bulk_create(Picture(programme=programme, **one) for one in FOUND["pictures"])
    version = keep(here, FOUND["model"], 500)
    Suggestion.objects.create(
        episode=episode, version=version, after=1, weighed=["missed_in_a_row", "alliance"]
    )
