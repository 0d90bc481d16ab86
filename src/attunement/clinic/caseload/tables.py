"""One episode's records as the tables that the pure rooms speak."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import polars as pl

from attunement.clinic.caseload.history import History, Row
from attunement.clinic.caseload.scales import (
    ALLIANCE,
    THERAPIST_ALLIANCE,
    all_scales,
    relationship_scales,
)
from attunement.clinic.noticing.course import SCORES, gaps_in
from attunement.clinic.noticing.instruments import ANSWERS
from attunement.clinic.noticing.strain import told_plan
from attunement.course.expected.model import ExpectedCourse, band
from attunement.course.expected.off_track import off_track
from attunement.course.strain.ceiling import ceiling
from attunement.frames import prepare
from attunement.measures.scale import Scale, subset
from attunement.problems import Problem
from attunement.report.clients import in_order
from attunement.report.model import Kind
from attunement.report.notices import Tables, notices

SIGNALS = {
    "client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64,
    "prior_n": pl.Int64, "prior_mean": pl.Float64, "sigma": pl.Float64,
    "limit_watch": pl.Float64, "limit_review": pl.Float64, "signal": pl.String,
    "change": pl.Float64, "ewma": pl.Float64, "ewma_limit": pl.Float64, "cusum": pl.Float64,
    "cusum_alarm": pl.Boolean, "date": pl.String, "therapist": pl.String,
}  # fmt: skip
RUPTURES = {
    "client": pl.String, "scale": pl.String, "onset": pl.Int64, "level": pl.Float64,
    "depth": pl.Float64, "repaired": pl.Int64, "sessions_to_repair": pl.Int64,
    "status": pl.String,
}  # fmt: skip
RESPONSES = {**ANSWERS, "rater": pl.String}
ATTENDANCE = {"client": pl.String, "session": pl.Int64, "status": pl.String}
EXPECTED = "expected:"
FRESH = {Kind.RUPTURE_OPEN, Kind.RUPTURE_UNREPAIRED, Kind.REVIEW}


def signals(history: History) -> pl.DataFrame:
    """Give the client's own scores with what was noticed about each."""
    rows = [
        {**row, "client": "", "session": row["number"], "score": row["value"],
         "date": history.day.get(row["number"])}
        for row in history.scores
        if row["rater"] == "client" and row["scale"] in all_scales()
    ]  # fmt: skip
    return pl.DataFrame([{name: row.get(name) for name in SIGNALS} for row in rows], SIGNALS)


def table(rows: Sequence[Mapping[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    """Put rows of the one client into a table."""
    return pl.DataFrame(
        [{name: row.get(name) for name in schema} | {"client": ""} for row in rows], schema
    )


def responses(history: History) -> pl.DataFrame:
    """Give the answers that the therapist may see."""
    return table(history.answers, RESPONSES)


def tables(history: History) -> Tables:
    """Gather everything from which it is said what stands out."""
    noticed = signals(history)
    present = sorted(set(noticed["scale"].unique()))
    scales = subset(all_scales(), present)
    expected = expected_bands(history, noticed, scales)
    appointments = [
        {"session": one.number, "status": one.status}
        for one in history.sessions
        if one.status != "planned"
    ]
    return Tables(
        signals=noticed,
        ruptures=table([row for row in history.ruptures if row["scale"] in scales], RUPTURES),
        expected=expected,
        off_track=left_behind(noticed, expected, scales),
        ceiling=ceiling_plan(tuple(present))(noticed) if present else None,
        tensions=told_plan()(responses(history)) if history.answers else None,
        gaps=gaps(history),
        attendance=table(appointments, ATTENDANCE) if appointments else None,
    )


@lru_cache(maxsize=128)
def ceiling_plan(names: tuple[str, ...]) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Prepare the counting of best possible answers, for courses on the same scales."""
    scales = subset(all_scales(), names)
    return prepare(lambda scores: ceiling(scores, scales), SCORES)


def gaps(history: History) -> pl.DataFrame | None:
    """Compare client and therapist on the relationship, where both rate it."""
    rated = [
        (row["number"], row["value"], row["rater"])
        for row in history.scores
        if row["scale"] in {ALLIANCE, THERAPIST_ALLIANCE}
    ]
    if len({rater for _, _, rater in rated}) < 2:
        return None
    rows = gaps_in(ALLIANCE, rated, history.episode.client.site.norms)
    return pl.DataFrame(rows, infer_schema_length=None)


def expected_bands(
    history: History, noticed: pl.DataFrame, scales: dict[str, Scale]
) -> pl.DataFrame | None:
    """Give the course to be expected, for the scales of which the site has learned one."""
    learned = history.episode.client.site.norms
    bands: list[pl.DataFrame] = []
    for name in scales:
        if (kept := learned.get(EXPECTED + name)) is None:
            continue
        try:
            known = ExpectedCourse.from_json(json.dumps(kept))
        except Problem:
            continue
        bands.append(band(known, noticed.filter(scale=name).select(*SIGNALS).drop("date")))
    if not bands:
        return None
    found: pl.DataFrame = pl.concat(bands).drop_nulls("low")
    return None if found.is_empty() else found


def left_behind(
    noticed: pl.DataFrame, expected: pl.DataFrame | None, scales: dict[str, Scale]
) -> pl.DataFrame | None:
    """Say where scores leave the expected course."""
    if expected is None:
        return None
    found: list[pl.DataFrame] = [
        off_track(noticed.filter(scale=name), expected.filter(scale=name), scale)
        for name, scale in scales.items()
        if name in set(expected["scale"])
    ]
    return pl.concat(found)


def noticed_in(known: Tables) -> list[Row]:
    """List what stands out, the most pressing first, each thing once.

    Where the newest score is as usual, that is said first, and a drop of long ago is history.
    """
    scales = subset(all_scales(), sorted(set(known.signals["scale"].unique())))
    if known.signals.is_empty():
        return []
    found = notices(known, scales, relationship_scales())
    return now_first(in_order(found, relationship_scales()), found)


def now_first(rows: Sequence[Row], found: pl.DataFrame) -> list[Row]:
    """Put what is as usual by now before the drops of long ago that were not repaired."""
    usual = {row["scale"]: row for row in found.filter(kind=int(Kind.USUAL)).to_dicts()}
    lately = {row["scale"] for row in rows if row["kind"] in FRESH}
    past = [
        row
        for row in rows
        if row["kind"] == Kind.LASTING and row["scale"] in usual and row["scale"] not in lately
    ]
    by_now = {row["scale"]: usual[row["scale"]] for row in past}
    return [
        *(row for row in rows if row not in past),
        *by_now.values(),
        *({**row, "past": True} for row in past),
    ]
