"""Results written whole or not at all, for their owner's eyes, and harmless to open."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import polars as pl
from narwhals.dependencies import get_duckdb

from attunement.frames import to_lazy, to_polars
from attunement.intake.formulas import guarded
from attunement.intake.places import is_utf8, target_of
from attunement.problems import Problem

Format = Literal["parquet", "csv"]
Never = Iterable[Path | None]
OWNERS_EYES = 0o600


@dataclass(frozen=True, kw_only=True)
class Output:
    """One file to be.

    Attributes
    ----------
    place : Path
        Where.
    write : callable
        Fills the file whose place it is given.
    option : str
        What the user calls the place, for sentences.
    """

    place: Path
    write: Callable[[Path], None]
    option: str = "--out"


def write_tables(
    folder: str | Path, tables: Mapping[str, Any], form: Format = "parquet", *, never: Never = ()
) -> list[Path]:
    """Write tables into a folder, all of them or none (see :func:`write_all`).

    In CSV, text that a spreadsheet would take for a formula (it begins with ``=``, ``+``, ``-``,
    ``@``, a tab or a carriage return) is guarded by an apostrophe in front; reading such a file
    takes the apostrophe off again.

    Parameters
    ----------
    tables
        Names, without a suffix, to tables of any kind.
    never
        Files that must not be written over, because the command reads them.

    Returns
    -------
    list of Path
        The files, in the order of the tables.

    Raises
    ------
    Problem
        If the folder or a file cannot be written.
    """
    places = {Path(folder) / f"{name}.{form}": table for name, table in tables.items()}
    return write_all([table_output(place, table) for place, table in places.items()], never=never)


def write_file(path: str | Path, content: str | bytes, *, never: Never = ()) -> Path:
    """Write one file, whole or not at all.

    Raises
    ------
    Problem
        If it cannot be written.
    """
    return write_all([file_output(path, content)], never=never)[0]


def write_table(path: str | Path, table: Any, *, never: Never = ()) -> Path:
    """Write one table, as its file's suffix says: ``.csv`` or ``.parquet``.

    Raises
    ------
    Problem
        If the suffix is another, or the file cannot be written.
    """
    return write_all([table_output(path, table)], never=never)[0]


def file_output(path: str | Path, content: str | bytes, option: str = "--out") -> Output:
    """Say that this content shall be written there."""
    data = content.encode() if isinstance(content, str) else content

    def write(place: Path) -> None:
        place.write_bytes(data)

    return Output(place=Path(path), write=write, option=option)


def table_output(path: str | Path, table: Any, option: str = "--out") -> Output:
    """Say that this table shall be written there, as the suffix says.

    Raises
    ------
    Problem
        If the suffix is neither ``.csv`` nor ``.parquet``, or the name is not UTF-8.
    """
    path = Path(path)
    if not is_utf8(str(path)):
        raise Problem("the name is not UTF-8", "give another", file=str(path), field=option)
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in WRITERS:
        raise Problem(
            "the kind of file is not known",
            "let its name end in .csv or .parquet",
            file=path.name,
            field=option,
        )
    return Output(place=path, write=partial(WRITERS[suffix], table), option=option)


def write_all(outputs: Sequence[Output], *, never: Never = ()) -> list[Path]:
    """Write files, all of them or none.

    Every file is first written in a hidden folder beside its place, which only the owner may look
    into, and takes its place only when all are complete: an interruption or a full disk leaves
    what was there before. A file is for its owner's eyes; a symbolic link is followed.

    Parameters
    ----------
    never
        Files that must not be written over, because the command reads them.

    Returns
    -------
    list of Path
        The places, in the order of the outputs.

    Raises
    ------
    Problem
        If two outputs name one file, or one names a file that the command reads or no ordinary
        file, or cannot be written. Then nothing has changed.
    """
    never = list(never)
    targets: dict[Path, Output] = {}
    for output in outputs:
        target = target_of(output.place, never, output.option)
        if target in targets:
            both = " and ".join(dict.fromkeys((targets[target].option, output.option)))
            raise Problem(
                f"{both} name one file twice", "give each its own name", file=str(output.place)
            )
        targets[target] = output
    with ExitStack() as tidy, ExitStack() as undo:
        ready = {
            target: written_beside(target, output, undo, tidy) for target, output in targets.items()
        }
        for target, file in ready.items():
            with plain_disk_errors(targets[target]):
                put(file, target, undo)
        undo.pop_all()
    return [output.place for output in outputs]


def written_beside(target: Path, output: Output, undo: ExitStack, tidy: ExitStack) -> Path:
    """Write a file in a hidden folder beside its place; ``undo`` and ``tidy`` clear up."""
    with plain_disk_errors(output):
        make_folder(target.parent, undo)
        hidden = Path(tempfile.mkdtemp(prefix=".attunement-", dir=target.parent))
        tidy.callback(shutil.rmtree, hidden, ignore_errors=True)
        undo.callback(shutil.rmtree, hidden, ignore_errors=True)
        file = hidden / "new"
        output.write(file)
        file.chmod(OWNERS_EYES)
    return file


def put(file: Path, target: Path, undo: ExitStack) -> None:
    """Move a file to its place; ``undo`` brings back what was there."""
    old = file.with_name("old")
    if target.exists():
        keep(target, old)
        undo.callback(os.replace, old, target)
    else:
        undo.callback(target.unlink, missing_ok=True)
    os.replace(file, target)  # noqa: PTH105


def keep(file: Path, copy: Path) -> None:
    """Give a file a second name, or copy it where the disk knows no second names."""
    try:
        copy.hardlink_to(file)
    except OSError:
        shutil.copy2(file, copy)


def make_folder(folder: Path, undo: ExitStack) -> None:
    """Make a folder and those above it; ``undo`` takes away those that were not there."""
    for place in [folder, *folder.parents][::-1]:
        if not place.exists():
            place.mkdir()
            undo.callback(remove_if_empty, place)
    folder.mkdir(exist_ok=True)


def remove_if_empty(folder: Path) -> None:
    """Take away a folder that nobody has put anything into."""
    if not any(folder.iterdir()):
        folder.rmdir()


@contextmanager
def plain_disk_errors(output: Output) -> Iterator[None]:
    """Turn a disk's error into a sentence."""
    try:
        yield
    except Exception as error:
        if not is_of_disk(error):
            raise
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise Problem(
            f"nothing could be written ({reason.lower()})",
            f"choose another place with {output.option}, or make room",
            file=str(output.place),
        ) from error


def is_of_disk(error: Exception) -> bool:
    """Whether it was the disk that failed; DuckDB is never loaded just to find out."""
    if isinstance(error, pl.exceptions.ComputeError):
        return "os error" in str(error).partition("\n")[0]
    duckdb = get_duckdb()
    return isinstance(error, OSError) or (
        duckdb is not None and isinstance(error, duckdb.IOException)
    )


def write_parquet(table: Any, place: Path) -> None:
    """Write Parquet, streaming where the engine can."""
    lazy = to_lazy(table)
    if lazy.implementation.is_duckdb():
        lazy.to_native().write_parquet(str(place))
    else:
        with place.open("wb") as opened:
            to_polars(lazy).write_parquet(opened)


def write_csv(table: Any, place: Path) -> None:
    """Write CSV in UTF-8 with guarded formulas, streaming where the engine can."""
    lazy = guarded(to_lazy(table))
    if lazy.implementation.is_duckdb():
        lazy.to_native().write_csv(str(place), header=True)
    else:
        with place.open("wb") as opened:
            to_polars(lazy).write_csv(opened)


WRITERS = {"parquet": write_parquet, "csv": write_csv}
