"""What the doctor looks at, one after the other: each finding is a sentence with its remedy."""

import shutil
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http.request import validate_host
from django.utils import timezone

from attunement.clinic.audit import expecting
from attunement.clinic.audit.models import Chain
from attunement.clinic.conf.environment import HEADS, Mode, environment
from attunement.clinic.conf.safety import unsafe
from attunement.clinic.exchange.models import Import
from attunement.clinic.jobs.queue import given_up, overdue
from attunement.clinic.running.belonging import refuse_others_people
from attunement.clinic.running.restore import readable
from attunement.problems import Problem

LITTLE_ROOM = 1_000_000_000
FAST_OR_SLOW = timedelta(seconds=5)
LONGEST_WAIT = 5.0
LONGEST_IMPORT = timedelta(hours=1)


class Health(StrEnum):
    """How something is."""

    FINE = "fine"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found about one thing."""

    about: str
    health: Health
    said: str
    remedy: str = ""

    @property
    def sentence(self) -> str:
        """What was found, and what to do about it."""
        return f"{self.said}; {self.remedy}." if self.remedy else f"{self.said}."


Check = Callable[[], Found]


def fine(about: str, said: str) -> Found:
    """Say that something is well."""
    return Found(about=about, health=Health.FINE, said=said)


def check_settings() -> Found:
    """Look whether the settings would be safe for real people."""
    reasons = list(unsafe(environment()))
    if environment().mode is Mode.DEMO:
        return fine("settings", "This is a demonstration, in which nobody is real")
    if reasons:
        return Found(
            about="settings", health=Health.BROKEN, said=reasons[0], remedy="see the how-to"
        )
    return fine("settings", "The settings are safe")


def check_people() -> Found:
    """Look whether the people in the database belong to the mode."""
    try:
        refuse_others_people(environment().mode)
    except Problem as problem:
        said = problem.what[:1].upper() + problem.what[1:]
        return Found(about="people", health=Health.BROKEN, said=said, remedy=problem.remedy)
    return fine("people", "The people in the database belong to the mode")


def check_address() -> Found:
    """Look whether pages can be reached at the address, or lead to themselves for ever."""
    known = environment()
    host = urlsplit(known.address).hostname or ""
    if known.address.startswith("https://") and not known.proxies:
        return Found(
            about="address",
            health=Health.BROKEN,
            said="The address is https, and no proxy is trusted to say so: every page would lead "
            "to itself for ever",
            remedy="set ATTUNEMENT_PROXIES to the number of proxies in front, such as 1, and let "
            "them set X-Forwarded-Proto",
        )
    if not validate_host(host, settings.ALLOWED_HOSTS):
        return Found(
            about="address",
            health=Health.BROKEN,
            said="The address people type in is not among ATTUNEMENT_HOSTS, so that every page "
            "is refused",
            remedy="add its name",
        )
    return fine("address", "Pages can be reached at the address")


def check_database() -> Found:
    """Look whether the database answers."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    took = 1000 * (time.perf_counter() - began)
    return fine("database", f"{connection.display_name} answers in {took:.0f} ms")


