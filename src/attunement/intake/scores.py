"""A file of scores, long or wide, becomes the table of scores."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

import polars as pl

from attunement.intake import sentences as said
from attunement.intake.columns import listed, no_column, renamed
from attunement.intake.files import open_sheet
from attunement.intake.keys import client_and_session, refuse_repeats
from attunement.intake.meanings import DIRECTIONS, FindScale, known_meanings
from attunement.intake.missing import code_notes, edges, unbounded, without_codes
from attunement.intake.notes import Note
from attunement.intake.over_time import sessions_from_columns
from attunement.intake.sheet import ROW, WIDEST, Sheet, refuse, shown
from attunement.intake.values import names, numbers
from attunement.measures.instruments.catalogue import find_scale
from attunement.measures.scale import Scale
from attunement.problems import Problem
from attunement.tables import SCORES


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Scores that passed every check.

    Attributes
    ----------
    scores : polars.DataFrame
        One row per client, scale and session, as in :data:`attunement.tables.SCORES`, in the
        file's order; names are text, sessions whole numbers, missing scores null.
    scales : dict of str to Scale
        What each value of the column ``scale`` means.
    notes : list of Note
        What a careful reader would want to know about how the file was read.
    """

    scores: pl.DataFrame
    scales: dict[str, Scale]
    notes: list[Note] = field(default_factory=list)


def read_scores(
    path: str | Path,
    *,
    rename: Mapping[str, str] | None = None,
    scales: Mapping[str, str] | None = None,
    find: FindScale = find_scale,
    both_raters: bool = False,
    missing: Sequence[str] = (),
) -> Intake:
    """Read a CSV, TSV, Parquet or Excel file of scores and check every cell.

    A long file has the columns ``client``, ``scale``, ``session`` and ``score``; a wide one
    ``client``, ``session`` and one column per scale. Without ``session``, each client's
    sessions are numbered by ``date``; or, where a declared scale ``mood`` stands in columns
    ``mood_1``, ``mood_2`` ..., by those columns.

    Parameters
    ----------
    rename
        Our name of a column to the file's: ``{"client": "subject"}``.
    scales
        A wide file's column, or a name in the column ``scale``, to its meaning:
        ``higher-is-better``, ``lower-is-better`` or an instrument's scale (``phq9``,
        ``wai-sr.bond``). What is called like an instrument's scale needs no declaration.
    find
        Gives the scale of an instrument by name, or raises; in the box where absent.
    both_raters
        Whether one scale may have a score of the client's and one of the therapist's, as
        the column ``rater`` says: then it belongs to the key, in a long file.
    missing
        Codes that stand for a missing score, such as ``-9``.

    Raises
    ------
    Problem
        In one sentence, about the first thing that is wrong.
    """
    declared = dict(scales or {})
    sheet = renamed(open_sheet(path, rename), SCORES, rename or {})
    sheet = client_and_session(sessions_from_columns(sheet, declared), SCORES)
    if {"scale", "score"} <= set(sheet.columns):
        key = [*SCORES.key, "rater"] if both_raters and "rater" in sheet.columns else SCORES.key
        sheet = without_codes(sheet, "score", missing)
        frame, meanings, left = from_long(sheet, declared, find, key)
    else:
        frame, meanings, left = from_wide(sheet, declared, find, missing)
    known = {scale.name: scale for scale in meanings.values()}
    notes = [*sheet.notes]
    if left:
        own = (sheet.renamed.get(name, name) for name in left)
        notes.append(Note(said.IGNORED, file=sheet.file, columns=listed(own)))
    for name in unbounded(known):
        tally = edges(frame.filter(pl.col("scale") == name)["score"])
        notes.extend(code_notes(sheet.file, name, tally))
    return Intake(
        scores=frame.select(name for name in SCORES.names if name in frame.columns),
        scales=known,
        notes=notes,
    )


