"""Bring a backup back into an empty place, and see that it is whole and can be read."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from attunement.clinic.audit.models import Event
from attunement.clinic.audit.verify import verify
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client
from attunement.clinic.privacy.rotation import columns
from attunement.clinic.running import postgres, rows
from attunement.clinic.running.archive import About, unpacked
from attunement.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was brought back."""

    clients: int
    events: int


def bring_back(file: Path) -> Restored:
    """Put a backup into an empty database, bring it up to date, and check it.

    Raises
    ------
    Problem
        If the database is not empty, the backup is damaged or does not fit, the audit's chain is
        broken, or the keys do not open its texts.
    """
    if connection.introspection.table_names():
        raise Problem(
            "this database is not empty, and a backup is never laid over people's work",
            "name an empty one in ATTUNEMENT_DATABASE",
        )
    with unpacked(file) as (about, data):
        load(about, data)
    call_command("migrate", verbosity=0, interactive=False)
    readable()
    broken = [one for one in verify(by=Actor.worker()) if not one.whole]
    if broken:
        raise Problem(
            f"it is restored, but the audit of {len(broken)} chains is broken: "
            f"{broken[0].fault} (chain {broken[0].chain}, link {broken[0].number})",
            "keep this database as it is and ask who could change it",
        )
    return Restored(clients=Client.objects.count(), events=Event.objects.count())


def load(about: About, data: Path) -> None:
    """Bring the data back by the way it was copied."""
    sqlite = about.kind == "sqlite"
    if sqlite is not (connection.vendor == "sqlite"):
        raise Problem(
            f"the backup is of {'SQLite' if sqlite else 'PostgreSQL'}, and this database is not",
            "name a database of the same kind in ATTUNEMENT_DATABASE",
        )
    if sqlite:
        connection.ensure_connection()
        with closing(sqlite3.connect(data)) as source:
            source.backup(connection.connection)
    elif about.kind == "pg_dump":
        tool = postgres.tool("pg_restore")
        if tool is None:
            raise Problem(
                "there is no pg_restore of the server's edition", "install PostgreSQL's client"
            )
        postgres.restore(tool, data)
    else:
        as_it_was(about)
        rows.load(data)


def as_it_was(about: About) -> None:
    """Make the tables as they were when the backup was made."""
    newest: dict[str, str] = {}
    known = MigrationLoader(connection).disk_migrations
    for app, name in about.migrations:
        if (app, name) not in known:
            raise Problem("the backup was made by a newer program", "restore it with that program")
        newest[app] = max(newest.get(app, ""), name)
    for app, name in newest.items():
        call_command("migrate", app, name, verbosity=0, interactive=False)


def readable() -> None:
    """See that the keys at hand open the texts, one of each kind."""
    for model, field in columns():
        written = model._base_manager.exclude(**{field.name: ""})  # noqa: SLF001
        row = written.exclude(**{f"{field.name}__isnull": True}).first()
        if row is not None:
            getattr(row, field.attname)
