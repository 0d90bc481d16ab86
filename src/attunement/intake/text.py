"""Separated text (CSV and its relatives): which encoding, which separator, sound rows."""

import csv
import io
import re
from pathlib import Path

import polars as pl

from attunement.intake import sentences as said
from attunement.intake.notes import Note
from attunement.intake.sheet import ROW, WIDEST, Sheet, checked_header, shown, title_first, too_wide
from attunement.problems import Problem

SEPARATORS = ",;\t|"
HEAD = 1 << 20
FIRST_LINES = 20
SAID = re.compile(rb'"?sep=([,;\t|])"?', re.IGNORECASE)
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def read_text(path: Path) -> Sheet:
    """Read separated text as columns of text.

    Raises
    ------
    Problem
        If it is no text, mixes encodings, or its rows do not fit its header.
    """
    file = path.name
    with path.open("rb") as opened:
        refuse_wide_header(file, opened.read(HEAD))
    data, notes = as_utf8(file, path.read_bytes())
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    declared, data = said_separator(data)
    separator = declared or find_separator(data)
    header, row = check_rows(file, data, separator)
    frame = parse(file, data, separator, row, header)
    return Sheet(file=file, frame=frame, notes=notes)


def refuse_wide_header(file: str, head: bytes) -> None:
    """Count separators in the first line before anything is parsed."""
    head = head.replace(b"\0", b"")
    line = re.split(rb"[\r\n]", head, maxsplit=1)[0]
    count = max(line.count(separator.encode()) for separator in SEPARATORS) + 1
    if count > WIDEST:
        cut = len(line) == len(head) >= HEAD // 2
        raise too_wide(file, f"more than {count:,}" if cut else f"{count:,}")


def as_utf8(file: str, raw: bytes) -> tuple[bytes, list[Note]]:
    """Recognise the encoding and give the same text in UTF-8, with a note where it was guessed."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decode(file, raw, "utf-16"), []
    if b"\0" in raw[:64] and not any(raw[1:64:2]):
        return decode(file, raw, "utf-16-le"), []
    if b"\0" in raw[:64] and not any(raw[0:64:2]):
        return decode(file, raw, "utf-16-be"), []
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if strange := CONTROL.search(raw):
        raise Problem(
            said.NOT_TEXT,
            said.SAVE_AS_UTF8,
            values={"byte": f"{strange.start() + 1:,}"},
            file=file,
        )
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return from_windows(file, raw, error), [Note(said.READ_AS_WINDOWS, file=file)]
    return raw, []


def decode(file: str, raw: bytes, encoding: str) -> bytes:
    """Turn UTF-16 into UTF-8."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Problem(
            said.DOES_NOT_FIT,
            said.SAVE_ANEW,
            values={"encoding": encoding.upper(), "byte": f"{error.start + 1:,}"},
            file=file,
        ) from error
    return as_utf8(file, text.encode("utf-8"))[0]


def from_windows(file: str, raw: bytes, error: UnicodeDecodeError) -> bytes:
    """Read as Windows-1252, unless part of the file is plainly UTF-8."""
    row = raw.count(b"\n", 0, error.start) + 1
    mixed = any(not line.isascii() and is_utf8(line) for line in raw.splitlines())
    if not mixed:
        try:
            return raw.decode("cp1252").encode("utf-8")
        except UnicodeDecodeError:
            pass
    what = said.MIXED if mixed else said.UNKNOWN_ENCODING
    raise Problem(what, said.SAVE_WHOLE, file=file, row=row) from error


def is_utf8(line: bytes) -> bool:
    """Whether the bytes are sound UTF-8."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def find_separator(data: bytes) -> str:
    """Take the separator most frequent in the first line that has any, outside quotes."""
    for line in data.split(b"\n", FIRST_LINES)[:FIRST_LINES]:
        outside = re.sub(r'"[^"]*"', "", line.decode("utf-8"))
        separator = max(SEPARATORS, key=outside.count)
        if separator in outside:
            return separator
    return SEPARATORS[0]


def said_separator(data: bytes) -> tuple[str, bytes]:
    """Take a first line such as ``sep=;`` at its word, and leave an empty line in its place."""
    line, end, rest = data.partition(b"\n")
    found = SAID.fullmatch(line.strip())
    return (found[1].decode(), end + rest) if found else ("", data)


def check_rows(file: str, data: bytes, separator: str) -> tuple[list[str], int]:
    """Walk through all rows once; give the header and its row."""
    lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    rows = csv.reader(lines, delimiter=separator, strict=True)
    header: list[str] = []
    at = count = 0
    try:
        for count, row in enumerate(rows, 1):
            if not row:
                continue
            if not header:
                header, at = checked_header(file, row, count), count
            elif len(row) != len(header):
                raise ragged(file, count, row, header, at)
    except csv.Error as error:
        raise unreadable(file, count + 1, str(error)) from error
    if not header:
        raise Problem(said.EMPTY, said.GIVE_ROWS, file=file)
    if count == at:
        raise Problem(said.NO_ROW, said.GIVE_ROW, file=file)
    return header, at


def ragged(file: str, count: int, row: list[str], header: list[str], at: int) -> Problem:
    """Say that a row has more or fewer cells than the header."""
    if len(header) == 1:
        return title_first(file, header[0], at)
    return Problem(
        said.ONE_CELL if len(row) == 1 else said.RAGGED,
        said.CHECK_SEPARATORS,
        values={"cells": f"{len(row):,}", "columns": f"{len(header):,}"},
        file=file,
        row=count,
    )


def unreadable(file: str, row: int, error: str) -> Problem:
    """Say in plain words what the CSV reader did not like."""
    if "unexpected end" in error or "field larger" in error:
        what = said.NEVER_CLOSED
    elif "expected after" in error:
        what = said.AFTER_QUOTE
    else:
        what = said.UNREADABLE_ROW
    return Problem(what, said.QUOTE_TWICE, values={"reason": error}, file=file, row=row)


def parse(file: str, data: bytes, separator: str, row: int, header: list[str]) -> pl.DataFrame:
    """Read the rows below the header, which :func:`check_rows` has found sound."""
    try:
        frame = pl.read_csv(
            data,
            has_header=False,
            new_columns=header,
            separator=separator,
            infer_schema=False,
            skip_lines=row - 1,
            row_index_name=ROW,
            row_index_offset=row,
        )
    except pl.exceptions.PolarsError as error:
        raise Problem(
            said.UNREADABLE,
            said.SAVE_AS_CSV,
            values={"reason": shown(str(error).splitlines()[0])},
            file=file,
        ) from error
    return frame.filter(pl.col(ROW) > row)