def from_long(
    sheet: Sheet, declared: Mapping[str, str], find: FindScale, key: Sequence[str]
) -> tuple[pl.DataFrame, dict[str, Scale], list[str]]:
    """One row per score."""
    sheet = replaced(sheet, names(sheet, "scale", required=True))
    found = sheet.frame["scale"].unique(maintain_order=True).to_list()
    if len(found) > WIDEST:
        raise Problem(
            said.MANY_SCALES,
            said.NAMES_OF_SCALES,
            values={"count": f"{len(found):,}", "most": f"{WIDEST:,}"},
            file=sheet.file,
            field="scale",
        )
    for name in declared:
        if name not in found:
            raise Problem(
                said.NO_ROW_OF_SCALE,
                said.THE_SCALES,
                values={"scale": shown(name), "scales": listed(found)},
                file=sheet.file,
                field="--scale",
            )
    meanings = known_meanings(found, declared, find)
    if not meanings:
        raise undeclared(sheet, found, "scale")
    sheet = sheet.having(sheet.frame.filter(pl.col("scale").is_in(list(meanings))))
    score = numbers(sheet, "score")
    for name, scale in meanings.items():
        refuse_outside(sheet, score, scale, sheet.frame["scale"] == name)
    sheet = replaced(sheet, score)
    refuse_repeats(sheet, list(key))
    ours = {name: scale.name for name, scale in meanings.items()}
    left = [name for name in found if name not in meanings]
    return sheet.frame.with_columns(pl.col("scale").replace(ours)), meanings, left


def from_wide(
    sheet: Sheet, declared: Mapping[str, str], find: FindScale, missing: Sequence[str]
) -> tuple[pl.DataFrame, dict[str, Scale], list[str]]:
    """One row per session, with a column for each scale."""
    kept = [name for name in SCORES.names if name not in ("scale", "score")]
    for name in declared:
        if name in kept or name not in sheet.columns:
            raise no_column(sheet, name, "--scale")
    candidates = [name for name in sheet.columns if name not in kept]
    meanings = known_meanings(candidates, declared, find)
    if not meanings:
        raise undeclared(sheet, candidates, "column")
    refuse_repeats(sheet, ["client", "session"])
    parts = []
    for name, scale in meanings.items():
        score = numbers(without_codes(sheet, name, missing), name)
        refuse_outside(sheet, score, scale, score.is_not_null())
        others = sheet.frame.select(column for column in kept if column in sheet.columns)
        parts.append(others.with_columns(pl.lit(scale.name).alias("scale"), score.alias("score")))
    left = [name for name in candidates if name not in meanings]
    return pl.concat(parts), meanings, left


def replaced(sheet: Sheet, column: pl.Series) -> Sheet:
    """Give the sheet with one column converted."""
    return sheet.having(sheet.frame.with_columns(column))


def refuse_outside(sheet: Sheet, score: pl.Series, scale: Scale, rows: pl.Series) -> None:
    """Raise a :class:`Problem` when a score is impossible, or when there is none at all."""
    if score.filter(rows).drop_nulls().is_empty():
        raise Problem(
            said.NO_SCORE,
            said.LEAVE_OUT,
            values={"scale": shown(scale.name)},
            file=sheet.file,
            field=score.name,
        )
    low = -inf if scale.low is None else scale.low
    high = inf if scale.high is None else scale.high
    refuse(
        sheet,
        rows & ~score.is_between(low, high),
        score.name,
        said.OUTSIDE,
        said.CORRECT,
        scale=scale.name,
        low=f"{low:g}",
        high=f"{high:g}",
    )


def undeclared(sheet: Sheet, found: Iterable[str], what: str) -> Problem:
    """Say how to declare a scale."""
    found = [name for name in found if name != ROW]
    if not found:
        return Problem(said.NO_SCORES, said.ADD_COLUMNS, file=sheet.file)
    return Problem(
        said.NO_KNOWN_SCALE,
        said.DECLARE,
        values={
            "what": what,
            "found": listed(found),
            "name": shown(found[0]) if len(found) == 1 else "COLUMN",
            "one": DIRECTIONS[1],
            "other": DIRECTIONS[0],
        },
        file=sheet.file,
    )
