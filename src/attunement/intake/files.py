"""Open a file by what it is, not by what it is called."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from attunement.intake import sentences as said
from attunement.intake.sheet import ROW, Sheet, checked_header
from attunement.intake.text import read_text
from attunement.problems import Problem

OTHERS = {
    b"%PDF": said.PDF,
    b"\x1f\x8b": said.GZIP,
    b"BZh": said.BZIP2,
    b"\xfd7zXZ": said.XZ,
    b"SQLite format 3": said.SQLITE,
    b"$FL2": said.SPSS,
    b"{\\rtf": said.RTF,
    b"<!DOCTYPE": said.WEB_PAGE,
    b"<html": said.WEB_PAGE,
}
NAMED = {".parquet": said.PARQUET, ".xlsx": said.EXCEL}
LARGEST_FOOTER = 1 << 26


def open_sheet(path: str | Path, rename: Mapping[str, str] | None = None) -> Sheet:
    """Read a CSV, TSV, Parquet or Excel file.

    Parameters
    ----------
    rename
        Our name of a column to the file's, by which the right sheet of a workbook is known.

    Raises
    ------
    Problem
        If it is not there, empty, damaged, or none of these.
    """
    path = Path(path)
    file = path.name or str(path)
    start = first_bytes(path)
    if start.startswith(b"PAR1"):
        sheet = read_parquet(path)
    elif start.startswith(b"PK\x03\x04"):
        from attunement.intake.workbook import read_workbook

        sheet = read_workbook(path, (rename or {}).get("client", "client"))
    else:
        refuse_other_kinds(path, start)
        sheet = read_text(path)
    rows = sheet.frame.filter(~pl.all_horizontal(blank(sheet.frame)))
    if rows.is_empty():
        raise Problem(said.NO_ROW, said.GIVE_ROW, file=file)
    return sheet.having(rows)


def blank(frame: pl.DataFrame) -> list[pl.Expr]:
    """Whether each cell has no content."""
    return [
        pl.col(name).str.strip_chars().fill_null("") == ""
        if dtype == pl.String
        else pl.col(name).is_null()
        for name, dtype in frame.schema.items()
        if name != ROW
    ]


def first_bytes(path: Path) -> bytes:
    """Give the beginning of a file, or say why it cannot be read."""
    file = path.name or str(path)
    if path.is_dir():
        raise Problem(said.FOLDER, said.NAME_FILE, file=file)
    if path.exists() and not path.is_file():
        raise Problem(said.NO_ORDINARY_FILE, said.SAVE_FIRST, file=file)
    try:
        with path.open("rb") as opened:
            start = opened.read(64)
    except FileNotFoundError as error:
        raise Problem(said.NO_SUCH_FILE, said.CHECK_NAME, file=file) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        why = {"reason": reason.lower()}
        raise Problem(said.CANNOT_OPEN, values=why, file=file) from error
    if not start:
        raise Problem(said.EMPTY, said.GIVE_ROWS, file=file)
    return start


def refuse_other_kinds(path: Path, start: bytes) -> None:
    """Recognise what is no table of ours."""
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Problem(said.OLD_WORKBOOK, said.WITHOUT_PASSWORD, file=path.name)
    for magic, kind in OTHERS.items():
        if start.startswith(magic):
            raise Problem(said.OTHER_KIND, said.SAVE_AS, values={"kind": kind}, file=path.name)
    expected = NAMED.get(path.suffix.lower())
    if expected:
        raise Problem(said.MISNAMED, said.SAVE_AS, values={"kind": expected}, file=path.name)


def read_parquet(path: Path) -> Sheet:
    """Read a Parquet file.

    Raises
    ------
    Problem
        If it is truncated or otherwise damaged.
    """
    file = path.name
    damaged = Problem(said.DAMAGED, said.COPY_ANEW, file=file)
    with path.open("rb") as opened:
        opened.seek(-min(8, path.stat().st_size), 2)
        end = opened.read()
    if not end.endswith(b"PAR1") or struct.unpack("<I", end[:4])[0] > LARGEST_FOOTER:
        raise damaged
    try:
        with path.open("rb") as opened:
            table = pq.ParquetFile(opened).read()
        table.validate(full=True)
        names = checked_header(file, table.column_names)
        frame = cast("pl.DataFrame", pl.from_arrow(table.rename_columns(names)))
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError, ValueError) as error:
        if isinstance(error, Problem):
            raise
        raise damaged from error
    if frame.is_empty():
        raise Problem(said.COLUMNS_ONLY, said.GIVE_ROW, file=file)
    return Sheet(file=file, frame=frame.with_row_index(ROW, offset=2), guarded=False)
