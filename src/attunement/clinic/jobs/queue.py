"""Ask for work, claim it, and say what became of it."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from attunement.clinic.jobs.kinds import KINDS
from attunement.clinic.jobs.models import Job

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=1)
AT_ONCE = 20
SEALED = "sealed"
"""Under which name a payload holds what is encrypted, bound to the kind of work."""


def later(kind: str, key: str, due_at: datetime | None = None, **ids: Any) -> None:
    """Ask for a piece of work, once: asked for again under the same key, nothing happens.

    Within a transaction it is asked for only if that is committed.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no kind of work called {kind}")
    job = Job(kind=kind, key=key, payload=ids, due_at=due_at or timezone.now())
    Job.objects.bulk_create([job], ignore_conflicts=True)


def waiting() -> QuerySet[Job]:
    """Give what is neither done nor given up."""
    return Job.objects.filter(done_at__isnull=True, failed_at__isnull=True)


def given_up() -> QuerySet[Job]:
    """Give what was tried too often, for a person to look at."""
    return Job.objects.filter(failed_at__isnull=False).order_by("-failed_at")


def overdue(by: timedelta = timedelta(minutes=10)) -> QuerySet[Job]:
    """Give what should have been done long ago: a sign that no worker runs."""
    return waiting().filter(due_at__lt=timezone.now() - by)


def claim(kinds: Collection[str] | None = None) -> Iterator[Job]:
    """Claim what is due, one after the other; nobody else has what is yielded.

    Parameters
    ----------
    kinds
        Only work of these kinds; all of it where None.
    """
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    due = waiting().filter(free, due_at__lte=now).order_by("due_at", "pk")
    if kinds is not None:
        due = due.filter(kind__in=kinds)
    for job in list(due[:AT_ONCE]):
        lease = timezone.now() + LEASE
        mine = waiting().filter(free, pk=job.pk, attempts=job.attempts)
        if mine.update(attempts=job.attempts + 1, leased_until=lease):
            job.attempts, job.leased_until = job.attempts + 1, lease
            yield job


def held(job: Job) -> QuerySet[Job]:
    """Give the job as long as it is held under this claim."""
    return waiting().filter(pk=job.pk, attempts=job.attempts)


def done(job: Job) -> bool:
    """Note that it is done, unless somebody else has taken it over; what was sealed goes."""
    left = {name: said for name, said in job.payload.items() if name != SEALED}
    said = {"payload": left} if left != job.payload else {}
    return bool(held(job).update(done_at=timezone.now(), leased_until=None, error="", **said))


def failed(job: Job, error: Exception) -> bool:
    """Note that it went wrong: it is tried again after a pause, or given up; says which."""
    now, name = timezone.now(), type(error).__name__[:120]
    if job.attempts >= MOST_ATTEMPTS:
        held(job).update(failed_at=now, leased_until=None, error=name)
        return False
    pause = min(FIRST_PAUSE * 2 ** (job.attempts - 1), LONGEST_PAUSE)
    held(job).update(due_at=now + pause, leased_until=None, error=name)
    return True


def try_again(job: Job) -> None:
    """Let work that was given up be tried anew."""
    given_up().filter(pk=job.pk).update(failed_at=None, attempts=0, due_at=timezone.now())
