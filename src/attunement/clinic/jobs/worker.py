"""The process that does due work. One is enough; two do not get in each other's way.

It has two lanes, so that an escalation never waits behind work that takes long. A lane that hangs
ends the process, which whoever started it starts anew.
"""

import faulthandler
import os
import sys
import threading
from collections.abc import Collection, Mapping
from datetime import datetime

import structlog
from django.db import Error, close_old_connections, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from attunement.clinic.jobs.kinds import KINDS
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.pulse import LONGEST, LONGEST_URGENT, ROUND, Pulse
from attunement.clinic.jobs.queue import claim, done, failed
from attunement.clinic.jobs.stopping import hear

PAUSE, AFTER_TROUBLE = 1.0, 5.0
LOOK, HUNG = 1.0, 70
log = structlog.get_logger("attunement.worker")


class TakenOver(Exception):
    """Somebody else holds the claim by now."""


def run(stop: threading.Event | None = None) -> None:
    """Work until asked to stop (SIGTERM or SIGINT); what is begun is finished first."""
    stop = stop or threading.Event()
    hear(stop)
    faulthandler.dump_traceback_later(ROUND, exit=True)
    load(stop)
    # Polars has set a handler too by now, which breaks off what it computes.
    hear(stop)
    log.info("worker started")
    urgent = {name for name, kind in KINDS.items() if kind.urgent}
    lanes = {}
    for name, kinds, longest in (
        ("urgent", urgent, LONGEST_URGENT),
        ("other", KINDS.keys() - urgent, LONGEST),
    ):
        pulse = Pulse(longest=longest)
        lanes[threading.Thread(target=lane, args=(stop, kinds, pulse), name=name)] = pulse
    for thread in lanes:
        thread.start()
    watch(lanes, stop)
    faulthandler.cancel_dump_traceback_later()
    log.info("worker stopped")


def load(stop: threading.Event) -> None:
    """Import all that work needs before there are lanes: two at once could wait for each other."""
    for kind in KINDS.values():
        if not stop.is_set():
            import_string(kind.does)


def watch(lanes: Mapping[threading.Thread, Pulse], stop: threading.Event) -> None:
    """Wait until all lanes have ended; end the process where one hangs.

    Should this very thread be held up, by foreign code that lets no other run, the process ends
    all the same. Where each thread was is written to the error output.
    """
    while alive := [thread for thread in lanes if thread.is_alive()]:
        faulthandler.dump_traceback_later(ROUND, exit=True)
        for thread in alive:
            if lanes[thread].hangs(stopping=stop.is_set()):
                log.error("worker hangs", lane=thread.name, at_work=lanes[thread].at_work)
                give_up()
        alive[0].join(LOOK)


def give_up() -> None:
    """End the process at once; claims are taken over when their lease ends."""
    faulthandler.dump_traceback(all_threads=True)
    sys.stdout.flush()
    os._exit(HUNG)


def lane(stop: threading.Event, kinds: Collection[str], pulse: Pulse | None = None) -> None:
    """Work in one lane. If it breaks, the other ends too, so that the process is started anew."""
    try:
        work(stop, kinds, pulse or Pulse())
    finally:
        stop.set()


def work(
    stop: threading.Event, kinds: Collection[str] | None = None, pulse: Pulse | None = None
) -> None:
    """Do what is due, again and again; trouble with the database is waited out."""
    pulse = pulse or Pulse()
    while not stop.is_set():
        pulse.beat()
        try:
            close_old_connections()
            pause = 0.0 if work_once(stop, kinds, pulse) else PAUSE
        except Error as error:
            log.warning("worker waits for the database", error=type(error).__name__)
            connection.close()
            pause = AFTER_TROUBLE
        stop.wait(pause)
    connection.close()


def work_once(
    stop: threading.Event | None = None,
    kinds: Collection[str] | None = None,
    pulse: Pulse | None = None,
) -> int:
    """Do everything that is due now; count what was tried."""
    pulse = pulse or Pulse()
    plan(timezone.now())
    tried = 0
    for job in claim(kinds):
        pulse.beat(at_work=True)
        attempt(job)
        pulse.beat()
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
