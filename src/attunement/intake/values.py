"""Cells become numbers, sessions and names, or one sentence says why not."""

import polars as pl

from attunement.intake import sentences as said
from attunement.intake.formulas import bare
from attunement.intake.sheet import Sheet, refuse
from attunement.problems import Problem

MISSING = ("", "na", "n/a", "#n/a", "nan", "null", "none", ".")
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
INFINITE = r"(?i)^[+-]?(inf|infinity|∞)$"
GROUPED = r"^[+-]?[1-9]\d{0,2}(,\d{3})+$"
ANY_DATE = r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([T ].*)?$"
LAST_SESSION = 1_000_000
AS_NUMBER = said.AS_NUMBER


def is_text(series: pl.Series) -> bool:
    """Whether a column holds text, and nothing was decided about it yet."""
    return series.dtype in (pl.String, pl.Null) or isinstance(
        series.dtype, (pl.Categorical, pl.Enum)
    )


def text(sheet: Sheet, column: str) -> pl.Series:
    """Give trimmed text, null where it says that nothing is known."""
    cells = sheet.frame[column].cast(pl.String).str.strip_chars()
    return cells.set(cells.str.to_lowercase().is_in(MISSING).fill_null(value=False), None)


def numbers(sheet: Sheet, column: str, remedy: str = AS_NUMBER) -> pl.Series:
    """Read a column as numbers; null where missing.

    Parameters
    ----------
    remedy
        What to do about a cell that is none.

    Raises
    ------
    Problem
        If a cell is no number, is infinite, or may be read in two ways.
    """
    cells = sheet.frame[column]
    if is_text(cells):
        values = numbers_from_text(sheet, column, remedy)
    elif cells.dtype.is_numeric():
        values = cells.cast(pl.Float64).fill_nan(None)
    else:
        raise Problem(
            said.NO_NUMBERS,
            remedy,
            values={"kind": kind(cells)},
            file=sheet.file,
            field=column,
        )
    refuse(sheet, values.is_infinite(), column, said.NOT_FINITE, remedy)
    return values


def kind(cells: pl.Series) -> str:
    """Name a type of column in plain words."""
    if cells.dtype.is_temporal():
        return said.DATES
    return said.TRUE_AND_FALSE if cells.dtype == pl.Boolean else said.LISTS


def numbers_from_text(sheet: Sheet, column: str, remedy: str) -> pl.Series:
    """Read numbers with a decimal point, or all with a decimal comma."""
    cells = text(sheet, column).str.replace("^\u2212", "-")
    refuse(sheet, cells.str.contains(INFINITE), column, said.NOT_FINITE, remedy)
    with_comma = cells.str.contains(",", literal=True).fill_null(value=False)
    if with_comma.any():
        cells = decimal_commas(sheet, column, cells, with_comma)
    refuse(
        sheet,
        ~cells.str.contains(NUMBER) & cells.is_not_null(),
        column,
        said.NOT_A_NUMBER,
        remedy,
    )
    return cells.cast(pl.Float64, strict=False)


def decimal_commas(sheet: Sheet, column: str, cells: pl.Series, with_comma: pl.Series) -> pl.Series:
    """Turn decimal commas into points, where they cannot be anything else."""
    with_point = cells.str.contains(".", literal=True).fill_null(value=False)
    remedy = said.WITH_POINT
    refuse(sheet, with_comma & with_point, column, said.COMMA_AND_POINT, remedy)
    if with_point.any():
        refuse(
            sheet,
            with_comma,
            column,
            said.COMMA_AMONG_POINTS,
            remedy,
        )
    grouped = cells.str.contains(GROUPED).fill_null(value=False)
    if (grouped == with_comma).all():
        refuse(
            sheet,
            with_comma,
            column,
            said.COMMA_UNCLEAR,
            remedy,
        )
    return cells.str.replace(",", ".", literal=True)


def sessions(sheet: Sheet, column: str) -> pl.Series:
    """Read a column as numbers of sessions: 0, 1, 2 ...

    Raises
    ------
    Problem
        If one is missing, a date, a fraction, negative or absurdly large.
    """
    cells = sheet.frame[column]
    remedy = said.NUMBER_SESSIONS
    if cells.dtype.is_temporal():
        raise Problem(
            said.SESSION_DATES,
            said.NUMBER_OR_DATE,
            values={"column": column},
            file=sheet.file,
            field=column,
        )
    if is_text(cells):
        is_date = text(sheet, column).str.contains(ANY_DATE)
        refuse(sheet, is_date, column, said.SESSION_IS_DATE, said.NUMBER_OR_DATE, column=column)
    values = numbers(sheet, column, remedy)
    refuse(sheet, values.is_null(), column, said.NO_SESSION, said.NUMBER_OR_DELETE)
    refuse(sheet, values != values.floor(), column, said.NOT_WHOLE, remedy)
    refuse(sheet, values < 0, column, said.NEGATIVE, remedy)
    refuse(sheet, values > LAST_SESSION, column, said.NO_SUCH_SESSION, remedy)
    return values.cast(pl.Int64, strict=False)


def names(sheet: Sheet, column: str, *, required: bool = False) -> pl.Series:
    """Read a column as names: trimmed text, and whole numbers as text.

    An apostrophe that guards a spreadsheet from a formula is taken off (see ``formulas``).

    Raises
    ------
    Problem
        If a required name is missing, or one holds control characters.
    """
    cells = sheet.frame[column]
    if cells.dtype.is_nested() or cells.dtype == pl.Binary:
        raise Problem(
            said.NO_NAMES,
            said.NAMES,
            values={"kind": kind(cells)},
            file=sheet.file,
            field=column,
        )
    if cells.dtype.is_float():
        cells = cells.fill_nan(None)
        cells = cells.cast(pl.Int64) if (cells.drop_nulls() % 1 == 0).all() else cells
    values = text(sheet.having(sheet.frame.with_columns(cells.alias(column))), column)
    if required:
        refuse(sheet, values.is_null(), column, said.NO_NAME, said.FILL, column=column)
    refuse(
        sheet,
        values.str.contains(r"\p{Cc}"),
        column,
        said.CONTROL,
        said.REMOVE,
    )
    return bare(values) if sheet.guarded else values
