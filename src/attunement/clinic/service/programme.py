"""Compute what holds over everybody at a site: the work of a job."""

from dataclasses import asdict, replace
from math import ceil, floor, isfinite
from typing import Any

from django.utils import timezone

from attunement.clinic.noticing.instruments import scales
from attunement.clinic.people.models import Site
from attunement.clinic.service.cells import SMALLEST
from attunement.clinic.service.models import Programme
from attunement.clinic.service.tables import attendance_of, episodes_of, scores_of
from attunement.problems import Problem
from attunement.programme.alliance_outcome.associations import Association
from attunement.programme.outcomes.measure import TALKING_THERAPIES
from attunement.report.programme import Asked, figures, programme
from attunement.report.programme.computing import Programme as Found
from attunement.report.programme.figures import Figure
from attunement.report.programme.pictures import relation_picture

ALLIANCE = "session-check-in.alliance"
FEWEST_PEOPLE = 50
TENTHS = 1
SPOKEN = (
    "Left, sessions of one client compared with each other; right, clients compared with each "
    "other. Each dot is the mean of many; the line is the association, the band its 95% interval."
)
KEPT = (
    "people/",
    "leaving/",
    "outcomes/",
    "had-nobody-changed/",
    "effect-size/",
    "relation/",
)

Figures = dict[str, dict[str, Any]]


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

    Among fewer than 50 who began, nothing is computed but their number.
    """
    begun = timezone.now()
    found, picture = _computed(site)
    kept, _new = Programme.objects.update_or_create(
        site=site, defaults={"at": begun, "figures": found, "picture": picture}
    )
    return kept


def _computed(site: Site) -> tuple[Figures, str]:
    episodes = episodes_of(site)
    measures = tuple(one for one in TALKING_THERAPIES if one.scale in scales())
    scores = scores_of(episodes, (ALLIANCE, *(one.scale for one in measures)))
    seen = set(scores["scale"].unique())
    asked = Asked(
        alliance=scales()[ALLIANCE],
        measures=tuple(one for one in measures if one.scale in seen),
        fewest=SMALLEST,
        learn=False,
    )
    try:
        found = programme(scores, attendance_of(episodes), asked=asked)
    except Problem:
        return {}, ""
    every = figures(found)
    if found.began < FEWEST_PEOPLE:
        return {"people/began": _plain(every["people/began"])}, ""
    kept = {name: _plain(one) for name, one in every.items() if name.startswith(KEPT)}
    drawn = relation_picture(_in_tenths(found), spoken=SPOKEN, places=TENTHS)
    if found.relation is not None:
        kept["relation/outcome"] = {"what": found.relation.about.outcome}
    return kept, drawn.svg if drawn else ""


def _in_tenths(found: Found) -> Found:
    """Round the associations that are drawn, their intervals outward, as beside them in words."""
    if found.relation is None:
        return found
    of = found.relation.found
    of = replace(
        of,
        within=None if of.within is None else _rounded(of.within),
        between=_rounded(of.between),
    )
    return replace(found, relation=replace(found.relation, found=of))


def _rounded(one: Association) -> Association:
    low, high = floor(10 * one.low) / 10, ceil(10 * one.high) / 10
    return replace(one, value=round(one.value, TENTHS), low=low, high=high)


def _plain(one: Figure) -> dict[str, Any]:
    """Give a figure as JSON can hold it: what is not a number is not known."""
    return {
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in asdict(one).items()
    }
