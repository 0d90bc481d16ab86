"""Reasons in plain words: one sentence for each, with what speaks for it."""

from collections.abc import Mapping, Sequence

from attunement.guidance.reasons.library import (
    CHECK_IN,
    ITEMS,
    evidence_words,
    general_sentence,
    named,
    thin_sentences,
    unusual_words,
    weight_words,
)
from attunement.guidance.reasons.model import OTHERS, RARITY, SLIGHTLY, Part, Reason, Reasons
from attunement.guidance.reasons.rows import Viewer
from attunement.measures.instruments.catalogue import library

MOST_EVIDENCE = 3
LEAST_STRENGTH = 0.2
FAR, BELOW = -3.0, -1.5
NOTHING = "Nothing stands out."
ASKED = "If something is off, this would fit best."


def item_names() -> Mapping[str, str]:
    """Name the eight answers as the form does."""
    asked = library()[CHECK_IN].items_by_id()
    return {item: asked[item].name or item for item in ITEMS}


def telling(reason: Reason) -> tuple[Part, ...]:
    """Pick the sources that speak for a reason, the strongest first."""
    parts = sorted(reason.parts, key=lambda part: -part.strength)
    return tuple(
        part
        for part in parts
        if part.strength >= LEAST_STRENGTH and part.source not in (OTHERS, RARITY)
    )[:MOST_EVIDENCE]


def how_unusual(part: Part) -> str:
    """Say in a word how far below usual an answer is: as it reads, in whole numbers.

    One that is about as usual (``as_usual``), or above (``above``), speaks for a reason where
    other answers, or the session before, led to expect more.
    """
    away = 0.0 if part.unusual is None else part.unusual
    if away >= SLIGHTLY or _number(part.value) == _number(part.usual):
        return "above" if away > -SLIGHTLY else "as_usual"
    return "far" if away <= FAR else "below" if away <= BELOW else "slightly"


def evidence(part: Part, names: Mapping[str, str] | None = None) -> str:
    """Say what one source says, without a full stop."""
    called = item_names() if names is None else names
    pattern = evidence_words()["answer" if part.source in ITEMS else evidence_of(part)]
    return pattern.format(
        name=called.get(part.source, part.source),
        value=_number(part.value),
        usual=_number(part.usual),
        unusual=unusual_words()[how_unusual(part)],
    )


def evidence_of(part: Part) -> str:
    """Name the pattern in which a source is told: agreement without any earlier is only low."""
    alone = part.source == "goal_agreement" and part.usual is None
    return "goal_agreement_alone" if alone else part.source


def sentence(
    reason: Reason, viewer: Viewer = "therapist", names: Mapping[str, str] | None = None
) -> str:
    """Say one reason as a possibility, with what speaks for it.

    Parameters
    ----------
    reason
        As found.
    viewer
        To whom it is said.
    names
        What the eight answers are called, by item; as on the form in English where absent.
    """
    about = named(reason.id)
    opening = about.client if viewer == "client" else about.therapist
    said = [evidence(part, names) for part in telling(reason)]
    return f"{opening.rstrip('.')}: {listed(said)}." if said else opening


def summary(found: Reasons, viewer: Viewer = "therapist") -> tuple[str, ...]:
    """Say all that is told of a session, a sentence each; never empty.

    Answers that fell together are told of too: see :meth:`.model.Reasons.beside`.
    """
    said = tuple(sentence(reason, viewer) for reason in found.found)
    if found.general:
        said = (*said, general_sentence())
    if found.thin is not None:
        return (*said, thin_sentences()[found.thin])
    return said or (NOTHING,)


def weaker(found: Reasons, viewer: Viewer = "therapist") -> tuple[str, ...]:
    """Say what would come next if something was off, a sentence each, with how much speaks for it.

    Empty where nobody asked for it.
    """
    return tuple(
        f"{named(one.id).title} ({weight_words()[one.weight]}). {sentence(one, viewer)}"
        for one in found.weaker
    )


def listed(texts: Sequence[str]) -> str:
    """Put texts in a row, with "and" before the last."""
    *before, last = texts
    return f"{', '.join(before)} and {last}" if before else last


def _number(value: float | None) -> str:
    """Write a number as people would: whole where it is large, a digit more where it is small."""
    if value is None:
        return "unknown"
    return f"{value:.0f}" if value >= 1 or value == round(value) else f"{value:.1f}"
