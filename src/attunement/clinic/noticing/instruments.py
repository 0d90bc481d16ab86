"""Instruments as they are scored here: plans made once per process, to run on one form each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import polars as pl
from django.utils.translation import get_language

from attunement.frames import prepare
from attunement.measures import library, safety
from attunement.measures.instruments.catalogue import Instruments
from attunement.measures.instruments.model import Instrument, Rater
from attunement.measures.scale import Scale
from attunement.measures.scoring.one_form import Given, Scores, prepare_form

ANSWERS = pl.Schema(
    {
        "client": pl.String,
        "session": pl.Int64,
        "instrument": pl.String,
        "item": pl.String,
        "value": pl.Float64,
    }
)
THERAPIST = "-therapist"
Run = Callable[[pl.DataFrame], pl.DataFrame]


@cache
def instruments() -> Instruments:
    """Give the instruments at hand."""
    return library()


@cache
def scales() -> Mapping[str, Scale]:
    """Give every scale whose direction is known, by its full name."""
    return {
        name: scale
        for instrument in instruments().values()
        for name, scale in instrument.scales_by_name().items()
    }


@dataclass(frozen=True)
class Title:
    """What a scale is called, and in which language: not every instrument has been translated."""

    text: str
    language: str = ""


@cache
def titles(language: str) -> Mapping[str, Title]:
    """Give the titles of all scales in the words of a language, where there are such words."""
    return {
        name: Title(scale.title or name, spoken.language)
        for spoken in (one.in_language(language) for one in instruments().values())
        for name, scale in spoken.scales_by_name().items()
    }


def title_of(scale: str) -> Title:
    """Give the title of a scale in the language of the page; its name where it is not known."""
    return titles(page_language()).get(scale) or Title(scale)


def page_language() -> str:
    """Give the language of the page, without its region."""
    return (get_language() or "en").split("-")[0]


@cache
def watched_scales(instrument: str) -> tuple[str, ...]:
    """Name the scales of an instrument that are watched for drops."""
    known = instruments()[instrument].scales_by_name()
    return tuple(name for name, scale in known.items() if not scale.told)


def instrument_of(scale: str) -> Instrument | None:
    """Find the instrument of a scale; None where it is not known here."""
    return instruments().get(scale.partition(".")[0])


def answered_by_client(scale: str) -> bool:
    """Say whether a scale is the client's; one that nobody knows here counts as theirs."""
    instrument = instrument_of(scale)
    return instrument is None or instrument.rater is Rater.CLIENT


def counterpart(scale: str) -> str | None:
    """Name the same scale on the other person's form, where there is one."""
    instrument, _, rest = scale.partition(".")
    other = (
        instrument.removesuffix(THERAPIST)
        if instrument.endswith(THERAPIST)
        else instrument + THERAPIST
    )
    name = f"{other}.{rest}" if rest else other
    return name if name in scales() else None


@lru_cache(maxsize=256)
def score_plan(names: tuple[str, ...]) -> Callable[[Iterable[Given]], Scores]:
    """Prepare the scoring of these instruments."""
    return prepare_form({name: instruments()[name] for name in names})


@lru_cache(maxsize=256)
def safety_plan(names: tuple[str, ...]) -> Run | None:
    """Prepare the safety rules of these instruments; None where they have none."""
    ruled = {name: instruments()[name] for name in names if instruments()[name].safety}
    return prepare(lambda answers: safety(answers, ruled), ANSWERS) if ruled else None
