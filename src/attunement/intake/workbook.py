"""Excel workbooks."""

import zipfile
from pathlib import Path

import fastexcel
import polars as pl

from attunement.intake import sentences as said
from attunement.intake.columns import listed
from attunement.intake.notes import Note
from attunement.intake.sheet import ROW, Sheet, checked_header, shown
from attunement.problems import Problem

LARGEST = 1 << 31
DAMAGED = (
    fastexcel.FastExcelError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    OSError,
    pl.exceptions.PolarsError,
)


def read_workbook(path: Path, wanted: str) -> Sheet:
    """Read the first sheet that has the wanted column, every cell as text.

    Where none has it, the first sheet that holds anything is read.

    Parameters
    ----------
    wanted
        Name of a column, in upper or lower case.

    Raises
    ------
    Problem
        If the workbook is damaged, or every sheet is empty.
    """
    file = path.name
    try:
        refuse_bomb(path)
        sheets = filled_sheets(fastexcel.read_excel(path))
    except DAMAGED as error:
        raise Problem(said.DAMAGED_WORKBOOK, said.OPEN_AND_SAVE, file=file) from error
    if not sheets:
        raise Problem(said.EMPTY_SHEETS, said.FILL_ONE, file=file)
    name = next((name for name, cells in sheets.items() if wanted.casefold() in header_of(cells)),
                next(iter(sheets)))  # fmt: skip
    cells, others = sheets[name], [other for other in sheets if other != name]
    if others:
        file = f"{file}, sheet '{shown(name)}'"
    header = checked_header(file, cells.drop(ROW).row(0), cells[ROW][0])
    if cells.height == 1:
        raise Problem(said.NO_ROW, said.GIVE_ROW, file=file)
    return Sheet(
        file=file,
        frame=cells[1:].rename(dict(zip(cells.drop(ROW).columns, header, strict=True))),
        notes=[Note(said.THIS_SHEET, file=file, others=listed(others))] if others else [],
    )


def header_of(cells: pl.DataFrame) -> set[str]:
    """Give the names in the first filled row, in lower case."""
    return {str(name).strip().casefold() for name in cells.drop(ROW).row(0)}


def refuse_bomb(path: Path) -> None:
    """Refuse what would fill the memory when unpacked."""
    with zipfile.ZipFile(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > LARGEST:
        raise Problem(said.LARGE_WORKBOOK, said.SAVE_AS_CSV_OR_PARQUET, file=path.name)


def filled_sheets(workbook: fastexcel.ExcelReader) -> dict[str, pl.DataFrame]:
    """Give the filled rows of every sheet that has any."""
    found = {}
    for name in workbook.sheet_names:
        sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        cells = sheet.to_polars()
        if not cells.width:
            continue
        filled = pl.any_horizontal(pl.all().str.strip_chars().str.len_chars() > 0)
        rows = cells.with_row_index(ROW, offset=1).filter(cells.select(filled).to_series())
        if rows.height:
            found[name] = rows
    return found
