"""Every sentence about what was noticed, whole, so that it can be said in other languages.

The kinds are those of the report (:class:`attunement.report.model.Kind`), and so is what each
of them says. ``relationship``, ``lower`` and ``higher`` are what a scale measures, or which way is
better on it; ``own`` speaks to the therapist.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from attunement.report.model import Kind

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
GAP_OWN = _(
    "After session %(session)s, %(name)s put the working relationship at %(score)s and you at "
    "%(now)s: further apart than the two of you usually are."
)
GAP_OWN_PLAINLY = _(
    "After session %(session)s, %(name)s and you saw the working relationship more differently "
    "than the two of you usually do."
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
TOO_FEW = ngettext_lazy(
    "Of %(name)s's answers about the working relationship after session %(session)s, %(given)s of "
    "%(asked)s can be seen: too few for a score, but %(low)s of them is far below usual.",
    "Of %(name)s's answers about the working relationship after session %(session)s, %(given)s of "
    "%(asked)s can be seen: too few for a score, but %(low)s of them are far below usual.",
    "low",
)
IMPROVING = _("%(title)s: from %(usual)s to %(now)s, a change for the better beyond error.")
