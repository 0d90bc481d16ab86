"""A backup as one file: what it is, and the data, whose digest shows any damage."""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from attunement.problems import Problem

ABOUT, BLOCK, EDITION = "about.json", 1 << 20, 1


@dataclass(frozen=True, kw_only=True)
class About:
    """What a backup says of itself.

    Attributes
    ----------
    made_at : str
        When, in ISO 8601.
    kind : str
        ``sqlite``, ``pg_dump`` or ``rows``.
    migrations : list of list of str
        App and name of every migration that was applied.
    digest : str
        SHA-256 of the data.
    events : int
        How many audit events it holds.
    chains : list of dict
        The newest link of each chain of the audit: it shows later that no event was cut off.
    """

    made_at: str
    kind: str
    migrations: list[list[str]]
    digest: str
    events: int
    chains: list[dict[str, object]] = field(default_factory=list)
    edition: int = EDITION


def digest_of(path: Path) -> str:
    """Digest a file without reading it whole."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def pack(to: Path, data: Path, about: About) -> None:
    """Write a backup whole or not at all, readable by its owner alone."""
    partial = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            said = data.with_name(ABOUT)
            said.write_text(json.dumps(asdict(about), indent=1), encoding="utf-8")
            archive.add(said, ABOUT)
            archive.add(data, about.kind)
        partial.replace(to)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise Problem(
            f"the backup could not be written ({reason})",
            "make room, or name another place",
            file=str(to),
        ) from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def unpacked(file: Path, beside: Path | None = None) -> Iterator[tuple[About, Path]]:
    """Lay out a backup's data and check that it is whole.

    Raises
    ------
    Problem
        If it is no backup of ours, damaged, or of an edition that is not known here.
    """
    with TemporaryDirectory(prefix="attunement-restore-", dir=beside) as folder:
        try:
            with tarfile.open(file) as archive:
                about = About(**json.load(archive.extractfile(ABOUT)))  # type: ignore[arg-type]
                archive.extract(about.kind, folder, filter="data")
        except FileNotFoundError as error:
            raise Problem("there is no such file", "check its name", file=str(file)) from error
        except (tarfile.TarError, KeyError, TypeError, ValueError, OSError) as error:
            raise Problem("this is no backup of a clinic", file=str(file)) from error
        data = Path(folder) / about.kind
        if about.edition != EDITION or digest_of(data) != about.digest:
            raise Problem(
                "the backup is damaged, or made by a newer program",
                "take another one",
                file=str(file),
            )
        yield about, data
