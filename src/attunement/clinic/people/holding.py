"""Hold rows until a transaction ends: everyone in one order, so that no two wait for each other.

1. the site
2. episodes of care, by their keys
3. the client
4. what belongs to an episode or a client: sessions, check-ins, answers, alerts, notes ...
5. the chain of the audit, last

Whoever needs a later one alone takes that alone, and never an earlier one after it. Rows that are
changed or deleted count as held. A row that points to another holds that one a little too: it
lets others read and change it, but not delete it.
"""

from typing import Any
from uuid import UUID

from django.db.models import Q

from attunement.clinic.people.models import Client, Episode, Site


def hold_site(pk: UUID) -> Site:
    """Let nobody else take a file in here, or undo that."""
    return Site.objects.select_for_update(no_key=True).get(pk=pk)


def hold_episodes(*those: Q, **named: Any) -> None:
    """Let nobody answer in these episodes, or change them.

    What is noticed about a course is worked out from all of it: whoever answers meanwhile waits,
    and is noticed after.
    """
    found = Episode.objects.select_for_update().filter(*those, **named)
    list(found.order_by("pk").values_list("pk"))


def hold_record(client: UUID) -> Client | None:
    """Hold a client and all their episodes; None where there is no such client any more."""
    hold_episodes(client=client)
    return Client.objects.select_for_update().filter(pk=client).first()
