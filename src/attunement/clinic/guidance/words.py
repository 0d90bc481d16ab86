"""What is said about advice and about what followed, in plain sentences."""

from collections.abc import Mapping
from functools import cache

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from attunement.clinic.guidance.models import School
from attunement.clinic.noticing.instruments import instruments
from attunement.guidance.advice import Why
from attunement.guidance.followup import FollowUp, Outcome
from attunement.guidance.reasons.library import CHECK_IN
from attunement.guidance.strategies import Lean, Step

REASONS: Mapping[str, Promise] = {
    "fear_of_judgement": gettext_lazy("fear of being judged"),
    "not_heard": gettext_lazy("not feeling heard"),
    "not_understood": gettext_lazy("not feeling understood"),
    "goals_not_shared": gettext_lazy("goals not shared"),
    "way_does_not_fit": gettext_lazy("the way of working does not fit"),
    "staying_on_surface": gettext_lazy("staying on the surface"),
    "no_progress": gettext_lazy("no sense of progress"),
    "nothing_to_take_away": gettext_lazy("nothing to take away"),
    "unsettled_rupture": gettext_lazy("an unsettled rupture"),
    "practical_barriers": gettext_lazy("practical barriers"),
    "life_outside": gettext_lazy("life outside got worse"),
    "not_candid": gettext_lazy("answers that may not be candid"),
}
KINDS: Mapping[str, Promise] = {
    "randomised": gettext_lazy("randomised trials speak for it"),
    "similar": gettext_lazy(
        "trials or comparisons of something similar, not of this itself, speak for it"
    ),
    "controlled": gettext_lazy("comparisons with a control group speak for it"),
    "correlational": gettext_lazy(
        "it goes with better outcome; that does not show that it causes it"
    ),
    "consensus": gettext_lazy("experts of several schools agree on it"),
    "lever": gettext_lazy("behavioural science speaks for it; expect a small effect"),
    "descriptive": gettext_lazy("surveys and descriptions speak for it"),
}
STEPS: Mapping[Step, Promise] = {
    Step.VALIDATE: gettext_lazy("Validate first"),
    Step.EXPLORE: gettext_lazy("Explore"),
    Step.CHANGE: gettext_lazy("Work for change"),
    Step.ARRANGE: gettext_lazy("Arrange"),
}
LEANS: Mapping[Lean, Promise] = {
    Lean.STRUCTURE: gettext_lazy("a clear structure"),
    Lean.SPACE: gettext_lazy("room to lead the way themselves"),
    Lean.FEELING: gettext_lazy("working with feelings"),
    Lean.SUPPORT: gettext_lazy("warmth and support"),
    Lean.CHALLENGE: gettext_lazy("being challenged"),
    Lean.TASKS: gettext_lazy("something to do between sessions"),
    Lean.PAST: gettext_lazy("looking at the past"),
    Lean.PRESENT: gettext_lazy("looking at life now"),
    Lean.TALKING_ABOUT_US: gettext_lazy("talking about how the two work together"),
}
OTHERS: Mapping[str, Promise] = {
    "attendance": gettext_lazy("coming to sessions"),
    "symptoms": gettext_lazy("symptoms"),
    "uniform": gettext_lazy("answers that are not all alike"),
    "tension": gettext_lazy("tension"),
    "settled": gettext_lazy("whether tension was settled"),
}


def item_names() -> Mapping[str, str]:
    """Name the answers of the check-in, and what else is looked for, in the reader's language."""
    return {**_names(get_language() or "en"), **{key: str(one) for key, one in OTHERS.items()}}


@cache
def _names(language: str) -> Mapping[str, str]:
    form = instruments()[CHECK_IN].in_language(language)
    return {item.id: item.name or item.id for item in form.items}


def listed(names: tuple[str, ...]) -> str:
    """Name several things that are looked for."""
    known = item_names()
    return get_text_list([_quoted(known[name], name) for name in names], _("and"))


def _quoted(words: str, name: str) -> str:
    return words if name in OTHERS else _("“%(words)s”") % {"words": words}


def why(part: Why) -> str:
    """Say one part of why a strategy is suggested, as a sentence."""
    return {
        "reason": _("It answers: %(reason)s."),
        "evidence": _("Evidence: %(kind)s."),
        "rupture": _("While strain is unsettled, hearing and exploring come before change."),
        "wanted": _("Your client said they would like more of this: %(lean)s."),
        "unwanted": _("Your client said they would like less of this: %(lean)s."),
        "school": _("It is close to how you work: %(school)s."),
        "history": _tried_before(part.about),
        "site": _at_the_site(part.value),
        "danger": _("An answer about safety is open. This comes before anything else."),
    }[part.source] % {
        "reason": REASONS.get(part.about, ""),
        "kind": KINDS.get(part.about, ""),
        "lean": LEANS[Lean(part.about)] if part.about in set(Lean) else "",
        "school": dict(School.choices).get(part.about, ""),
    }


def _tried_before(outcome: str) -> str:
    return {
        Outcome.EASED: _("You tried it with this client before, and it eased after that."),
        Outcome.NOT_YET: _("You tried it with this client before, and it had not eased."),
        Outcome.TOO_EARLY: _("You tried it lately; it is too early to say."),
        Outcome.BEFORE: _("You tried it with this client before, when it had eased already."),
    }.get(Outcome(outcome) if outcome in set(Outcome) else Outcome.CANNOT_SAY) or _(
        "You tried it with this client before; what followed cannot be said."
    )


def _at_the_site(value: float) -> str:
    if value > 0:
        return _(
            "Strain eased more often after it than unaided here; that does not show it was "
            "because of it."
        )
    return _(
        "Strain eased less often after it than unaided here; that does not show it was because of "
        "it."
    )


def followed(found: FollowUp, name: str) -> str:
    """Say what followed a try. That something followed does not mean that the try caused it."""
    words = {"what": listed(found.looked_at), "name": name, "session": found.session}
    if found.outcome is Outcome.EASED:
        return (
            _("At session %(session)d it was back near what is usual for %(name)s: %(what)s.")
            % words
        )
    if found.outcome is Outcome.NOT_YET:
        return ngettext(
            "After %(count)d check-in it was not back yet: %(what)s.",
            "After %(count)d check-ins it was not back yet: %(what)s.",
            found.check_ins,
        ) % {"count": found.check_ins, "what": words["what"]}
    if found.outcome is Outcome.TOO_EARLY:
        return ngettext(
            "Too early to say. Look at the next check-in for: %(what)s.",
            "Too early to say. Look at the next check-ins for: %(what)s.",
            found.within - found.check_ins,
        ) % {"what": words["what"]}
    if found.outcome is Outcome.BEFORE:
        return _("It had eased before this was tried, by session %(session)d: %(what)s.") % words
    return _("What followed cannot be said: nothing that this looks for was low, or can be read.")
