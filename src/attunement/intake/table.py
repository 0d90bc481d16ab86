"""A table of anything: columns of numbers, and of text where they hold any."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from attunement.intake.files import open_sheet
from attunement.intake.formulas import bare
from attunement.intake.missing import without_codes
from attunement.intake.sheet import Sheet
from attunement.intake.values import AS_NUMBER, NUMBER, is_text, numbers_from_text, text

WITH_COMMA = r"^[+-]?[0-9]+(,[0-9]+)?$"
PADDED = r"^0[0-9]"


def read_table(path: str | Path, missing: Sequence[str] = ()) -> tuple[pl.DataFrame, list[str]]:
    """Read a CSV, TSV, Parquet or Excel file of any columns.

    A column in which every cell is a number, or says that nothing is known, holds numbers; any
    other holds text. Padded numbers such as 007 are text.

    Parameters
    ----------
    missing
        Codes that stand for missing values, such as ``-9``.

    Returns
    -------
    The table, and what a careful reader would want to know about how it was read.

    Raises
    ------
    Problem
        If the file is not there, or cannot be read.
    """
    sheet = open_sheet(path)
    for name in sheet.columns:
        sheet = without_codes(sheet, name, missing)
    return pl.DataFrame({name: typed(sheet, name) for name in sheet.columns}), [*sheet.notes]


def typed(sheet: Sheet, column: str) -> pl.Series:
    """Read a column as numbers where it can be, and as text where not."""
    cells = sheet.frame[column]
    if not is_text(cells):
        return cells.fill_nan(None) if cells.dtype.is_float() else cells
    words = text(sheet, column)
    known = words.drop_nulls()
    decimal = known.str.contains(NUMBER) | known.str.contains(WITH_COMMA)
    if decimal.all() and not known.str.contains(PADDED).any():
        return numbers_from_text(sheet, column, AS_NUMBER)
    return bare(words) if sheet.guarded else words
