"""What the pages show of what holds over everybody: rows and pictures as the worker kept them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from attunement.clinic.noticing.instruments import page_language, title_of
from attunement.clinic.people.models import Site
from attunement.clinic.service.asking import is_late
from attunement.clinic.service.cells import Cell
from attunement.clinic.service.figures.rows import BETWEEN, FEW_MISSING, ROUNDED, Row, Rows, read
from attunement.clinic.service.models import Picture, Programme
from attunement.clinic.service.programme import STEPS
from attunement.clinic.service.selectors import Share
from attunement.course.attendance.dropout import Limits
from attunement.programme.outcomes.measure import TALKING_THERAPIES

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
BETWEEN_CLIENTS = ("relation/between/true levels", "relation/between/observed means")


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A share as it may be shown; its 95 % interval in per cent where nothing had to be hidden."""

    share: Share | None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One outcome: of everybody with what is missing filled in, at both ends, and by chance.

    What chance gives is ``at_least`` so much for getting better; for getting worse it is a guess.
    Where there are ``few_missing``, only those with both scores are told of.
    """

    words: Promise
    everybody: Rate | None
    ends: tuple[Share | None, Share | None]
    both: Rate
    by_chance: int | None
    at_least: bool
    few_missing: bool


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A size with its sign and its interval."""

    value: float
    low: float
    high: float

    @property
    def is_open(self) -> bool:
        """Whether chance alone could explain it."""
        return self.low <= 0 <= self.high

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
class Change(Signed):
    """From first to last score on one scale, in standard deviations; above 0 is better."""

    scale: str

    @property
    def way(self) -> str:
        """Which way it goes."""
        return "open" if self.is_open else "worse" if self.value < 0 else "better"


@dataclass(frozen=True, kw_only=True)
class Relation(Signed):
    """What goes with one point more of the relationship, in points of the outcome."""

    outcome: str

    @property
    def way(self) -> str:
        """Which way it goes."""
        return "open" if self.is_open else "lower" if self.value < 0 else "higher"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What the worker kept of a site, and how far it is where it works anew.

    Attributes
    ----------
    late : bool
        Whether newer figures were asked for and did not come.
    refused : str
        Why there are no newer figures, empty where there are.
    rows : Rows
        Figures by name.
    about : mapping
        Which scales, groups, models and pictures there are.
    pictures : mapping
        Drawings by name, in the language of the page.
    """

    at: datetime | None
    under_way: bool
    late: bool
    done: int
    refused: str
    rows: Rows
    about: Mapping[str, Any]
    pictures: Mapping[str, SafeString]

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return STEPS

    @property
    def enough(self) -> bool:
        """Whether enough began for more than their number."""
        return bool(self.about)

    @property
    def needed(self) -> str:
        """Name the scales of which one is needed to say who gets better, where there is none."""
        if self.about.get("measures"):
            return ""
        return ", ".join(title_of(one.scale).text for one in TALKING_THERAPIES)

    @property
    def began(self) -> Cell:
        """How many episodes of care began."""
        return replace(cell(self.rows.get("people/began")), small=True)


@dataclass(frozen=True, kw_only=True)
class Board:
    """What the first page shows."""

    leaving: list[tuple[str, Rate]]
    missing: Rate
    outcomes: list[Outcome]
    changes: list[Change]
    within: Relation | None
    between: Relation | None
    within_picture: SafeString | str
    between_picture: SafeString | str


def kept(site: Site) -> Kept:
    """Give what was computed last of a site: one row, and its pictures in one language."""
    found = Programme.objects.filter(site=site).defer("points").first() or Programme(site=site)
    pictures = Picture.objects.filter(programme__site=site, language=page_language())
    late = is_late(found)
    return Kept(
        at=found.at,
        under_way=found.under_way and not late,
        late=late,
        done=found.steps_done,
        refused=found.refused,
        rows=read(found.figures),
        about=found.about,
        pictures={name: SafeString(svg) for name, svg in pictures.values_list("name", "svg")},
    )


def board(of: Kept) -> Board:
    """Give what the first page shows."""
    outcome = title_of(of.about["outcome"]).text if of.about.get("outcome") else ""
    return Board(
        leaving=[(words, rate(of.rows[name])) for name, words in leaving(of.rows)],
        missing=rate(of.rows.get("outcomes/missing")),
        outcomes=list(outcomes(of.rows)),
        changes=list(changes(of)),
        within=_relation(of.rows, (WITHIN,), outcome),
        between=_relation(of.rows, BETWEEN_CLIENTS, outcome),
        within_picture=of.pictures.get("relation/within", ""),
        between_picture=of.pictures.get("relation/between", ""),
    )


def leaving(rows: Rows) -> Iterator[tuple[str, str]]:
    """Name the definitions of leaving that were counted, with their words."""
    for name, words in LEAVING.items():
        if f"leaving/{name}" in rows:
            yield f"leaving/{name}", str(words) % {"dose": Limits().dose}


def outcomes(rows: Rows) -> Iterator[Outcome]:
    """Give every outcome under each way to count the missing."""
    for name, words in OUTCOMES.items():
        ways = {way: rows.get(f"outcomes/{name}/{way}") for way in (IMPUTED, BOTH, *ENDS)}
        if ways[BOTH] is None:
            continue
        everybody = rate(ways[IMPUTED])
        low, high = (rate(ways[end]).share for end in ENDS)
        yield Outcome(
            words=words,
            everybody=everybody if everybody.share else None,
            ends=(high, low) if name == "deterioration" else (low, high),
            both=rate(ways[BOTH]),
            by_chance=_by_chance(rows, name),
            at_least=name != "deterioration",
            few_missing=any(one is not None and one.why == FEW_MISSING for one in ways.values()),
        )


def _by_chance(rows: Rows, outcome: str) -> int | None:
    """Give the largest share that would be seen on a scale had nobody truly changed."""
    name = BY_CHANCE.get(outcome)
    known = [
        one.value
        for key, one in rows.items()
        if key.startswith("had-nobody-changed/")
        and key.rpartition("/")[2] == name
        and one.value is not None
    ]
    return round(100 * max(known)) if known else None


def rate(one: Row | None) -> Rate:
    """Give a share, or its bounds, in per cent."""
    if one is None or one.told not in (ROUNDED, BETWEEN):
        return Rate(share=None)
    whole = one.of or 0
    if one.told == BETWEEN:
        return Rate(share=Share(_percent(one.low), _percent(one.high), whole))
    shown = Share(_percent(one.value), _percent(one.value), whole)
    if one.low is None or one.high is None:
        return Rate(share=shown)
    return Rate(share=shown, low=_percent(one.low), high=_percent(one.high))


def cell(one: Row | None) -> Cell:
    """Give a count."""
    if one is None or one.value is None:
        return Cell(None)
    return Cell(round(one.value))


def _percent(share: float | None) -> int:
    return round(100 * (share or 0))


def changes(of: Kept) -> Iterator[Change]:
    """Give how far scores moved, on each scale."""
    for scale in of.about.get("measures", ()):
        one = of.rows.get(f"effect-size/{scale}/pooled")
        if one is not None and one.value is not None and one.low is not None:
            yield Change(
                scale=title_of(scale).text, value=one.value, low=one.low, high=one.high or 0.0
            )


def _relation(rows: Rows, names: tuple[str, ...], outcome: str) -> Relation | None:
    for one in (rows[name] for name in names if name in rows):
        if one.value is not None and one.low is not None and one.high is not None:
            return Relation(outcome=outcome, value=one.value, low=one.low, high=one.high)
    return None
