"""What a strategy is: something to try, for whom, why, and when not."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from attunement.guidance.sources import Finding, Kind, Source, Standing

REASONS = (
    "fear_of_judgement",
    "not_heard",
    "not_understood",
    "goals_not_shared",
    "way_does_not_fit",
    "staying_on_surface",
    "no_progress",
    "nothing_to_take_away",
    "unsettled_rupture",
    "practical_barriers",
    "life_outside",
    "not_candid",
)
LOOKED_FOR = (
    "heard",
    "understood",
    "safe",
    "goals",
    "way",
    "depth",
    "progress",
    "takeaway",
    "tension",
    "settled",
    "attendance",
    "symptoms",
    "uniform",
)


TRIALS = (Kind.RANDOMISED, Kind.CONTROLLED)
SIMILAR = "similar"
SIMILAR_WORDS = "trials or comparisons of something similar, not of this itself"


class Step(StrEnum):
    """Where a strategy has its place around a strain.

    In the session of a rupture, validating and exploring come first, and change later (Eubanks,
    Burckell & Goldfried 2018, *J. Psychother. Integr.* 28:60-76). What is arranged outside the
    session fits at any time.
    """

    VALIDATE = "validate"
    EXPLORE = "explore"
    CHANGE = "change"
    ARRANGE = "arrange"


class School(StrEnum):
    """The schools of therapy that every strategy speaks to."""

    CBT = "cbt"
    ACT = "act"
    PSYCHODYNAMIC = "psychodynamic"
    PERSON_CENTRED = "person_centred"


class Lean(StrEnum):
    """What a way of working asks of a client, and a client may like or not."""

    STRUCTURE = "structure"
    SPACE = "space"
    FEELING = "feeling"
    SUPPORT = "support"
    CHALLENGE = "challenge"
    TASKS = "tasks"
    PAST = "past"
    PRESENT = "present"
    TALKING_ABOUT_US = "talking_about_us"


@dataclass(frozen=True, kw_only=True)
class LookFor:
    """What the next check-ins may show if it helped.

    Attributes
    ----------
    items : tuple of str
        Items of the check-in, or ``attendance``, ``symptoms``, ``uniform``.
    within : int
        How many check-ins to wait before saying "not yet".
    """

    items: tuple[str, ...]
    within: int


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One finding, what it has to do with this strategy, and whether it tested this very thing.

    Attributes
    ----------
    id : str
        Of the source and the finding in it.
    source, finding
        The publication, and what was found.
    bears : str
        What it has to do with this strategy.
    tested : bool
        Whether this very strategy was tested.
    """

    id: str
    source: Source
    finding: Finding
    bears: str
    tested: bool = False

    @property
    def indirect(self) -> bool:
        """Whether it is a trial of something similar, and not of this strategy itself."""
        return self.finding.kind in TRIALS and not self.tested

    @property
    def kind_words(self) -> str:
        """What sort of evidence it is for this strategy, as people read it."""
        return SIMILAR_WORDS if self.indirect else self.finding.kind.words

    @property
    def unverified(self) -> bool:
        """Whether the figure is from memory."""
        return self.source.standing is Standing.UNVERIFIED


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """Something a therapist can do, with everything needed to judge it.

    Attributes
    ----------
    id : str
        The name of its file.
    title : str
        What to do, in a few words.
    summary : str
        The same in one or two sentences.
    reasons : tuple of str
        The reasons it answers, the best fitting first.
    step : Step
        Where it belongs around a strain.
    minutes : int
        How long it takes.
    leans : tuple of Lean
        What it asks of the client.
    at_home_in : tuple of School
        Where it is close to usual practice.
    look_for : LookFor
        What the next check-ins may show.
    evidence : tuple of Evidence
        What speaks for it.
    do, words, not_when : tuple of str
        Steps; words to try; when to leave it.
    why : str
        Why it should work.
    schools : mapping of School to str
        How it looks in each school.
    guards : tuple of str
        Conditions on a lever from behavioural science.
    """

    id: str
    title: str
    summary: str
    reasons: tuple[str, ...]
    step: Step
    minutes: int
    leans: tuple[Lean, ...]
    at_home_in: tuple[School, ...]
    look_for: LookFor
    evidence: tuple[Evidence, ...]
    do: tuple[str, ...]
    words: tuple[str, ...]
    why: str
    not_when: tuple[str, ...]
    schools: Mapping[School, str]
    guards: tuple[str, ...]

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of evidence that speak for it."""
        return frozenset(one.finding.kind for one in self.evidence)
