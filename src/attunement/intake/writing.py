"""Results written whole or not at all, and harmless to whoever opens them."""

import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl

from attunement.frames import to_lazy, to_polars
from attunement.intake.formulas import guarded
from attunement.problems import Problem

Format = Literal["parquet", "csv"]


def write_tables(
    folder: str | Path, tables: Mapping[str, Any], form: Format = "parquet"
) -> list[Path]:
    """Write tables into a folder, all of them or none.

    Every file is first written beside its place under another name and takes its place only when
    all are complete, so that an interruption or a full disk leaves what was there before.

    In CSV, text that a spreadsheet would take for a formula (it begins with ``=``, ``+``, ``-``,
    ``@``, a tab or a carriage return) is guarded by an apostrophe in front; reading such a file
    takes the apostrophe off again.

    Parameters
    ----------
    tables
        Names, without a suffix, to tables of any kind.

    Returns
    -------
    list of Path
        The files, in the order of the tables.

    Raises
    ------
    Problem
        If the folder or a file cannot be written.
    """
    return write_all(
        Path(folder),
        {f"{name}.{form}": partial(WRITERS[form], table) for name, table in tables.items()},
    )


def write_file(path: str | Path, content: str | bytes) -> Path:
    """Write one file, whole or not at all.

    Raises
    ------
    Problem
        If it cannot be written.
    """
    path = Path(path)
    if path.is_dir():
        raise Problem("this is a folder", "name a file", file=str(path))
    data = content.encode() if isinstance(content, str) else content

    def write(place: Path) -> None:
        place.write_bytes(data)

    return write_all(path.parent, {path.name: write})[0]


def write_table(path: str | Path, table: Any) -> Path:
    """Write one table, as its file's suffix says: ``.csv`` or ``.parquet``.

    Raises
    ------
    Problem
        If the suffix is another, or the file cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in WRITERS:
        raise Problem("the kind of file is not known", "let its name end in .csv or .parquet",
                      file=path.name)  # fmt: skip
    return write_all(path.parent, {path.name: partial(WRITERS[suffix], table)})[0]


def write_all(folder: Path, writers: Mapping[str, Callable[[Path], None]]) -> list[Path]:
    """Let each writer fill a file of another name; put all in their places at the end."""
    token = secrets.token_hex(4)
    waiting = {folder / name: folder / f".{name}.{token}" for name in writers}
    done = False
    with plain_disk_errors(folder):
        made = make_folder(folder)
        try:
            for name, write in writers.items():
                write(waiting[folder / name])
            for place, temporary in waiting.items():
                os.replace(temporary, place)  # noqa: PTH105
            done = True
        finally:
            if not done:
                tidy(waiting.values(), made)
    return list(waiting)


def make_folder(folder: Path) -> list[Path]:
    """Make a folder and those above it; give those that were not there, deepest first."""
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return made


def tidy(files: Iterable[Path], folders: list[Path]) -> None:
    """Take away what an interrupted attempt left."""
    for file in files:
        file.unlink(missing_ok=True)
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def plain_disk_errors(folder: Path) -> Iterator[None]:
    """Turn a disk's error into a sentence."""
    try:
        yield
    except (OSError, pl.exceptions.ComputeError, duckdb.IOException) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        if not isinstance(error, OSError | duckdb.IOException) and "os error" not in reason:
            raise
        raise Problem(
            f"nothing could be written ({reason.lower()})",
            "choose another place with --out, or make room",
            file=str(folder),
        ) from error


def write_parquet(table: Any, place: Path) -> None:
    """Write Parquet, streaming where the engine can."""
    lazy = to_lazy(table)
    if lazy.implementation.is_duckdb():
        lazy.to_native().write_parquet(str(place))
    else:
        to_polars(lazy).write_parquet(place)


def write_csv(table: Any, place: Path) -> None:
    """Write CSV in UTF-8 with guarded formulas, streaming where the engine can."""
    lazy = guarded(to_lazy(table))
    if lazy.implementation.is_duckdb():
        lazy.to_native().write_csv(str(place), header=True)
    else:
        to_polars(lazy).write_csv(place)


WRITERS = {"parquet": write_parquet, "csv": write_csv}
