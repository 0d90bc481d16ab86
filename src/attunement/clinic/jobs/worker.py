"""The process that does due work. One is enough; two do not get in each other's way.

It has two lanes, so that an escalation never waits behind work that takes long.
"""

import signal
import threading
from collections.abc import Collection
from datetime import datetime
from types import FrameType

import structlog
from django.db import Error, close_old_connections, connection, transaction
from django.utils import timezone

from attunement.clinic.jobs.kinds import KINDS
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.queue import claim, done, failed

PAUSE, AFTER_TROUBLE = 1.0, 5.0
log = structlog.get_logger("attunement.worker")


class TakenOver(Exception):
    """Somebody else holds the claim by now."""


def run() -> None:
    """Work until asked to stop (SIGTERM or SIGINT); what is begun is finished first."""
    # Polars sets a handler too, which breaks off what it computes; ours has to be set after it.
    import polars  # noqa: F401, ICN001

    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    log.info("worker started")
    urgent = {name for name, kind in KINDS.items() if kind.urgent}
    lanes = [
        threading.Thread(target=lane, args=(stop, kinds), name=name)
        for name, kinds in (("urgent", urgent), ("other", KINDS.keys() - urgent))
    ]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    log.info("worker stopped")


def lane(stop: threading.Event, kinds: Collection[str]) -> None:
    """Work in one lane. If it breaks, the other ends too, so that the process is started anew."""
    try:
        work(stop, kinds)
    finally:
        stop.set()


def work(stop: threading.Event, kinds: Collection[str] | None = None) -> None:
    """Do what is due, again and again; trouble with the database is waited out."""
    while not stop.is_set():
        try:
            close_old_connections()
            pause = 0.0 if work_once(stop, kinds) else PAUSE
        except Error as error:
            log.warning("worker waits for the database", error=type(error).__name__)
            connection.close()
            pause = AFTER_TROUBLE
        stop.wait(pause)
    connection.close()


def work_once(stop: threading.Event | None = None, kinds: Collection[str] | None = None) -> int:
    """Do everything that is due now; count what was tried."""
    plan(timezone.now())
    tried = 0
    for job in claim(kinds):
        attempt(job)
        tried += 1
        if stop is not None and stop.is_set():
            break
    return tried


def plan(now: datetime) -> None:
    """Put up what comes by itself: once a period, however many workers there are."""
    slots = {
        f"{name}:{int(now.timestamp() // kind.every.total_seconds())}": name
        for name, kind in KINDS.items()
        if kind.every
    }
    there = set(Job.objects.filter(key__in=slots).values_list("key", flat=True))
    new = [Job(kind=name, key=key, due_at=now) for key, name in slots.items() if key not in there]
    if new:
        Job.objects.bulk_create(new, ignore_conflicts=True)


def attempt(job: Job) -> None:
    """Do one piece of work, and note what became of it."""
    try:
        carry_out(job)
    except TakenOver:
        log.info("work was taken over", job=job.pk, kind=job.kind)
    except Exception as error:
        again = failed(job, error)
        log.warning(
            "work went wrong", job=job.pk, kind=job.kind, error=type(error).__name__, again=again
        )


def carry_out(job: Job) -> None:
    """Do it: in one transaction with the note that it is done, unless its kind says otherwise.

    Raises
    ------
    TakenOver
        If the lease has run out and somebody else has claimed it: then it is undone.
    """
    kind = KINDS[job.kind]
    if not kind.in_one_transaction:
        kind.do(job.key, job.payload)
        done(job)
        return
    with transaction.atomic():
        kind.do(job.key, job.payload)
        if not done(job):
            raise TakenOver
