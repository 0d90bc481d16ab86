"""Copy the database while people work."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from attunement.clinic.audit.expecting import heads
from attunement.clinic.audit.models import Event
from attunement.clinic.running import postgres, rows
from attunement.clinic.running.archive import About, digest_of, pack
from attunement.problems import Problem


@dataclass(frozen=True, kw_only=True)
class BackedUp:
    """What was copied."""

    events: int
    bytes: int
    kind: str


def back_up(to: Path) -> BackedUp:
    """Write a backup that is consistent as of one moment.

    SQLite is copied by its online backup; PostgreSQL by pg_dump, or row by row where there is no
    pg_dump of the server's edition.

    Raises
    ------
    Problem
        If there is nothing to copy, no room, or the file exists.
    """
    if to.exists():
        raise Problem("there is such a file already", "name another one", file=str(to))
    if not to.parent.is_dir():
        raise Problem("there is no such folder", "make it first", file=str(to.parent))
    with TemporaryDirectory(prefix=".attunement-backup-", dir=to.parent) as folder:
        data, newest = Path(folder) / "data", heads()
        kind = copy(data)
        about = About(
            made_at=timezone.now().isoformat(),
            kind=kind,
            migrations=sorted(map(list, MigrationRecorder(connection).applied_migrations())),
            digest=digest_of(data),
            events=Event.objects.count(),
            chains=newest,
        )
        pack(to, data, about)
    return BackedUp(events=about.events, bytes=to.stat().st_size, kind=kind)


def copy(to: Path) -> str:
    """Copy the data; say how."""
    if connection.vendor == "sqlite":
        copy_sqlite(to)
        return "sqlite"
    if tool := postgres.tool("pg_dump"):
        postgres.dump(tool, to)
        return "pg_dump"
    rows.dump(to)
    return "rows"


def copy_sqlite(to: Path) -> None:
    """Copy an embedded database while others write to it, but for what is only for the moment.

    Whoever held a session's key from a backup would be signed in.
    """
    connection.ensure_connection()
    with closing(sqlite3.connect(to)) as target:
        connection.connection.backup(target)
        for table in rows.FLEETING:
            target.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
        target.commit()
        target.execute("VACUUM")
