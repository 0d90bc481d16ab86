"""Erase again whom a backup has brought back."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import Session
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client, Episode
from attunement.clinic.privacy.erasure import carry_out, move, open_erasure
from attunement.clinic.privacy.models import Erasure
from attunement.problems import Problem

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LOGGED = "record erased"
State = Erasure.State


def erased_since(when: datetime) -> list[str]:
    """Give the ids of the clients whose records were erased since a time, from the audit."""
    done = Event.objects.filter(action="erasure.done", at__gte=when).order_by("at")
    return list(done.values_list("client_id", flat=True))


def ids_in(file: Path) -> list[str]:
    """Read ids of clients from a list, one a line, or from a log that tells of erasures.

    Raises
    ------
    Problem
        If the file cannot be read, or a line is neither.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("it cannot be read", "check the name", file=str(file)) from error
    return list(dict.fromkeys(ids(lines, str(file))))


def ids(lines: list[str], file: str) -> Iterator[str]:
    """Give the id of each line that tells of one; other lines of a log are passed over."""
    for row, line in enumerate(map(str.strip, lines), 1):
        if ID.fullmatch(line):
            yield line
        elif LOGGED in line and (found := ID.search(line)):
            yield found[0]
        elif line and not line.startswith("{"):
            raise Problem(
                "this is neither the id of a client nor a line of the log",
                "give what 'attunement clinic erasures' printed, or a log",
                file=file,
                row=row,
            )


def erase_again(clients: list[str]) -> int:
    """Erase these records at once where they are there again; count them.

    That was decided before, so there are no more days to think again, and care that had ended by
    then ends now.
    """
    found = Client.objects.filter(pk__in=clients, erased_at__isnull=True)
    there = list(found.select_related("site"))
    for client in there:
        erase_now(client)
    return len(there)


@transaction.atomic
def erase_now(client: Client) -> None:
    """Erase one record."""
    now = timezone.now()
    Session.objects.filter(episode__client=client, status=Session.Status.PLANNED).update(
        status=Session.Status.CANCELLED
    )
    for episode in Episode.objects.filter(client=client, ended_on__isnull=True):
        episode.ended_on = max(timezone.localdate(), episode.started_on)
        episode.save(update_fields=["ended_on"])
    erasure = open_erasure(client)
    if erasure is None:
        erasure = Erasure.objects.create(client=client, state=State.DUE, reason="asked", due_at=now)
    elif erasure.state != State.DUE:
        move(erasure, State.DUE, due_at=now)
    carry_out(erasure=erasure, by=Actor.worker(client.site), tell=False)
