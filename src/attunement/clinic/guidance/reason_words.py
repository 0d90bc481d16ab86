"""What may be behind a session, in plain sentences in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attunement.clinic.conf.numbers import in_language
from attunement.clinic.guidance.words import REASONS, item_names
from attunement.guidance.reasons.library import ITEMS
from attunement.guidance.reasons.model import OTHERS, RARITY, Part, Reason, Reasons
from attunement.guidance.reasons.words import evidence_of, how_unusual, telling

OPENINGS: Mapping[str, Promise] = {
    "fear_of_judgement": gettext_lazy("Something may have felt risky to say."),
    "not_heard": gettext_lazy(
        "There may not have been enough room for what your client wanted to say."
    ),
    "not_understood": gettext_lazy("What it is like for your client may have been missed."),
    "goals_not_shared": gettext_lazy("The two of you may be working towards different things."),
    "way_does_not_fit": gettext_lazy(
        "What the two of you do in sessions may not suit your client."
    ),
    "staying_on_surface": gettext_lazy("The session may not have reached what lies deeper."),
    "no_progress": gettext_lazy("Your client may feel that the work is not getting anywhere."),
    "nothing_to_take_away": gettext_lazy("Your client may have left without anything to use."),
    "unsettled_rupture": gettext_lazy("Something between the two of you may not be settled yet."),
    "practical_barriers": gettext_lazy(
        "Time, travel, money or health may be making it hard to come."
    ),
    "life_outside": gettext_lazy(
        "Things outside the sessions may have become harder, while the work itself feels as usual."
    ),
    "not_candid": gettext_lazy("The answers may say less than your client feels."),
    "all_answers": gettext_lazy("Something may have weighed on the whole session."),
}
TITLES: Mapping[str, Promise] = {
    **REASONS,
    "all_answers": gettext_lazy("all answers fell together"),
}
WEIGHTS: Mapping[str, Promise] = {
    "much": gettext_lazy("Much speaks for it."),
    "something": gettext_lazy("Something speaks for it."),
    "little": gettext_lazy("Little speaks for it."),
    "nothing": gettext_lazy("Hardly anything speaks for it."),
}
ANSWERS: Mapping[str, Promise] = {
    "far": gettext_lazy("“%(name)s” was %(value)s, far below what is usual (about %(usual)s)."),
    "below": gettext_lazy("“%(name)s” was %(value)s, below what is usual (about %(usual)s)."),
    "slightly": gettext_lazy(
        "“%(name)s” was %(value)s, a little below what is usual (about %(usual)s)."
    ),
    "as_usual": gettext_lazy(
        "“%(name)s” was %(value)s, about as usual (about %(usual)s), where more was to be expected."
    ),
    "above": gettext_lazy(
        "“%(name)s” was %(value)s, no lower than usual (about %(usual)s), "
        "where more was to be expected."
    ),
}
OTHER: Mapping[str, Promise] = {
    "view": gettext_lazy("Your own form was lower too."),
    "tension": gettext_lazy("Tension was told and not settled."),
    "therapist_tension": gettext_lazy("The therapist told of tension that was not settled."),
    "attendance": gettext_lazy("%(value)s of the last four appointments failed or began late."),
    "symptoms": gettext_lazy("Symptoms were worse than usual over the last two check-ins."),
    "goal_agreement": gettext_lazy("Agreement on goals was lower than usual."),
    "goal_agreement_alone": gettext_lazy("Agreement on goals is low."),
    "uniform": gettext_lazy("Most answers were one and the same."),
    "hurried": gettext_lazy("The form was filled in faster than usual."),
    "ceiling": gettext_lazy("Every answer was the best possible one, %(value)s check-ins running."),
}
SOURCES: Mapping[str, Promise] = {
    "view": gettext_lazy("the therapist's own form"),
    "tension": gettext_lazy("tension that was told"),
    "therapist_tension": gettext_lazy("tension that the therapist told of"),
    "attendance": gettext_lazy("coming to sessions"),
    "symptoms": gettext_lazy("symptoms"),
    "goal_agreement": gettext_lazy("agreement on goals"),
    "uniform": gettext_lazy("answers that are all alike"),
    "hurried": gettext_lazy("how long the form took"),
    "ceiling": gettext_lazy("best possible answers running"),
    OTHERS: gettext_lazy("what the other answers say of the day"),
    RARITY: gettext_lazy("how rare it is"),
}
THIN: Mapping[str, Promise] = {
    "too_few_sessions": gettext_lazy(
        "There are too few earlier check-ins to know what is usual for this client."
    ),
    "too_few_answers": gettext_lazy(
        "Too few answers were given to compare this check-in with earlier ones."
    ),
    "no_check_in": gettext_lazy("There is no check-in for the last session."),
}


GENERAL = gettext_lazy(
    "All answers fell together: no single reason fits as well. Worth asking what happened."
)


@dataclass(frozen=True, kw_only=True)
class Likely:
    """One reason, in words: a title, the possibility, what speaks for it, and all its parts.

    ``weight`` is how much speaks for it.
    """

    title: str
    opening: str
    evidence: tuple[str, ...]
    parts: tuple[tuple[str, float], ...]
    strength: float
    weight: str


def likely_words(reason: Reason) -> Likely:
    """Put one reason into words."""
    return Likely(
        title=capfirst(str(TITLES[reason.id])),
        opening=str(OPENINGS[reason.id]),
        evidence=tuple(evidence(part) for part in telling(reason)),
        parts=tuple((source(part), part.strength) for part in reason.parts),
        strength=reason.strength,
        weight=str(WEIGHTS[reason.weight]),
    )


def evidence(part: Part) -> str:
    """Say what one source says, as a sentence."""
    pattern = ANSWERS[how_unusual(part)] if part.source in ITEMS else OTHER[evidence_of(part)]
    return str(pattern) % {
        "name": item_names().get(part.source, ""),
        "value": _whole(part.value),
        "usual": _whole(part.usual),
    }


def source(part: Part) -> str:
    """Name a source."""
    return item_names()[part.source] if part.source in ITEMS else str(SOURCES[part.source])


def in_short(found: Reasons) -> str:
    """Say that all answers fell, or the likeliest reason, in one sentence; nothing otherwise."""
    if found.general or not found.found:
        return str(GENERAL) if found.general else ""
    first = likely_words(found.found[0])
    return _("Perhaps: %(reason)s. %(evidence)s") % {
        "reason": REASONS[found.found[0].id],
        "evidence": first.evidence[0] if first.evidence else "",
    }


def _whole(value: float | None) -> str:
    return "" if value is None else in_language(f"{value:.0f}")
