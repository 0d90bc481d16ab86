"""What is usual of a site's check-ins: learnt by a job, and kept in versions that never change."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import polars as pl
from django.db import transaction

from attunement.clinic.caseload.scales import CHECK_IN, all_scales
from attunement.clinic.checkins.models import Answer, Audience, Session
from attunement.clinic.guidance.models import CheckInNorms
from attunement.clinic.people.models import Site
from attunement.guidance.reasons.learning import learn_usual
from attunement.guidance.reasons.library import THERAPIST_CHECK_IN
from attunement.guidance.reasons.rows import rows
from attunement.guidance.reasons.usual import as_figures

ANSWERS = {
    "client": pl.String, "session": pl.Int64, "instrument": pl.String, "item": pl.String,
    "value": pl.Float64,
}  # fmt: skip
APPOINTMENTS = {"client": pl.String, "session": pl.Int64, "status": pl.String}
CHUNK = 20_000


def learn_all() -> None:
    """Learn anew at every site: the work of a job, each site in its own transaction."""
    for site in Site.objects.order_by("pk"):
        learn(site)


@transaction.atomic
def learn(site: Site) -> CheckInNorms | None:
    """Learn what is usual at a site, from what therapists may see; nothing from too few clients.

    A new version is kept only where it differs. With it goes what the site has learned of each
    symptom scale, so that a version holds all that a reason is weighed by.
    """
    answers = Answer.objects.filter(
        checkin__session__episode__client__site=site,
        instrument__in=[CHECK_IN, THERAPIST_CHECK_IN],
        audience=Audience.THERAPIST,
    ).values_list(
        "checkin__session__episode", "checkin__session__number", "instrument", "item", "value"
    )
    held = (
        Session.objects.filter(episode__client__site=site)
        .exclude(status=Session.Status.PLANNED)
        .values_list("episode", "number", "status")
    )
    learnt = learn_usual(rows(_table(answers, ANSWERS), attendance=_table(held, APPOINTMENTS)))
    last = CheckInNorms.objects.filter(site=site).order_by("-version").first()
    if not learnt.clients:
        return last
    figures = {"norms": of_scales(site), "usual": as_figures(learnt)}
    if last and last.figures == figures:
        return last
    version = last.version + 1 if last else 1
    return CheckInNorms.objects.create(site=site, version=version, figures=figures)


def _table(found: Any, schema: dict[str, Any]) -> pl.DataFrame:
    known = [(str(client), *rest) for client, *rest in found.iterator(chunk_size=CHUNK)]
    return pl.DataFrame(known, schema, orient="row")


def of_scales(site: Site) -> dict[str, Any]:
    """Give what a site has learned of each scale by now."""
    return {name: site.norms[name] for name in sorted(site.norms) if name in all_scales()}


def in_force(site: Site, versions: Iterable[CheckInNorms], at: datetime | None = None) -> str:
    """Write down what was known at a site at some time, so that it can be a key.

    A session is weighed by the newest version that is older than it, so that a later one changes
    nothing of what was told. Before the first, the site's norms of the scales are used.

    Parameters
    ----------
    site
        Where.
    versions
        All of the site, the newest first.
    at
        When the session began; now where None.
    """
    known = next((one.figures for one in versions if at is None or one.at <= at), None)
    return json.dumps(known or {"norms": of_scales(site)}, sort_keys=True)
