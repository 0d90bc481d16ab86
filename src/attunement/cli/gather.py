"""Everything that a report on a file of scores can say, computed room by room."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from attunement.course.agreement.gaps import gap_norms, gaps
from attunement.course.baseline import Norms
from attunement.course.expected.model import ExpectedCourse, band, fit
from attunement.course.expected.off_track import off_track
from attunement.course.noticing import notice
from attunement.course.strain import ceiling as ceilings
from attunement.course.strain.told import tensions
from attunement.guidance.reasons.finding import Found, as_objects, reasons
from attunement.guidance.reasons.library import CHECK_IN, THERAPIST_CHECK_IN
from attunement.guidance.reasons.model import Reasons
from attunement.measures.instruments.catalogue import Instruments, find_instrument
from attunement.measures.instruments.model import Rater
from attunement.measures.scale import Scale, subset
from attunement.problems import Problem
from attunement.report import FalseAlarms
from attunement.synthetic.chance import chance_of_flags

ALLIANCE = ("alliance", "relationship")


@dataclass(frozen=True)
class Gathered:
    """What ``attunement.report.build`` takes, and the sentences to go with it."""

    tables: dict[str, Any]
    scales: dict[str, Scale]
    notes: list[str] = field(default_factory=list)


def instrument_of(scale: str, instruments: Instruments) -> Any:
    """Find the instrument of a scale, or None."""
    try:
        return find_instrument(scale.partition(".")[0], instruments)
    except Problem:
        return None


def therapists_scales(names: Iterable[str], instruments: Instruments) -> dict[str, str]:
    """Pair the scales of therapists' forms with their clients' counterparts.

    A form ``x-therapist`` is the counterpart of ``x``.
    """
    names = list(names)
    pairs = {}
    for name in names:
        instrument = instrument_of(name, instruments)
        if instrument is None or instrument.rater is not Rater.THERAPIST:
            continue
        other = name.replace("-therapist", "", 1)
        if other != name and other in names:
            pairs[name] = other
    return pairs


def relationship(
    scales: Iterable[str], instruments: Instruments, named: Iterable[str] = ()
) -> list[str]:
    """Tell which scales rate the working relationship.

    Those of instruments that measure it, and those that the user names; of any other scale,
    whichever way is better on it, nothing of the kind is known.

    Raises
    ------
    Problem
        If a name is not among the scales.
    """
    scales, named = list(scales), set(named)
    for unknown in sorted(named - set(scales)):
        raise Problem(
            f"there is no scale '{unknown}' in the file",
            f"its scales are {', '.join(scales)}",
            field="--relationship",
        )
    instrument_by_scale = {name: instrument_of(name, instruments) for name in scales}
    measured = {
        name
        for name, instrument in instrument_by_scale.items()
        if instrument is not None and any(word in instrument.measures for word in ALLIANCE)
    }
    return [name for name in scales if name in measured | named]


def unread(responses: pl.DataFrame, instruments: Instruments) -> list[str]:
    """Say of which answers nothing is known, so that no safety rule can be applied to them."""
    strange = sorted(set(responses["instrument"]) - set(instruments))
    return [
        f"there is no instrument '{name}', so its answers were not read, not even for safety: "
        "correct its name, or add it with 'attunement instruments add'"
        for name in strange
    ]


def gather(
    scores: pl.DataFrame,
    scales: Mapping[str, Scale],
    norms: Mapping[str, Norms],
    instruments: Instruments,
    *,
    responses: pl.DataFrame | None = None,
    attendance: pl.DataFrame | None = None,
    relationships: Iterable[str] = (),
) -> Gathered:
    """Compute signals, ruptures, expected courses, ceilings, gaps, told tensions and reasons.

    Parameters
    ----------
    relationships
        Names of further scales that rate the working relationship.
    """
    pairs = therapists_scales(scales, instruments)
    own = {name: scale for name, scale in scales.items() if name not in pairs}
    mine = scores.filter(pl.col("scale").is_in(list(own)))
    noticed = notice(mine, own, norms)
    expected, left, notes = expectations(mine, own)
    tables = {
        "signals": noticed.signals,
        "ruptures": noticed.ruptures,
        "scores": mine,
        "expected": expected,
        "off_track": left,
        "ceiling": ceilings.ceiling(mine, own),
        "relationship": relationship(own, instruments, relationships),
        "false_alarms": false_alarms(mine, own, norms),
        "responses": responses,
        "instruments": instruments,
    }
    if pairs:
        tables["gaps"] = paired_gaps(scores, own, pairs)
        notes.append(not_drawn(scores, pairs))
    if responses is not None:
        tables["tensions"] = tensions(responses)
        tables["reasons"] = likely(mine, own, responses, attendance)
    return Gathered(tables, own, notes)


def likely(
    scores: pl.DataFrame,
    scales: Mapping[str, Scale],
    responses: pl.DataFrame,
    attendance: pl.DataFrame | None,
) -> tuple[Reasons, ...]:
    """Find what may be behind clients' newest sessions, or that all their answers fell together."""
    worse = {name: scale for name, scale in scales.items() if scale.sign < 0 and not scale.told}
    found = reasons(
        responses.filter(pl.col("instrument").is_in([CHECK_IN, THERAPIST_CHECK_IN])),
        symptoms=scores.filter(pl.col("scale").is_in(list(worse))),
        scales=worse,
        attendance=attendance,
    )
    some = found.sessions.filter((pl.col("reasons") > 0) | pl.col("general"))
    return as_objects(Found(some, found.reasons, found.parts))


