"""The words of the library, in the language of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attunement.formulation.helped import Help
from attunement.guidance.voice import Candour, Choice, Low, words
from attunement.guidance.voice.library import Way

HELPED: Mapping[Help, Promise] = {
    Help.TALKED: _("We talked about it openly"),
    Help.DIFFERENT: _("We tried something different"),
    Help.SLOWER: _("We slowed down"),
    Help.STRUCTURE: _("We had more of a plan"),
    Help.LISTENED: _("I could talk, and was listened to"),
    Help.AIMS: _("We agreed on new aims"),
    Help.NOTHING: _("Nothing helped"),
}


@dataclass(frozen=True)
class Shown:
    """One choice, as it is shown."""

    value: str
    title: str
    about: str


def choices(offered: Sequence[Choice]) -> list[Shown]:
    """Put choices into words."""
    told = words().choices
    return [Shown(one, gettext(told[one].title), gettext(told[one].about)) for one in offered]


def done(choice: str) -> str:
    """Say what a choice has done."""
    known = words().choices.get(choice)
    return gettext(known.done) if known else ""


def names(low: Sequence[Low]) -> list[str]:
    """Name low answers."""
    known = words().names
    return [gettext(known.get(one.why, known[one.item])) for one in low]


def item_names(items: Sequence[str]) -> list[str]:
    """Name items."""
    return [gettext(words().names[one]) for one in items if one in words().names]


def sentence(about: Sequence[str]) -> str:
    """Give a sentence to start with, for the first thing it can be about."""
    found = next((words().sentences[one] for one in about if one in words().sentences), "")
    return gettext(found) if found else ""


def said(candour: Candour) -> str:
    """Say what is said beside the thanks."""
    return gettext(words().candour[candour])


@dataclass(frozen=True)
class Told:
    """One way on, in the language of the page."""

    id: str
    title: str
    about: str
    involves: list[str]
    long: str
    evidence: list[str]


def told(way: Way) -> Told:
    """Put a way into words."""
    return Told(
        way.id,
        gettext(way.title),
        gettext(way.about),
        [gettext(one) for one in way.involves],
        gettext(way.long),
        [gettext(one.says) for one in way.evidence],
    )


def theme_names(themes: Sequence[str]) -> list[str]:
    """Name what a run of poor sessions was about."""
    return [gettext(words().themes[one]) for one in themes]
