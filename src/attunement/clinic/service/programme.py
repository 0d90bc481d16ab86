"""Compute what holds over everybody at a site, and keep what may be seen: the work of a job."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from attunement.clinic.drift.models import Version
from attunement.clinic.noticing.instruments import scales
from attunement.clinic.people.models import Site
from attunement.clinic.privacy.declined import who_declined
from attunement.clinic.service.cells import SMALLEST
from attunement.clinic.service.figures.drawing import Drawing, drawings, picture
from attunement.clinic.service.figures.funnels import shown
from attunement.clinic.service.figures.groups import put_together
from attunement.clinic.service.figures.points import points
from attunement.clinic.service.figures.rows import Rows, plain
from attunement.clinic.service.figures.telling import told
from attunement.clinic.service.models import Picture, Programme
from attunement.clinic.service.tables import attendance_of, episodes_of, people_of, scores_of
from attunement.course.attendance.appointments import CAME
from attunement.problems import Problem
from attunement.programme.outcomes.measure import TALKING_THERAPIES
from attunement.programme.retention.model import Tested, load
from attunement.programme.retention.validation import LATER
from attunement.report.programme import Asked, programme
from attunement.report.programme.computing import Programme as Found

ALLIANCE = "session-check-in.alliance"
FEWEST_PEOPLE = 50
GROUPS = ("language", "planned")
UNITS = ("therapist",)
STEPS = 6
IMPUTATIONS = 20

log = structlog.get_logger("attunement.service")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Everything that may be seen of a site."""

    rows: Rows = field(default_factory=dict)
    drawn: list[Drawing] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)


def compute_all() -> None:
    """Compute every site anew, as every night."""
    for site in Site.objects.order_by("pk"):
        compute_site(site)


def compute_one(site: str) -> None:
    """Compute one site anew, as someone asked for it."""
    for found in Site.objects.filter(pk=site):
        compute_site(found)


def compute_site(site: Site) -> Programme:
    """Compute what holds over everybody at a site and keep it in place of the earlier figures.

    Among fewer than 50 who began, nothing is computed but their number. Where the tables cannot be
    used, the earlier figures stay, and why is kept with them.
    """
    begun = timezone.now()
    try:
        seen = _seen(site)
    except Problem as problem:
        return _refused(site, begun, problem)
    pictures = list(_pictures(seen.drawn))
    return _kept(site, begun, seen, pictures)


def _seen(site: Site) -> Seen:
    episodes = episodes_of(site).exclude(client__in=who_declined())
    measures = tuple(one for one in TALKING_THERAPIES if one.scale in scales())
    attendance = attendance_of(episodes)
    if attendance.is_empty():
        return Seen()
    if attendance.filter(pl.col("status").is_in(CAME)).is_empty():
        raise Problem(Programme.NOBODY_CAME)
    people = put_together(people_of(episodes), GROUPS, 2 * SMALLEST)
    scores = scores_of(episodes, (ALLIANCE, *(one.scale for one in measures)))
    there = set(scores["scale"].unique())
    asked = Asked(
        alliance=scales()[ALLIANCE],
        measures=tuple(one for one in measures if one.scale in there),
        by=GROUPS,
        units=UNITS,
        fewest=SMALLEST,
        smallest=FEWEST_PEOPLE,
        imputations=IMPUTATIONS,
        learn=False,
    )

    def advance(_step: str, done: int, _of: int) -> None:
        Programme.objects.filter(site=site).update(steps_done=done)

    found = programme(scores, attendance, people, asked=asked, progress=advance)
    test, funnels = _test(site), shown(found)
    rows = told(found, funnels, test)
    if found.began < FEWEST_PEOPLE:
        return Seen(rows=rows)
    drawn = drawings(found, rows, funnels, test)
    return Seen(rows=rows, drawn=drawn, about=_about(found, drawn))


def _test(site: Site) -> Tested | None:
    """Give how the site's newest model did on clients who began later."""
    version = Version.objects.filter(site=site).first()
    tests = load(json.dumps(version.content)).tests if version else ()
    return next((one for one in tests if one.kind == LATER), None)


def _about(found: Found, drawn: Iterable[Drawing]) -> dict[str, Any]:
    """Say what the figures are about: pages need not take their names apart."""
    groups = None if found.outcomes is None else found.outcomes.groups
    return {
        "measures": [one.scale for one in found.asked.measures],
        "outcome": "" if found.relation is None else found.relation.about.outcome,
        "groups": {}
        if groups is None
        else {
            by: groups.filter(by=by)["group"].unique(maintain_order=True).to_list()
            for by in groups["by"].unique(maintain_order=True)
        },
        "models": []
        if found.relation is None
        else found.relation.table.select("about", "model", "standing").to_dicts(),
        "pictures": [one.name for one in drawn],
    }


def _pictures(drawn: Iterable[Drawing]) -> Iterable[Picture]:
    for one in drawn:
        for language, _name in settings.LANGUAGES:
            with override(language):
                yield Picture(language=language, name=one.name, svg=picture(one))


def _refused(site: Site, begun: datetime, problem: Problem) -> Programme:
    """Keep why there are no newer figures; the log names the site alone."""
    came = problem.what != Programme.NOBODY_CAME
    why = Programme.OTHER if came else Programme.NOBODY_CAME
    log.warning("figures were not worked out", site=str(site.pk), why=why)
    kept, _new = Programme.objects.update_or_create(
        site=site, defaults={"refused": why, "steps_done": 0}
    )
    Programme.objects.filter(pk=kept.pk, asked_at__lte=begun).update(asked_at=None)
    return kept


@transaction.atomic
def _kept(site: Site, begun: datetime, seen: Seen, pictures: list[Picture]) -> Programme:
    kept, _new = Programme.objects.update_or_create(
        site=site,
        defaults={
            "at": begun,
            "steps_done": 0,
            "refused": "",
            "figures": {name: plain(one) for name, one in seen.rows.items()},
            "points": points(seen.drawn),
            "about": seen.about,
        },
    )
    kept.pictures.all().delete()
    for one in pictures:
        one.programme = kept
    Picture.objects.bulk_create(pictures)
    return kept
