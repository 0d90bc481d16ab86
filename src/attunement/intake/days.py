"""Cells become days, or one sentence says why not."""

import polars as pl

from attunement.intake import sentences as said
from attunement.intake.sheet import Sheet, refuse
from attunement.intake.values import is_text, text

ISO = r"^\d{4}-\d{2}-\d{2}([T ].*)?$"
SLASHED = r"^\s*(\d{1,2})/(\d{1,2})/(\d{4})\s*$"
FIRST_YEAR, LAST_YEAR = 1900, 2200
LAST_MONTH = 12
FORMATS = {said.DAY_FIRST: "%d/%m/%Y", said.MONTH_FIRST: "%m/%d/%Y"}


def dates(sheet: Sheet, column: str) -> pl.Series:
    """Read a column as days.

    Days may be written as YYYY-MM-DD or DD.MM.YYYY; with slashes, where some day after the
    twelfth tells for the whole column whether the day or the month comes first.

    Raises
    ------
    Problem
        If a cell is no day, or may be read in two ways.
    """
    cells = sheet.frame[column]
    if cells.dtype in (pl.Date, pl.Datetime):
        return cells.cast(pl.Date)
    words = text(sheet, column)
    days = words.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    days = days.set(~words.str.contains(ISO).fill_null(value=False), None)
    days = days.fill_null(words.str.to_date("%d.%m.%Y", strict=False))
    if order := slashed_order(words):
        days = days.fill_null(words.str.to_date(FORMATS[order], strict=False))
    else:
        refuse(
            sheet,
            words.str.contains(SLASHED),
            column,
            said.DAY_OR_MONTH,
            said.ISO_DATE,
        )
    plausible = days.dt.year().is_between(FIRST_YEAR, LAST_YEAR)
    refuse(
        sheet,
        ~plausible.fill_null(value=False) & words.is_not_null(),
        column,
        said.NOT_A_DATE,
        said.ISO_DATE,
    )
    return days


def slashed_order(cells: pl.Series) -> str:
    """Tell what comes first in dates with slashes; nothing where that is not certain."""
    if not is_text(cells):
        return ""
    parts = [cells.cast(pl.String).str.extract(SLASHED, group).cast(pl.Int64) for group in (1, 2)]
    first, second = (bool((part > LAST_MONTH).any()) for part in parts)
    if first == second:
        return ""
    return said.DAY_FIRST if first else said.MONTH_FIRST
