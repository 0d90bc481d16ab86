"""What a report says, before it becomes a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from attunement.course.baseline import Norms
from attunement.course.strain.signals import Rule
from attunement.measures.scale import Scale


class Kind(IntEnum):
    """What was noticed, most in need first: the order of the report.

    What a client's latest sessions say counts; what is long past or repaired does not.
    An answer that must reach a person comes before everything else. Of one client's notices an
    open rupture is told first because the next session can still repair it, then what
    was said in words, then what has not come back, then symptoms and silence. Small departures,
    which chance makes often, come after all of these. How clients are ordered within "Look at
    first" is said in :func:`attunement.report.order.order`.
    """

    SAFETY = 1
    RUPTURE_OPEN = 2
    TENSION = 3
    RUPTURE_UNREPAIRED = 4
    REVIEW = 5
    OFF_TRACK = 6
    MISSED = 7
    UNANSWERED = 8
    SAFETY_EASED = 9
    DRIFT = 10
    GAP = 11
    STRONG_TENSION = 12
    WATCH = 13
    LASTING = 14
    CEILING = 15
    REPAIRED = 16
    TENSION_SETTLED = 17
    RETURNED = 18
    SAFETY_PAST = 19
    PAST = 20
    USUAL = 21
    EARLY = 22

    @property
    def group(self) -> "Group":
        """Under which heading a client stands for whom this is the first in need."""
        if self is Kind.SAFETY:
            return Group.SAFETY
        if self <= Kind.OFF_TRACK:
            return Group.FIRST
        if self <= Kind.UNANSWERED:
            return Group.SILENT
        if self <= Kind.CEILING:
            return Group.EYE
        if self <= Kind.RETURNED:
            return Group.BETTER
        return Group.EARLY if self is Kind.EARLY else Group.USUAL


class Group(StrEnum):
    """The headings of the first page."""

    SAFETY = "Answers that need a person today"
    FIRST = "Look at first"
    SILENT = "Not heard from"
    EYE = "Keep an eye on"
    BETTER = "On their way"
    USUAL = "As usual"
    EARLY = "Too early to say"


class Source(StrEnum):
    """Where strain shows. The sources are kept apart and never added up."""

    SAFETY = "Safety"
    TOLD = "What was said"
    RELATIONSHIP = "Scores of the relationship"
    GAP = "Client and therapist compared"
    SYMPTOMS = "Symptoms and other scores"
    ANSWERS = "Answering"
    REASONS = "What may be behind it"
    HELP = "What could help"


@dataclass(frozen=True, kw_only=True)
class FalseAlarms:
    """How many clients like these are flagged by chance though nothing happened to them.

    Attributes
    ----------
    watch, review, drift : float or None
        Share of clients with at least one such flag, with as many scores on as many scales;
        None where it was not computed.
    """

    watch: float | None = None
    review: float | None = None
    drift: float | None = None


@dataclass(frozen=True)
class Said:
    """One sentence and where it comes from."""

    source: Source
    sentence: str


@dataclass(frozen=True, kw_only=True)
class ScoreRow:
    """One score in numbers, ready to read."""

    session: int
    date: str
    score: str
    usual: str
    noticed: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One scale of one client: the picture, its message, and its numbers."""

    scale: str
    headline: str
    better: str
    spoken: str
    svg: str = field(repr=False)
    rows: tuple[ScoreRow, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ClientPage:
    """One client: a line for the list and a section of their own."""

    name: str
    anchor: str
    group: Group
    about: str
    sentence: str
    also: str
    line: str = field(repr=False)
    charts: tuple[Chart, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True, kw_only=True)
class NormsRow:
    """One scale's norms, ready to read."""

    scale: str
    sd: str
    df: str
    trend: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class Methods:
    """How it was worked out, and what it was worked out from."""

    read: str
    missing: str
    safety: str
    safety_seen: bool
    rule: Rule
    within: int
    norms: tuple[NormsRow, ...]
    chances: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that a page or a PDF says.

    ``unlisted`` names, by heading, the people who have no section, so that every list is
    complete.
    """

    title: str
    synthetic: bool
    drawn_on: str
    version: str
    summary: str
    counts: Mapping[str, int]
    clients: tuple[ClientPage, ...]
    unlisted: Mapping[str, tuple[str, ...]]
    methods: Methods

    @property
    def not_shown(self) -> int:
        """How many people have no section."""
        return sum(map(len, self.unlisted.values()))

    def group(self, group: Group) -> list[ClientPage]:
        """Clients under one heading, most in need first."""
        return [client for client in self.clients if client.group is group]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the report knows beside the tables.

    Attributes
    ----------
    scales : mapping of str to Scale
        By name, in the order in which they are shown after the relationship's.
    relationship : frozenset of str
        Names of the scales that rate the working relationship.
    norms : mapping of str to Norms
        What was known of each scale beforehand.
    rule : Rule
        When a score is called unusual.
    within : int
        Scored sessions in which a repair counts.
    false_alarms : FalseAlarms or None
        What chance alone would show among these clients.
    bands : mapping of str to pairs of float and str
        For scales that have named bands: where each begins, and its name.
    reasons : mapping of client to str
        What may be behind each client's newest session, a sentence for each likely reason.
    advice : mapping of client to str
        What could help each client, the title of each strategy.
    """

    scales: Mapping[str, Scale]
    relationship: frozenset[str]
    norms: Mapping[str, Norms]
    rule: Rule
    within: int
    false_alarms: FalseAlarms | None
    bands: Mapping[str, Sequence[tuple[float, str]]] = field(default_factory=dict)
    reasons: Mapping[Any, tuple[str, ...]] = field(default_factory=dict)
    advice: Mapping[Any, tuple[str, ...]] = field(default_factory=dict)
