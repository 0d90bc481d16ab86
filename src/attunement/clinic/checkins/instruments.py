"""The instruments that may be asked here: those whose wording is at hand."""

from collections.abc import Iterable

from attunement.clinic.noticing.instruments import instruments
from attunement.measures import Instrument


def askable(rater: str) -> dict[str, Instrument]:
    """Give the instruments that one rater may be asked, by id, in the order of their titles."""
    there = (one for one in instruments().values() if one.wording == "included")
    return {
        one.id: one for one in sorted(there, key=lambda one: one.title) if one.rater.value == rater
    }


def worded(ids: Iterable[str], language: str) -> tuple[Instrument, ...]:
    """Give instruments in the words of a language, where they have such words.

    Those that are not known, or whose wording is not at hand, are left out.
    """
    known = instruments()
    return tuple(
        known[id_].in_language(language)
        for id_ in ids
        if id_ in known and known[id_].wording == "included"
    )


def may_choose(id_: str) -> bool:
    """Say whether people choose who sees their answers to an instrument."""
    known = instruments().get(id_)
    return known is not None and known.chosen_audience
