"""A file with a column for each session (``phq9_1``, ``phq9_2`` ...), one row per client."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import polars as pl

from attunement.intake import sentences as said
from attunement.intake.columns import listed
from attunement.intake.notes import Note
from attunement.intake.sheet import ROW, Sheet, shown
from attunement.intake.values import text
from attunement.problems import Problem
from attunement.tables import SCORES

NUMBERED = re.compile(r"(.+?)(?:[ _.-][tTsS]?|[tTsS])(\d{1,4})")
FEWEST = 2
KEPT = ("client", "therapist", "site", "rater")
TIMED = frozenset({"session", "date", "scale", "score"})
Columns = dict[str, dict[int, str]]


def numbered(columns: Iterable[str]) -> Columns:
    """Group columns that share a name and differ by a number: ``{"phq9": {1: "phq9_1"}}``."""
    found: Columns = {}
    for column in columns:
        if match := NUMBERED.fullmatch(column):
            found.setdefault(match[1], {})[int(match[2])] = column
    return {name: places for name, places in found.items() if len(places) >= FEWEST}


def sessions_from_columns(sheet: Sheet, declared: Mapping[str, str]) -> Sheet:
    """Put each session into a row of its own, where the user says that the columns are scores.

    Numbered columns may as well be the items of one questionnaire, so they are read as sessions
    only where their common name is declared as a scale. An empty cell gives no row: whether
    there was a session, such a file cannot say.

    Raises
    ------
    Problem
        If there are such columns, no session and no date, and no such declaration.
    """
    if TIMED & set(sheet.columns):
        return sheet
    found = numbered(sheet.columns)
    chosen = {name: found[name] for name in declared if name in found}
    if not chosen:
        if found and "client" in sheet.columns:
            raise undecided(sheet, found)
        return sheet
    keep = [ROW, *(name for name in KEPT if name in sheet.columns)]
    parts = []
    for name, places in chosen.items():
        for number, column in sorted(places.items()):
            cells = text(sheet, column).alias("score")
            part = sheet.frame.select(keep).with_columns(
                cells, scale=pl.lit(name), session=pl.lit(number, pl.Int64)
            )
            parts.append(part.filter(pl.col("score").is_not_null()))
    used = {column for places in chosen.values() for column in places.values()}
    left = [name for name in sheet.columns if name not in {*used, *keep}]
    notes = [
        Note(
            said.COLUMNS_AS_SESSIONS,
            file=sheet.file,
            columns=listed(places[n] for n in sorted(places)),
            scale=shown(name),
            sessions=", ".join(map(str, sorted(places)[:12])),
        )
        for name, places in chosen.items()
    ]
    if left:
        notes.append(Note(said.IGNORED, file=sheet.file, columns=listed(left)))
    return replace(sheet, frame=pl.concat(parts), notes=[*sheet.notes, *notes])


def undecided(sheet: Sheet, found: Columns) -> Problem:
    """Say what numbered columns may mean, and how to tell."""
    name, places = next(iter(found.items()))
    return Problem(
        said.NUMBERED_COLUMNS,
        said.SCALE_OR_ROWS,
        values={
            "columns": listed(places.values(), most=3),
            "name": shown(name),
            "key": ", ".join(SCORES.key[::2]),
        },
        file=sheet.file,
    )
