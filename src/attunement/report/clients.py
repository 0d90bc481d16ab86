"""One client's line in the list, and their section."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from attunement.charts import Words, course_spec, small_line, to_svg
from attunement.charts.layers import usual_bounds
from attunement.measures.scale import Direction, Scale
from attunement.report.model import (
    Chart,
    ClientPage,
    Group,
    Kind,
    Said,
    ScoreRow,
    Setting,
    Source,
)
from attunement.report.notices import Tables
from attunement.report.words import (
    Telling,
    act,
    chance,
    client_name,
    headline,
    plain,
    sentence,
    source_of,
)

Row = dict[str, Any]
LONGEST_LINE = 16
SPREADS_SHOWN = 5
SYMPTOM_WORDS = Words(rupture="clearly worse", repaired="back")
RELATIONSHIP_WORDS = Words()
FROM_RUPTURES = {
    Kind.RUPTURE_OPEN, Kind.RUPTURE_UNREPAIRED, Kind.REPAIRED, Kind.LASTING, Kind.RETURNED,
}  # fmt: skip
SCORED = {Kind.REVIEW, Kind.DRIFT, Kind.WATCH, Kind.USUAL, Kind.EARLY}


def client_page(
    row: Row, own: tuple[pl.DataFrame, Tables], setting: Setting, *, anchor: str
) -> ClientPage:
    """Put one client's tables into words and pictures.

    Parameters
    ----------
    row
        The client's row of :func:`attunement.report.order.order`.
    own
        The client's notices and tables.
    anchor
        Where the section is found on the page.
    """
    noticed, tables = own
    name = client_name(row["client"])
    found = in_order(noticed, setting.relationship)
    told = [(notice, telling(notice, name, setting, found)) for notice in found]
    urgent = [sentence(*pair) for pair in told if pair[0]["kind"] == Kind.SAFETY]
    first, *rest = told
    also = [
        headline(*pair) if pair[1].relationship else f"{pair[1].subject} {headline(*pair)}"
        for pair in rest
        if Kind.SAFETY < pair[0]["kind"] <= Kind.CEILING
    ]
    shown = scales_of(tables.signals, setting)
    return ClientPage(
        name=name,
        anchor=anchor,
        group=Group(row["group"]),
        about=about(tables.signals),
        sentence=" ".join(urgent) or sentence(*first),
        also="; ".join(also),
        line=line(tables.signals, found, first[1].scale, setting, name) if shown else "",
        charts=tuple(chart(tables, scale, found, name, setting) for scale in shown),
        said=(
            *(said(*pair, setting) for pair in told),
            *behind(row, setting),
        ),
    )


def behind(row: Row, setting: Setting) -> tuple[Said, ...]:
    """Say what may be behind it and what could help, whoever it is told of."""
    reasons = setting.reasons.get(row["client"], ())
    advice = setting.advice.get(row["client"], ()) if row["group"] != Group.SAFETY else ()
    return (
        *(Said(Source.REASONS, plain(one)) for one in reasons),
        *(Said(Source.HELP, plain(one if one.endswith("?") else f"{one}.")) for one in advice),
    )


def in_order(noticed: pl.DataFrame, relationship: frozenset[str]) -> list[Row]:
    """Order one client's notices, the relationship's first among equals; say each thing once.

    While a rupture is open or unrepaired, what the newest score alone says adds nothing.
    """
    rows = sorted(
        noticed.to_dicts(),
        key=lambda row: (
            row["kind"] in {Kind.PAST, Kind.SAFETY_PAST},
            row["kind"],
            -(row["session"] or 0),
            row["scale"] not in relationship,
            row["scale"] or "",
            row["rater"] or "",
        ),
    )
    lasting = {Kind.RUPTURE_OPEN, Kind.RUPTURE_UNREPAIRED, Kind.LASTING}
    covered = {row["scale"] for row in rows if row["kind"] in lasting}
    result = []
    for row in rows:
        if row["kind"] not in SCORED or row["scale"] not in covered:
            result.append(row)
        if row["kind"] == Kind.REVIEW:
            covered.add(row["scale"])
    return result


def telling(notice: Row, name: str, setting: Setting, found: Sequence[Row]) -> Telling:
    """Say how to speak of what one notice is about, beside all that was found."""
    scale = setting.scales.get(notice["scale"] or "")
    return Telling(
        name,
        scale,
        relationship=scale is None or scale.name in setting.relationship,
        fewest=setting.rule.fewest,
        within=setting.within,
        urgent=any(row["kind"] == Kind.SAFETY for row in found),
        bands=setting.bands.get(notice["scale"] or "", ()),
    )


def said(notice: Row, how: Telling, setting: Setting) -> Said:
    """One sentence with its source, and how often chance alone shows the same."""
    kind = Kind(notice["kind"])
    after = act(how) if kind is Kind.SAFETY else chance(kind, setting.false_alarms)
    words = f"{sentence(notice, how)} {after}".strip()
    return Said(source_of(kind, relationship=how.relationship), words)


def scales_of(signals: pl.DataFrame, setting: Setting) -> list[Scale]:
    """Order the client's scales: the relationship first, then symptoms."""
    present = set(signals["scale"].unique())
    known = [scale for name, scale in setting.scales.items() if name in present]
    return sorted(known, key=lambda scale: scale.name not in setting.relationship)


