"""What was noticed about one client, said in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

from attunement.clinic.caseload.scales import About
from attunement.clinic.caseload.sentences import (
    BETTER,
    EACH,
    GAP,
    GAP_OWN,
    GAP_OWN_PLAINLY,
    GAP_PLAINLY,
    IMPROVING,
    MISSED,
    NOT_BACK,
    PLAINLY,
    SENTENCES,
    SETTLED_WORSE,
    TOLD,
    TOLD_PLAINLY,
    UNANSWERED,
)
from attunement.clinic.conf.numbers import in_language
from attunement.report.model import Kind
from attunement.report.words import plain

Notice = Mapping[str, Any]


def one_stop(sentence: str) -> str:
    """Let a sentence whose last word is a name such as "Björn P." end in one stop."""
    return f"{sentence.removesuffix('..')}." if sentence.endswith("..") else sentence


def sentence(notice: Notice, name: str, about: About) -> str:
    """Say one thing that was noticed.

    Parameters
    ----------
    notice
        ``kind`` and whatever of ``session``, ``score``, ``usual``, ``now``, ``low``, ``high``,
        ``until``, ``count``, ``rater``, ``settled`` is known, as in the report's notices;
        ``past`` where it is told as history; ``own`` where its reader is the therapist.
    name
        The client's.
    about
        The scale, where it is about one.
    """
    kind = Kind(notice["kind"])
    template = chosen(kind, notice, about)
    return str(template % filled(notice, name, about))


def chosen(kind: Kind, notice: Notice, about: About) -> Promise:
    """Choose the sentence."""
    if kind in {Kind.TENSION, Kind.STRONG_TENSION, Kind.TENSION_SETTLED}:
        return told(notice)
    if kind is Kind.GAP:
        return apart(notice)
    if kind in {Kind.RUPTURE_OPEN, Kind.OFF_TRACK} and notice.get("score") is None:
        return PLAINLY
    if kind in {Kind.MISSED, Kind.UNANSWERED}:
        return MISSED if kind is Kind.MISSED else UNANSWERED
    if by_now := since_then(kind, notice):
        return by_now[about.variant]
    if kind in {Kind.PAST, Kind.RETURNED} and notice.get("until") is not None:
        return SENTENCES[Kind.REPAIRED, about.variant]
    kind = ALIKE.get(kind, kind) if (kind, about.variant) not in SENTENCES else kind
    return SENTENCES.get((kind, about.variant)) or SENTENCES[kind, EACH]


ALIKE = {
    Kind.RUPTURE_OPEN: Kind.REVIEW,
    Kind.RUPTURE_UNREPAIRED: Kind.REVIEW,
    Kind.RETURNED: Kind.PAST,
    Kind.SAFETY_PAST: Kind.SAFETY_EASED,
}


def since_then(kind: Kind, notice: Notice) -> Mapping[str, Promise] | None:
    """Choose the sentences where what came after makes them others."""
    if kind in {Kind.RUPTURE_OPEN, Kind.REVIEW} and lasts(notice):
        return NOT_BACK
    if kind is Kind.LASTING and notice.get("past"):
        return SETTLED_WORSE
    return BETTER if kind is Kind.USUAL and outside(notice) else None


def apart(notice: Notice) -> Promise:
    """Choose how to tell that client and therapist see it differently."""
    known = notice.get("now") is not None
    if notice.get("own"):
        return GAP_OWN if known else GAP_OWN_PLAINLY
    return GAP if known else GAP_PLAINLY


def told(notice: Notice) -> Promise:
    """Choose how to tell of tension."""
    if notice.get("score") is None:
        return TOLD_PLAINLY
    rater = "therapist" if notice.get("rater") == "therapist" else "client"
    if rater == "therapist" and notice.get("own"):
        rater = "own"
    if notice.get("settled") is None:
        return TOLD[rater, "unknown"]
    if not notice["settled"]:
        return TOLD[rater, "not"]
    return TOLD[rater, "then" if notice.get("until") in {None, notice["session"]} else "later"]


def lasts(notice: Notice) -> bool:
    """Whether a drop has later scores that are not back."""
    return notice.get("now") is not None and bool(notice.get("ago"))


def outside(notice: Notice) -> bool:
    """Whether an unremarkable score lies outside the usual range: then on its better side."""
    low, high, score = notice.get("low"), notice.get("high"), notice.get("score")
    if low is None or high is None or score is None:
        return False
    return not low <= score <= high


def filled(notice: Notice, name: str, about: About) -> dict[str, Any]:
    """Give every blank its words."""
    tension = notice["kind"] in {Kind.TENSION, Kind.STRONG_TENSION, Kind.TENSION_SETTLED}
    score = notice.get("score")
    return {
        "name": plain(name),
        "title": about.title,
        "session": notice.get("session"),
        "until": notice.get("until"),
        "count": notice.get("count") or 1,
        "score": in_language(f"{score:g}") if tension and score is not None else about.score(score),
        "level": about.level(score),
        **{part: about.score(notice.get(part)) for part in ("usual", "now")},
        **{
            part: about.score(None if (at := notice.get(part)) is None else about.within(at))
            for part in ("low", "high")
        },
    }


def improving(name: str, about: About, first: float, now: float) -> str:
    """Say that symptoms have eased by more than error."""
    notice = {"kind": Kind.USUAL, "usual": first, "now": now}
    return str(IMPROVING % filled(notice, name, about))