def not_drawn(scores: pl.DataFrame, pairs: Iterable[str]) -> str:
    """Say which scores of the file are in no chart, and what they serve for."""
    count = scores.filter(pl.col("scale").is_in(list(pairs)))["score"].count()
    return (
        f"A further {count:,} scores were given by therapists. They are compared with their "
        "clients' and not drawn; drops in them are listed by 'attunement course'."
    )


def expectations(
    scores: pl.DataFrame, scales: Mapping[str, Scale]
) -> tuple[pl.DataFrame | None, pl.DataFrame | None, list[str]]:
    """Fit every scale's expected course where there are enough clients."""
    bands: list[pl.DataFrame] = []
    left: list[pl.DataFrame] = []
    notes: list[str] = []
    for scale in scales.values():
        course = fit(scores, scale)
        if isinstance(course, ExpectedCourse):
            expected = band(course, scores)
            bands.append(expected)
            left.append(off_track(scores, expected, scale))
            notes.extend(f"{scale.title or scale.name}: {text}" for text in course.warnings)
        else:
            notes.append(str(course).replace(scale.name, scale.title or scale.name))
    if not bands:
        return None, None, notes
    return pl.concat(bands), pl.concat(left), notes


def paired_gaps(
    scores: pl.DataFrame, scales: Mapping[str, Scale], pairs: Mapping[str, str]
) -> pl.DataFrame:
    """Compare each client's score with the therapist's on the counterpart."""
    return gaps_of(rated_by_both(scores, pairs), scales)


def gaps_of(rated: pl.DataFrame, scales: Mapping[str, Scale]) -> pl.DataFrame:
    """Compare the two ratings of every scale in a table."""
    found: pl.DataFrame = gaps(rated, gap_norms(rated, subset(scales, rated["scale"].unique())))
    return found


def rated_by_both(scores: pl.DataFrame, pairs: Mapping[str, str]) -> pl.DataFrame:
    """Put a therapist's scale and its counterpart under one name, told apart by the rater.

    Without such pairs, those scales are kept that have both raters already.
    """
    if not pairs:
        raters = pl.col("rater") if "rater" in scores.columns else pl.lit("client")
        both = raters.is_in(["client", "therapist"]).and_(raters.n_unique().over("scale") > 1)
        return scores.filter(both)
    therapists = pl.col("scale").is_in(list(pairs))
    return scores.filter(pl.col("scale").is_in([*pairs, *pairs.values()])).select(
        "client",
        "session",
        "score",
        rater=pl.when(therapists).then(pl.lit("therapist")).otherwise(pl.lit("client")),
        scale=pl.col("scale").replace(pairs),
    )


def false_alarms(
    scores: pl.DataFrame, scales: Mapping[str, Scale], norms: Mapping[str, Norms]
) -> FalseAlarms:
    """Simulate how many of these clients would be flagged though nothing had happened."""
    chance = chance_of_flags(scores, scales, norms)
    return FalseAlarms(watch=chance.watch, review=chance.review, drift=chance.drift)