def about(signals: pl.DataFrame) -> str:
    """Say how far the client has come, and with whom."""
    rows = signals.sort("session").select("session", "date", "therapist").to_dicts()
    if not rows:
        return "no score yet"
    days = [row["date"] for row in rows if row["date"]]
    on = f", {written(max(days))}" if days else ""
    parts = [f"up to session {rows[-1]['session']}{on}"]
    therapists = [row["therapist"] for row in rows if row["therapist"]]
    return " · ".join([*parts, *(f"with {plain(name)}" for name in therapists[-1:])])


def written(value: date) -> str:
    """Write a date."""
    return f"{value.day} {value:%B %Y}"


def line(
    signals: pl.DataFrame, found: Sequence[Row], scale: Scale, setting: Setting, name: str
) -> str:
    """Draw the small line of the list."""
    if scale.name not in setting.scales:
        scale = scales_of(signals, setting)[0]
    rows = signals.filter(scale=scale.name).sort("session").tail(LONGEST_LINE).to_dicts()
    onsets = {row["session"] for row in found if row["scale"] == scale.name
              and row["kind"] in FROM_RUPTURES}  # fmt: skip
    usual = [row["prior_mean"] for row in rows if row["prior_mean"] is not None]
    how = Telling(name, scale)
    return small_line(
        [row["score"] for row in rows],
        f"{plain(scale.title or scale.name)} of {name} over the last {len(rows)} sessions",
        noticed=[
            place
            for place, row in enumerate(rows)
            if row["session"] in onsets or row["signal"] == "review"
        ],
        usual=how.within_range(usual[-1]) if usual else None,
        least=SPREADS_SHOWN * setting.norms[scale.name].sd if scale.name in setting.norms else 0.0,
        better=scale.direction,
    )


def chart(tables: Tables, scale: Scale, found: Sequence[Row], name: str, setting: Setting) -> Chart:
    """Draw one scale, with its message and its numbers."""
    rows = tables.signals.filter(scale=scale.name).sort("session").to_dicts()
    about_it = [
        (notice, telling(notice, name, setting, found))
        for notice in found
        if notice["scale"] == scale.name
    ]
    shown = [pair for pair in about_it if pair[0]["kind"] != Kind.GAP] or about_it
    message = headline(*shown[0]) if shown else "no score yet"
    spoken = [sentence(*pair) for pair in about_it]
    related = scale.name in setting.relationship
    spec = course_spec(
        tables.signals,
        tables.ruptures,
        scale,
        client=rows[0]["client"],
        expected=tables.expected,
        words=RELATIONSHIP_WORDS if related else SYMPTOM_WORDS,
    )
    years = len({row["date"].year for row in rows if row["date"]})
    better = "Higher" if scale.direction is Direction.HIGHER else "Lower"
    title = plain(scale.title or scale.name)
    heard = " ".join([f"{title}.", *spoken]) if spoken else f"{title}: {message}."
    return Chart(
        scale=title,
        headline=message,
        better=f"{better} is better.",
        spoken=heard,
        svg=to_svg(spec, heard),
        rows=tuple(score_row(row, scale, name, years) for row in rows),
    )


def score_row(row: Row, scale: Scale, name: str, years: int) -> ScoreRow:
    """One score in numbers."""
    how = Telling(name, scale)
    bounds = [how.score(how.within_range(value)) for value in usual_bounds(row)]
    return ScoreRow(
        session=row["session"],
        date=short(row["date"], years),
        score="missing" if row["score"] is None else how.score(row["score"]),
        usual=" to ".join(bounds) or "not yet",
        noticed=row["signal"] if row["signal"] in {"watch", "review"} else "",
    )


def short(value: date | None, years: int) -> str:
    """Write a date in little room: with its year where the course spans several."""
    if value is None:
        return ""
    return f"{value.day} {value:%b %Y}" if years > 1 else f"{value.day} {value:%b}"
