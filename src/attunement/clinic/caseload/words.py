"""What was noticed about one client, in plain and translatable sentences.

The kinds are those of the report (:class:`attunement.report.model.Kind`), and so is what each
of them says; here every sentence stands whole, so that it can be said in other languages.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from attunement.clinic.caseload.scales import About
from attunement.clinic.conf.numbers import in_language
from attunement.report.model import Kind
from attunement.report.words import plain

Notice = Mapping[str, Any]
EACH = "each"

SENTENCES: Mapping[tuple[Kind, str], Promise] = {
    (Kind.SAFETY, EACH): _(
        "After session %(session)s, %(name)s gave an answer about safety that needs a person today."
    ),
    (Kind.SAFETY_EASED, EACH): _(
        "After session %(session)s, %(name)s gave an answer about safety; the next answer to that "
        "question no longer needs a person."
    ),
    (Kind.RUPTURE_OPEN, "relationship"): _(
        "After session %(session)s, the working relationship was clearly below %(name)s's usual "
        "(%(score)s, usually about %(usual)s)."
    ),
    (Kind.REVIEW, "relationship"): _(
        "After session %(session)s, the working relationship was clearly below %(name)s's usual "
        "(%(score)s, usually about %(usual)s)."
    ),
    (Kind.REVIEW, "lower"): _(
        "After session %(session)s, the score on %(title)s was clearly above %(name)s's usual "
        "(%(level)s; usually about %(usual)s), which is worse on this scale."
    ),
    (Kind.REVIEW, "higher"): _(
        "After session %(session)s, the score on %(title)s was clearly below %(name)s's usual "
        "(%(level)s; usually about %(usual)s)."
    ),
    (Kind.RUPTURE_UNREPAIRED, "relationship"): _(
        "After session %(session)s, the working relationship fell clearly below %(name)s's usual "
        "(%(score)s, usually about %(usual)s), and it has not come back since (now %(now)s)."
    ),
    (Kind.OFF_TRACK, "relationship"): _(
        "The working relationship has been lower than expected two sessions running "
        "(%(score)s after session %(session)s)."
    ),
    (Kind.OFF_TRACK, "lower"): _(
        "The score on %(title)s has been higher than expected two sessions running "
        "(%(level)s after session %(session)s), which is worse on this scale."
    ),
    (Kind.OFF_TRACK, "higher"): _(
        "The score on %(title)s has been lower than expected two sessions running "
        "(%(level)s after session %(session)s)."
    ),
    (Kind.DRIFT, "relationship"): _(
        "The working relationship has been slipping over several sessions: no single score need "
        "stand out, but together they do (now %(now)s, usually about %(usual)s)."
    ),
    (Kind.DRIFT, "lower"): _(
        "The score on %(title)s has been creeping up over several sessions, which is worse on "
        "this scale (now %(now)s, usually about %(usual)s)."
    ),
    (Kind.DRIFT, "higher"): _(
        "The score on %(title)s has been slipping over several sessions "
        "(now %(now)s, usually about %(usual)s)."
    ),
    (Kind.WATCH, "relationship"): _(
        "After session %(session)s, the working relationship was somewhat below %(name)s's usual "
        "(%(score)s, usually about %(usual)s): worth asking about."
    ),
    (Kind.WATCH, "lower"): _(
        "After session %(session)s, the score on %(title)s was somewhat above %(name)s's usual "
        "(%(level)s; usually about %(usual)s): worth asking about."
    ),
    (Kind.WATCH, "higher"): _(
        "After session %(session)s, the score on %(title)s was somewhat below %(name)s's usual "
        "(%(level)s; usually about %(usual)s): worth asking about."
    ),
    (Kind.LASTING, "relationship"): _(
        "The working relationship fell after session %(session)s and has stayed below where it "
        "was (now %(now)s, before it about %(usual)s)."
    ),
    (Kind.LASTING, "lower"): _(
        "The score on %(title)s rose after session %(session)s and has stayed above where it was "
        "(now %(now)s, before it about %(usual)s)."
    ),
    (Kind.LASTING, "higher"): _(
        "The score on %(title)s fell after session %(session)s and has stayed below where it was "
        "(now %(now)s, before it about %(usual)s)."
    ),
    (Kind.CEILING, "relationship"): _(
        "The last %(count)s answers about the working relationship were all the best possible; "
        "that can mean that all is well, or that it is hard to say what is not."
    ),
    (Kind.REPAIRED, "relationship"): _(
        "The working relationship fell after session %(session)s (%(score)s, usually about "
        "%(usual)s) and was back to %(name)s's usual after session %(until)s."
    ),
    (Kind.REPAIRED, "lower"): _(
        "The score on %(title)s rose after session %(session)s (%(score)s, usually about "
        "%(usual)s) and was back to %(name)s's usual after session %(until)s."
    ),
    (Kind.REPAIRED, "higher"): _(
        "The score on %(title)s fell after session %(session)s (%(score)s, usually about "
        "%(usual)s) and was back to %(name)s's usual after session %(until)s."
    ),
    (Kind.PAST, "relationship"): _(
        "The working relationship fell after session %(session)s (%(score)s, usually about "
        "%(usual)s) and came back later."
    ),
    (Kind.PAST, "lower"): _(
        "The score on %(title)s rose after session %(session)s (%(score)s, usually about "
        "%(usual)s) and came back later."
    ),
    (Kind.PAST, "higher"): _(
        "The score on %(title)s fell after session %(session)s (%(score)s, usually about "
        "%(usual)s) and came back later."
    ),
    (Kind.USUAL, "relationship"): _(
        "After session %(session)s, the working relationship was as usual for %(name)s "
        "(%(score)s; usually between %(low)s and %(high)s)."
    ),
    (Kind.USUAL, EACH): _(
        "After session %(session)s, the score on %(title)s was as usual for %(name)s "
        "(%(level)s; usually between %(low)s and %(high)s)."
    ),
    (Kind.EARLY, "relationship"): _(
        "Three earlier answers are needed before a new one can be compared with %(name)s's usual."
    ),
    (Kind.EARLY, EACH): _(
        "Three earlier scores on %(title)s are needed before a new one can be compared with "
        "%(name)s's usual."
    ),
}
BETTER: Mapping[str, Promise] = {
    "relationship": _(
        "After session %(session)s, the working relationship was above %(name)s's usual, which is "
        "better (%(score)s; usually between %(low)s and %(high)s)."
    ),
    "lower": _(
        "After session %(session)s, the score on %(title)s was below %(name)s's usual, which is "
        "better (%(level)s; usually between %(low)s and %(high)s)."
    ),
    "higher": _(
        "After session %(session)s, the score on %(title)s was above %(name)s's usual, which is "
        "better (%(level)s; usually between %(low)s and %(high)s)."
    ),
}
NOT_BACK: Mapping[str, Promise] = {
    "relationship": _(
        "After session %(session)s, the working relationship was clearly below %(name)s's usual "
        "(%(score)s, usually about %(usual)s), and it is not back yet (now %(now)s)."
    ),
    "lower": _(
        "After session %(session)s, the score on %(title)s was clearly above %(name)s's usual "
        "(%(level)s; usually about %(usual)s), and it is not back yet (now %(now)s)."
    ),
    "higher": _(
        "After session %(session)s, the score on %(title)s was clearly below %(name)s's usual "
        "(%(level)s; usually about %(usual)s), and it is not back yet (now %(now)s)."
    ),
}
SETTLED_WORSE: Mapping[str, Promise] = {
    "relationship": _(
        "Earlier, after session %(session)s, the working relationship fell, and it has settled "
        "lower since (now %(now)s, before it about %(usual)s)."
    ),
    "lower": _(
        "Earlier, after session %(session)s, the score on %(title)s rose, and it has settled "
        "higher since (now %(now)s, before it about %(usual)s)."
    ),
    "higher": _(
        "Earlier, after session %(session)s, the score on %(title)s fell, and it has settled "
        "lower since (now %(now)s, before it about %(usual)s)."
    ),
}
TOLD: Mapping[tuple[str, str], Promise] = {
    ("client", "not"): _(
        "%(name)s said after session %(session)s that there was tension (%(score)s of 10), and "
        "that it was not settled."
    ),
    ("client", "unknown"): _(
        "%(name)s said after session %(session)s that there was tension (%(score)s of 10); "
        "whether it was settled was not said."
    ),
    ("client", "then"): _(
        "%(name)s said after session %(session)s that there was tension (%(score)s of 10), and "
        "that it was settled."
    ),
    ("client", "later"): _(
        "%(name)s said after session %(session)s that there was tension (%(score)s of 10); it "
        "was settled after session %(until)s."
    ),
    ("therapist", "not"): _(
        "The therapist said after session %(session)s that there was tension (%(score)s of 10), "
        "and that it was not settled."
    ),
    ("therapist", "unknown"): _(
        "The therapist said after session %(session)s that there was tension (%(score)s of 10); "
        "whether it was settled was not said."
    ),
    ("therapist", "then"): _(
        "The therapist said after session %(session)s that there was tension (%(score)s of 10), "
        "and that it was settled."
    ),
    ("therapist", "later"): _(
        "The therapist said after session %(session)s that there was tension (%(score)s of 10); "
        "it was settled after session %(until)s."
    ),
    ("own", "not"): _(
        "You said after session %(session)s that there was tension (%(score)s of 10), and "
        "that it was not settled."
    ),
    ("own", "unknown"): _(
        "You said after session %(session)s that there was tension (%(score)s of 10); whether "
        "it was settled was not said."
    ),
    ("own", "then"): _(
        "You said after session %(session)s that there was tension (%(score)s of 10), and "
        "that it was settled."
    ),
    ("own", "later"): _(
        "You said after session %(session)s that there was tension (%(score)s of 10); it was "
        "settled after session %(until)s."
    ),
}
TOLD_PLAINLY = _("%(name)s said after session %(session)s that there was tension.")
GAP = _(
    "After session %(session)s, %(name)s put the working relationship at %(score)s and the "
    "therapist at %(now)s: further apart than the two usually are."
)
GAP_PLAINLY = _(
    "After session %(session)s, %(name)s and the therapist saw the working relationship more "
    "differently than the two usually do."
)
PLAINLY = _("After session %(session)s, a score of %(name)s stood out.")
MISSED = ngettext_lazy(
    "%(name)s did not come to the last appointment.",
    "%(name)s did not come to the last %(count)s appointments.",
    "count",
)
UNANSWERED = ngettext_lazy(
    "%(name)s has not answered the last check-in.",
    "%(name)s has not answered the last %(count)s check-ins.",
    "count",
)
IMPROVING = _("%(title)s: from %(usual)s to %(now)s, a change for the better beyond error.")


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
        return GAP if notice.get("now") is not None else GAP_PLAINLY
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
