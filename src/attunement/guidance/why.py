"""Why a strategy is suggested, in plain English sentences."""

from collections.abc import Callable, Mapping

from attunement.guidance.advice import Why
from attunement.guidance.followup import Outcome
from attunement.guidance.reasons.library import reasons_library
from attunement.guidance.sources import Kind
from attunement.guidance.strategies import Lean, School

SCHOOLS = {
    School.CBT: "cognitive-behavioural",
    School.ACT: "acceptance and commitment",
    School.PSYCHODYNAMIC: "psychodynamic",
    School.PERSON_CENTRED: "person-centred",
}
LEANS = {
    Lean.STRUCTURE: "a clear structure",
    Lean.SPACE: "room to lead the way themselves",
    Lean.FEELING: "working with feelings",
    Lean.SUPPORT: "warmth and support",
    Lean.CHALLENGE: "being challenged",
    Lean.TASKS: "something to do between sessions",
    Lean.PAST: "looking at the past",
    Lean.PRESENT: "looking at life now",
    Lean.TALKING_ABOUT_US: "talking about how the two work together",
}
TRIED = {
    Outcome.EASED: "It was tried before, and it eased after that.",
    Outcome.NOT_YET: "It was tried before, and it had not eased.",
    Outcome.TOO_EARLY: "It was tried lately; it is too early to say.",
    Outcome.CANNOT_SAY: "It was tried before; what followed cannot be said.",
}


ABOUT: Mapping[str, Callable[[Why], str]] = {
    "reason": lambda part: f"It answers: {reasons_library()[part.about].title.lower()}.",
    "evidence": lambda part: f"What speaks for it: {Kind(part.about).words}.",
    "rupture": lambda _: "While strain is unsettled, hearing and exploring come before change.",
    "wanted": lambda part: f"The client would like more of this: {LEANS[Lean(part.about)]}.",
    "unwanted": lambda part: f"The client would like less of this: {LEANS[Lean(part.about)]}.",
    "school": lambda part: f"It is close to {SCHOOLS[School(part.about)]} work.",
    "history": lambda part: TRIED[Outcome(part.about)],
    "site": lambda part: (
        f"At this site, strain eased {'somewhat more' if part.value > 0 else 'no more'} often "
        "after it than unaided."
    ),
    "danger": lambda _: "An answer about safety is open: this comes before anything else.",
}


def sentence(part: Why) -> str:
    """Say one part of a strategy's place."""
    return ABOUT[part.source](part)
