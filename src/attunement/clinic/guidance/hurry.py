"""How long a client took over a check-in, and when that may count as hurry."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from attunement.clinic.caseload.scales import CHECK_IN
from attunement.clinic.checkins.models import CheckIn, Moment, Rater
from attunement.clinic.checkins.questions import met
from attunement.clinic.noticing.instruments import instruments

LEFT_OPEN = timedelta(minutes=15)
"""Whoever took longer came back to it, or wrote: that says nothing of their pace. Our choice."""

PER_ANSWER = 1.0
"""Seconds for each answer; above them nobody is called hurried."""

ALONE = {"rater": Rater.CLIENT, "moment": Moment.AFTER, "instruments": [CHECK_IN]}
"""A check-in whose time is that of its own questions: nothing else was asked with them."""


def taken(opened_at: datetime | None, answered_at: datetime | None) -> float | None:
    """Give the seconds from the first look at the questions to the answers, or None if unknown.

    Unknown is what was imported or never opened, and what was left open for long.
    """
    if opened_at is None or answered_at is None:
        return None
    took = answered_at - opened_at
    return took.total_seconds() if timedelta(0) < took <= LEFT_OPEN else None


def taken_over(checkins: Iterable[CheckIn]) -> float | None:
    """Give the seconds of a session's check-in where it was asked alone."""
    for one in checkins:
        if all(getattr(one, name) == value for name, value in ALONE.items()):
            return taken(one.opened_at, one.answered_at)
    return None


def counted(
    took: Mapping[int, float | None], given: Iterable[tuple[int, str, float]]
) -> dict[int, float]:
    """Keep the seconds that reasons may read: one client's, by session.

    Seconds are those of a whole form. They are read only where the therapist sees every answer
    to it, so that nothing kept back shapes them; a question that was skipped looks the same as
    one kept back, and counts as that. Earlier times say what is usual. The newest is there only
    where it was no more than a second for each answer. In repeated short forms that much is an
    independent sign of careless answers (Jaso, Kraus & Heller 2022, *Psychol. Methods*
    27:958-981); that it holds for this form is our choice. Whoever sees all questions on one page,
    or uses the keyboard, may be much faster than before, and still takes longer than that.

    Parameters
    ----------
    took
        Seconds that each session's check-in took, None where unknown.
    given
        Session, item and value of each answer to it that the therapist may see.
    """
    seen: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for session, item, value in given:
        seen[session][item] = value
    known = {
        one: seconds
        for one, answers in seen.items()
        if (seconds := took.get(one)) is not None and every_answer(answers)
    }
    if known and known.get(newest := max(seen), 0.0) > PER_ANSWER * len(seen[newest]):
        del known[newest]
    return known


def every_answer(seen: Mapping[str, float]) -> bool:
    """Say whether these are answers to all questions of the check-in that arose."""
    return all(
        item.id in seen
        for item in instruments()[CHECK_IN].items
        if item.asked_if is None
        or (item.asked_if.item in seen and met(item.asked_if, seen[item.asked_if.item]))
    )
