"""Why a strategy is suggested, in plain English sentences."""

from collections.abc import Callable, Mapping

from attunement.guidance.advice import Why
from attunement.guidance.followup import Outcome
from attunement.guidance.reasons.library import reasons_library
from attunement.guidance.sources import Kind
from attunement.guidance.strategies import SIMILAR, SIMILAR_WORDS, School

SCHOOLS = {
    School.CBT: "cognitive-behavioural",
    School.ACT: "acceptance and commitment",
    School.PSYCHODYNAMIC: "psychodynamic",
    School.PERSON_CENTRED: "person-centred",
}
TRIED = {
    Outcome.EASED: "It was tried before, and it eased after that.",
    Outcome.NOT_YET: "It was tried before, and it had not eased.",
    Outcome.TOO_EARLY: "It was tried lately; it is too early to say.",
    Outcome.BEFORE: "It was tried before, when it had eased already.",
    Outcome.CANNOT_SAY: "It was tried before; what followed cannot be said.",
}


ABOUT: Mapping[str, Callable[[Why], str]] = {
    "reason": lambda part: f"It answers: {reasons_library()[part.about].title.lower()}.",
    "evidence": lambda part: f"What speaks for it: {_kind(part.about)}.",
    "rupture": lambda _: "While strain is unsettled, hearing and exploring come before change.",
    "wanted": lambda part: f"The client would like more of this: {_lean(part.about)}.",
    "unwanted": lambda part: f"The client would like less of this: {_lean(part.about)}.",
    "school": lambda part: f"It is close to {SCHOOLS[School(part.about)]} work.",
    "history": lambda part: TRIED[Outcome(part.about)],
    "site": lambda part: (
        f"Strain eased {'more' if part.value > 0 else 'less'} often after it than unaided here; "
        "that does not show it was because of it."
    ),
    "danger": lambda _: "An answer about safety is open: this comes before anything else.",
}


def sentence(part: Why) -> str:
    """Say one part of a strategy's place."""
    return ABOUT[part.source](part)


def _lean(about: str) -> str:
    return about.replace("_", " ")


def _kind(about: str) -> str:
    return SIMILAR_WORDS if about == SIMILAR else Kind(about).words