def check_migrations() -> Found:
    """Look whether the database is up to date."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return Found(
            about="migrations",
            health=Health.BROKEN,
            said=f"The database lacks {len(missing)} of its migrations",
            remedy="run 'attunement clinic migrate'",
        )
    return fine("migrations", "The database is up to date")


def check_keys() -> Found:
    """Look whether the keys open the texts in the database."""
    try:
        readable()
    except Problem as problem:
        return Found(about="keys", health=Health.BROKEN, said=problem.what, remedy=problem.remedy)
    return fine("keys", "The keys open the texts in the database")


def check_disk() -> Found:
    """Look whether there is room."""
    free = shutil.disk_usage(nearest(environment().state)).free
    said = f"The state folder has room for {free / 1e9:.1f} GB"
    if free < LITTLE_ROOM:
        return Found(about="disk", health=Health.BROKEN, said=said, remedy="make room")
    return fine("disk", said)


def nearest(folder: Path) -> Path:
    """Give a folder, or the first one above it that exists."""
    folder = folder.resolve()
    return next(one for one in (folder, *folder.parents) if one.exists())


def check_worker() -> Found:
    """Look whether what is due gets done."""
    late, left = overdue().count(), given_up().count()
    if late:
        return Found(
            about="worker",
            health=Health.BROKEN,
            said=f"Of the work that is due, {late} should have been done ten minutes ago",
            remedy="start the worker: 'attunement clinic worker'",
        )
    if left:
        return Found(
            about="worker",
            health=Health.LOOK,
            said=f"Of the work that was due, {left} was given up after several attempts",
            remedy="look into the log for why",
        )
    return fine("worker", "Nothing that is due has been left")


def check_imports() -> Found:
    """Look whether a file is being taken in for far longer than that takes."""
    since = timezone.now() - LONGEST_IMPORT
    begun = Import.objects.filter(state=Import.State.TAKING, at__lt=since).count()
    if begun:
        return Found(
            about="imports",
            health=Health.LOOK,
            said=f"Of the imports, {begun} were begun more than an hour ago and have not ended",
            remedy="see that the worker runs, and look into the log; on the page of imports, try "
            "again or undo them",
        )
    return fine("imports", "No import has stopped half-way")


def check_mail() -> Found:
    """Look whether the mail server can be reached."""
    host = getattr(settings, "EMAIL_HOST", "")
    if not environment().mail:
        return fine("mail", "Messages stay in a folder, as there is no mail server")
    try:
        with socket.create_connection((host, settings.EMAIL_PORT), LONGEST_WAIT):
            return fine("mail", "The mail server can be reached")
    except OSError:
        return Found(
            about="mail",
            health=Health.BROKEN,
            said="The mail server cannot be reached",
            remedy="check ATTUNEMENT_MAIL and the network",
        )


def check_clock() -> Found:
    """Look whether this machine and the database agree on the time."""
    if connection.vendor != "postgresql":
        return fine("clock", f"It is {timezone.now():%Y-%m-%d %H:%M} UTC here: compare it")
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        away = abs(cursor.fetchone()[0] - timezone.now())
    if away > FAST_OR_SLOW:
        return Found(
            about="clock",
            health=Health.BROKEN,
            said=f"The clock is {away.total_seconds():.0f} seconds away from the database's",
            remedy="let both follow a time server",
        )
    return fine("clock", "The clock agrees with the database's")


def check_static() -> Found:
    """Look whether the static files have been gathered."""
    wanted = next(path for finder in get_finders() for path, _ in finder.list([]))
    try:
        stored = getattr(staticfiles_storage, "stored_name", str)
        there = staticfiles_storage.exists(stored(wanted))
    except ValueError:
        there = False
    if there:
        return fine("static files", "The static files have been gathered")
    return Found(
        about="static files",
        health=Health.BROKEN,
        said="The static files have not been gathered",
        remedy="they are, when 'attunement clinic serve' starts",
    )


def check_audit() -> Found:
    """Look whether the audit was whole when it was last followed, and no end was cut off since."""
    try:
        missing = expecting.missing_here()
    except Problem as problem:
        return Found(about="audit", health=Health.LOOK, said=problem.what, remedy=problem.remedy)
    if missing:
        return Found(
            about="audit",
            health=Health.BROKEN,
            said="Events of the audit are missing that were there when it was last followed",
            remedy="keep this database as it is, and ask who could change it; where a backup was "
            f"restored, that is why: remove {HEADS} from the state folder",
        )
    if Chain.objects.exclude(fault="").exists():
        return Found(
            about="audit",
            health=Health.BROKEN,
            said="The audit was broken when it was last followed",
            remedy="'attunement audit verify' says where",
        )
    if not expecting.kept_here().exists():
        return Found(
            about="audit",
            health=Health.LOOK,
            said="The audit has not been followed from here yet",
            remedy="the worker does it once a day, and keeps the newest hashes",
        )
    return fine("audit", "The audit was whole when it was last followed, and nothing is cut off")


CHECKS: Sequence[tuple[str, Check]] = (
    ("settings", check_settings),
    ("database", check_database),
    ("migrations", check_migrations),
    ("people", check_people),
    ("address", check_address),
    ("keys", check_keys),
    ("disk", check_disk),
    ("worker", check_worker),
    ("imports", check_imports),
    ("audit", check_audit),
    ("mail", check_mail),
    ("clock", check_clock),
    ("static files", check_static),
)


def examine(checks: Sequence[tuple[str, Check]] = CHECKS) -> Iterator[Found]:
    """Look at everything; what cannot be looked at is broken."""
    for about, check in checks:
        try:
            yield check()
        except DatabaseError as error:
            yield Found(
                about=about,
                health=Health.BROKEN,
                said=f"The database does not answer ({type(error).__name__})",
                remedy="check ATTUNEMENT_DATABASE, that the server runs, and 'migrate'",
            )
