"""What a manager may see of what holds over everybody: small numbers are hidden here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from attunement.clinic.noticing.instruments import title_of
from attunement.clinic.people.models import Site
from attunement.clinic.service.cells import ENOUGH_FOR_ONES, SMALLEST, STEP, Cell, alone
from attunement.clinic.service.models import Programme
from attunement.clinic.service.programme import FEWEST_PEOPLE, Figures
from attunement.clinic.service.selectors import Share, per_cent
from attunement.course.attendance.dropout import Limits

LEAVING: Mapping[str, Promise] = {
    "before-planned-end": _("left before the session planned as the last"),
    "last-appointment-not-attended": _("missed or cancelled their last appointment"),
    "too-few-sessions": _("left after fewer than %(dose)s sessions"),
    "came-only-once": _("came once and never again"),
}
OUTCOMES: Mapping[str, Promise] = {
    "reliable_improvement": _("reliably better"),
    "recovery": _("recovered"),
    "reliable_recovery": _("reliably recovered"),
    "deterioration": _("reliably worse"),
}
BY_CHANCE = {
    "reliable_improvement": "reliable_improvement",
    "recovery": "no_case_any_more",
    "deterioration": "reliable_deterioration",
}
IMPUTED, BOTH, ENDS = "imputed", "left out", ("as if worst", "as if best")
WITHIN = "relation/within/centred, with time"
BETWEEN = ("relation/between/true levels", "relation/between/observed means")


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A share as it may be shown; its 95 % interval in per cent where nothing had to be hidden."""

    share: Share | None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One outcome: of everybody with what is missing filled in, at both ends, and by chance."""

    words: Promise
    everybody: Rate | None
    ends: tuple[Share | None, Share | None]
    both: Rate
    by_chance: int | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """From first to last score on one scale, in standard deviations; above 0 is better."""

    scale: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Relation:
    """What goes with one point more of the relationship, in points of the outcome."""

    outcome: str
    value: float
    low: float
    high: float

    @property
    def way(self) -> str:
        """Which way it goes, or that chance alone could explain it."""
        if self.low <= 0 <= self.high:
            return "open"
        return "lower" if self.value < 0 else "higher"

    @property
    def size(self) -> float:
        """Without its sign."""
        return abs(self.value)

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of its interval without their sign, the smaller first."""
        least, most = sorted((abs(self.low), abs(self.high)))
        return least, most


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Everything that is shown."""

    at: datetime | None
    under_way: bool
    enough: bool
    began: Cell
    leaving: list[tuple[str, Rate]]
    missing: Rate
    outcomes: list[Outcome]
    changes: list[Change]
    within: Relation | None
    between: Relation | None
    sessions: Cell
    picture: SafeString


def holding(site: Site) -> Holding:
    """Give what was computed last of a site, as it may be shown."""
    found = Programme.objects.filter(site=site).first() or Programme(site=site)
    figures: Figures = found.figures
    began = int(figures.get("people/began", {}).get("value") or 0)
    outcome = title_of(figures["relation/outcome"]["what"]).text if _has(figures) else ""
    return Holding(
        at=found.at,
        under_way=found.under_way,
        enough=began >= FEWEST_PEOPLE,
        began=alone(began),
        leaving=list(_leaving(figures)),
        missing=rate(figures.get("outcomes/missing")),
        outcomes=list(outcomes(figures)),
        changes=list(_changes(figures)),
        within=_relation(figures, (WITHIN,), outcome),
        between=_relation(figures, BETWEEN, outcome),
        sessions=alone(int(figures.get("relation/pairs", {}).get("value") or 0)),
        picture=SafeString(found.picture),
    )


def _has(figures: Figures) -> bool:
    return "relation/outcome" in figures


def _leaving(figures: Figures) -> Iterator[tuple[str, Rate]]:
    for name, words in LEAVING.items():
        if (one := figures.get(f"leaving/{name}")) is not None:
            yield str(words) % {"dose": Limits().dose}, rate(one)


def outcomes(figures: Figures) -> Iterator[Outcome]:
    """Give every outcome, without what would give a small number away by subtraction."""
    for name, words in OUTCOMES.items():
        ways = {way: figures.get(f"outcomes/{name}/{way}") for way in (IMPUTED, BOTH, *ENDS)}
        if (both := ways[BOTH]) is None:
            continue
        beside = None if _would_tell(both, ways[ENDS[0]]) else ways
        low, high = (rate(beside[end]).share if beside else None for end in ENDS)
        yield Outcome(
            words=words,
            everybody=rate(beside[IMPUTED]) if beside and beside[IMPUTED] else None,
            ends=(high, low) if name == "deterioration" else (low, high),
            both=rate(both),
            by_chance=_by_chance(figures, name),
        )


def _would_tell(both: Mapping[str, Any], everybody: Mapping[str, Any] | None) -> bool:
    """Whether a small number comes back by subtraction if everybody stands beside those with both.

    The end as if worst is those with both scores who had the outcome; as if best, these and all
    whose scores are missing.
    """
    if everybody is None or both["value"] is None:
        return True
    had = round(both["value"] * both["of"]) if both["n"] is None else both["n"]
    return bool(min(had, both["of"] - had, everybody["of"] - both["of"]) < SMALLEST)


def _by_chance(figures: Figures, outcome: str) -> int | None:
    """Give the largest share that would be seen on a scale had nobody truly changed."""
    name = BY_CHANCE.get(outcome)
    found = [
        one["value"]
        for key, one in figures.items()
        if key.startswith("had-nobody-changed/") and key.rpartition("/")[2] == name
    ]
    known = [value for value in found if value is not None]
    return round(100 * max(known)) if known else None


def rate(one: Mapping[str, Any] | None) -> Rate:
    """Round a share and its interval outward, and hide what is small."""
    if one is None or one["value"] is None or not one["of"]:
        return Rate(share=None)
    of = one["of"]
    shown = per_cent(round(one["value"] * of) if one["n"] is None else one["n"], of)
    if shown is None or not shown.exact or one["low"] is None or one["high"] is None:
        return Rate(share=shown)
    step = 1 if of >= ENOUGH_FOR_ONES else STEP
    low, high = (100 * one[end] / step for end in ("low", "high"))
    return Rate(share=shown, low=step * floor(low), high=min(100, step * ceil(high)))


def _changes(figures: Figures) -> Iterator[Change]:
    for name, one in figures.items():
        about, scale, kind = (*name.split("/"), "", "")[:3]
        enough = (one.get("of") or 0) >= 2 * SMALLEST
        if (about, kind) == ("effect-size", "pooled") and enough and one["value"] is not None:
            yield Change(scale=title_of(scale).text, **_tenths(one))


def _relation(figures: Figures, names: tuple[str, ...], outcome: str) -> Relation | None:
    for one in (figures[name] for name in names if name in figures):
        if one["value"] is not None and one["low"] is not None:
            return Relation(outcome=outcome, **_tenths(one))
    return None


def _tenths(one: Mapping[str, Any]) -> dict[str, float]:
    """Round to tenths, the interval outward: finer figures let one person be told by difference."""
    low, high = floor(10 * one["low"]) / 10, ceil(10 * one["high"]) / 10
    return {"value": round(one["value"], 1) + 0.0, "low": low, "high": high}
