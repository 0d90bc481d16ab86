"""Excel workbooks."""

import zipfile
from pathlib import Path

import fastexcel
import polars as pl

from attunement.intake.sheet import ROW, Sheet, checked_header
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


def read_workbook(path: Path) -> Sheet:
    """Read the first sheet that holds anything, every cell as text.

    Raises
    ------
    Problem
        If the workbook is damaged, or every sheet is empty.
    """
    file = path.name
    try:
        refuse_bomb(path)
        workbook = fastexcel.read_excel(path)
        name, cells = first_filled(workbook)
    except DAMAGED as error:
        raise Problem(
            "the Excel workbook is damaged", "open it in a spreadsheet and save it anew", file=file
        ) from error
    if cells.is_empty():
        raise Problem("every sheet is empty", "put a header and rows into one", file=file)
    header = checked_header(file, cells.drop(ROW).row(0), cells[ROW][0])
    if cells.height == 1:
        raise Problem("there is a header but no row", "give at least one row", file=file)
    several = len(workbook.sheet_names) > 1
    return Sheet(
        file=file,
        frame=cells[1:].rename(dict(zip(cells.drop(ROW).columns, header, strict=True))),
        notes=[f"{file}: read the sheet '{name}' and no other."] if several else [],
    )


def refuse_bomb(path: Path) -> None:
    """Refuse what would fill the memory when unpacked."""
    with zipfile.ZipFile(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > LARGEST:
        raise Problem(
            "the workbook is larger than 2 GB when unpacked",
            "save it as CSV or Parquet",
            file=path.name,
        )


def first_filled(workbook: fastexcel.ExcelReader) -> tuple[str, pl.DataFrame]:
    """Give the name and the filled rows of the first sheet that has any."""
    for name in workbook.sheet_names:
        sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        cells = sheet.to_polars()
        filled = pl.any_horizontal(pl.all().str.strip_chars().str.len_chars() > 0)
        rows = cells.with_columns(filled.alias("filled")) if cells.width else cells
        if cells.width and rows["filled"].any():
            return name, cells.with_row_index(ROW, offset=1).filter(rows["filled"])
    return "", pl.DataFrame()
