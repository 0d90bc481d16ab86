"""A file as it was found: named columns, and rows as its reader counts them."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from attunement.intake import sentences as said
from attunement.intake.notes import Note
from attunement.problems import Problem

ROW = "__row"
WIDEST = 5_000
MOST_MISTAKES, LAST = 10, sys.maxsize
GATHERED: ContextVar[list[Problem] | None] = ContextVar("gathered", default=None)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a file holds, before anything is known about its meaning.

    Attributes
    ----------
    file : str
        The file's name, for sentences.
    frame : polars.DataFrame
        The columns, and ``__row``: the row as a spreadsheet counts it (the header is row 1).
    notes : list of Note
        What a careful reader would want to know about how it was read.
    guarded : bool
        Whether an apostrophe may guard text in it from being taken for a formula.
    renamed : dict of str to str
        Our name of a column to the file's own, where they differ.
    """

    file: str
    frame: pl.DataFrame
    notes: list[Note] = field(default_factory=list)
    guarded: bool = True
    renamed: Mapping[str, str] = field(default_factory=dict)

    def having(self, frame: pl.DataFrame) -> "Sheet":
        """Give the same sheet with other columns or rows."""
        return replace(self, frame=frame)

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the file's order."""
        return [name for name in self.frame.columns if name != ROW]

    @property
    def own_columns(self) -> list[str]:
        """Names of the columns as they stand in the file."""
        return [self.renamed.get(name, name) for name in self.columns]


def checked_header(file: str, names: Sequence[str | None], row: int = 1) -> list[str]:
    """Trim the names of the columns, name the nameless, and refuse duplicates.

    Raises
    ------
    Problem
        If there are too many columns, two have one name, or only one has any.
    """
    if len(names) > WIDEST:
        raise too_wide(file, str(len(names)))
    filled = [name for name in names if name and name.strip()]
    if len(filled) == 1 < len(names):
        raise title_first(file, filled[0], row)
    header = [(name or "").strip() or f"column {place}" for place, name in enumerate(names, 1)]
    twice = sorted({name for name in header if header.count(name) > 1}, key=header.index)
    if twice:
        raise Problem(
            said.TWO_COLUMNS, said.RENAME, values={"name": shown(twice[0])}, file=file, row=row
        )
    return header


def title_first(file: str, title: str, row: int) -> Problem:
    """Say that a title stands where the names of the columns belong."""
    return Problem(
        said.TITLE_FIRST,
        said.HEADER_FIRST,
        values={"title": shown(title.strip())},
        file=file,
        row=row,
    )


def too_wide(file: str, count: str) -> Problem:
    """Say that nobody meant a table of so many columns."""
    return Problem(
        said.TOO_WIDE,
        said.SESSIONS_IN_ROWS,
        values={"count": count, "most": f"{WIDEST:,}"},
        file=file,
    )


def shown(value: object) -> str:
    """Quote a cell in a sentence: short, and without anything a terminal would obey."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(value))
    return text if len(text) <= 40 else text[:37] + "..."


def refuse(
    sheet: Sheet, bad: pl.Series, field: str, what: str, remedy: str, **values: object
) -> None:
    """Raise a :class:`Problem` about the first bad row, and say how many more there are.

    Within :func:`first_mistakes` the mistakes are kept, and reading goes on.

    Parameters
    ----------
    bad
        True where a row is wrong, in the order of ``sheet.frame``.
    what, remedy
        One of :data:`attunement.intake.sentences.SENTENCES`. May contain ``{value}``, the cell's
        content, and the names of further values.
    """
    rows = sheet.frame.filter(bad.fill_null(value=False))
    if rows.is_empty():
        return
    gathered = GATHERED.get()

    def problem(row: Mapping[str, Any], alike: int = 0) -> Problem:
        cell = {"value": f"'{shown(row.get(field, ''))}'"}
        place = {"file": sheet.file, "row": row[ROW], "field": field}
        return Problem(what, remedy, values=values | cell, alike=alike, **place)

    if gathered is None:
        raise problem(rows.row(0, named=True), rows.height - 1)
    gathered.extend(problem(row) for row in rows.head(MOST_MISTAKES).iter_rows(named=True))


def first_mistakes(read: Callable[[], object]) -> list[Problem]:
    """Read a file and go on after a mistake; give the first mistakes, one for each cell.

    What is wrong with the file as a whole ends the reading, and comes last: it may follow from
    the others, and is left out where it is about a row of theirs.
    """
    gathered: list[Problem] = []
    token = GATHERED.set(gathered)
    try:
        read()
    except Problem as problem:
        if problem.row is None or problem.row not in {one.row for one in gathered}:
            gathered.append(problem)
    finally:
        GATHERED.reset(token)
    by_cell = {(one.row, one.field): one for one in reversed(gathered)}
    return sorted(by_cell.values(), key=lambda one: (one.row or LAST, one.field or ""))[
        :MOST_MISTAKES
    ]
