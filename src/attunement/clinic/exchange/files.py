"""A file that someone handed in: refused when it is too large, or larger than it looks."""

import hashlib
import shutil
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from attunement.problems import Problem

MOST_BYTES, MOST_UNPACKED, MOST_ROWS = 10_000_000, 200_000_000, 50_000
SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".xlsx")
NAME, BLOCK = "file", 1 << 20
FOLDER, LEFT_AFTER = "attunement-import-", 3600.0
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def suffix_of(name: str) -> str:
    """Give the end of a file's name where it is one of ours; nothing else of a name is kept."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix in SUFFIXES else ".csv"


def digest_of(content: bytes) -> str:
    """Tell files apart."""
    return hashlib.sha256(content).hexdigest()


@contextmanager
def on_disk(content: bytes, suffix: str) -> Iterator[Path]:
    """Lay a file where the readers find it, in a folder of its own that goes at once."""
    with TemporaryDirectory(prefix=FOLDER) as folder:
        path = Path(folder) / f"{NAME}{suffix}"
        path.write_bytes(content)
        refuse_bombs(path)
        yield path


def clear_left() -> None:
    """Remove the folders of readers that were killed: the files in them are plain."""
    for folder in Path(gettempdir()).glob(f"{FOLDER}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > LEFT_AFTER:
                shutil.rmtree(folder)


def refuse_bombs(path: Path) -> None:
    """Refuse a file that would unpack to far more than it weighs.

    Raises
    ------
    Problem
        If it would. A damaged file passes: the readers say what is wrong with it.
    """
    with path.open("rb") as file:
        start = file.read(4)
    try:
        if start.startswith(b"PK"):
            unpacked = inflated(path)
        elif start == b"PAR1":
            about = pq.read_metadata(path)
            unpacked = sum(
                about.row_group(group).total_byte_size for group in range(about.num_row_groups)
            )
            refuse_long(about.num_rows)
        else:
            return
    except (*DAMAGED, pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, Problem):
            raise
        return
    if unpacked > MOST_UNPACKED:
        raise Problem(_("the file unpacks to more than can be read here"), _("split it"))


def inflated(path: Path) -> int:
    """Unpack an archive as far as need be: what it says of its size is not believed."""
    total = 0
    with zipfile.ZipFile(path) as packed:
        for member in packed.infolist():
            member.file_size = 1 << 62
            with packed.open(member) as content:
                while total <= MOST_UNPACKED and (block := content.read(BLOCK)):
                    total += len(block)
    return total


def refuse_large(frame: pl.DataFrame) -> None:
    """Refuse a table of too many rows, or of texts that one short file repeats too often."""
    refuse_long(frame.height)
    repeated = frame.select(pl.col(pl.Categorical).cat.len_bytes().cast(pl.UInt64).sum())
    texts = frame.select(pl.col(pl.String).str.len_bytes().cast(pl.UInt64).sum())
    if sum(sum(one.row(0)) for one in (repeated, texts) if one.width) > MOST_UNPACKED:
        raise Problem(_("the file unpacks to more than can be read here"), _("split it"))


def refuse_long(rows: int) -> None:
    """Refuse more rows than are taken in at once."""
    if rows > MOST_ROWS:
        raise Problem(
            _("there are %(rows)s rows, and no more than %(most)s are taken in at once")
            % {"rows": f"{rows:,}", "most": f"{MOST_ROWS:,}"},
            _("split the file"),
        )
