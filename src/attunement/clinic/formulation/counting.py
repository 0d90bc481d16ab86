"""What clients of a site said helped, as many as can be told without showing one of them.

A job counts at night. What is shown is that count, with few left out and the rest to the nearest
five, like every figure of a service: one more person is not seen in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from attunement.clinic.people.models import Site
from attunement.clinic.service.cells import SMALLEST, rounded
from attunement.clinic.service.models import Snapshot
from attunement.clinic.voice.models import Matter
from attunement.formulation import helped
from attunement.formulation.helped import Help

WAY = "way"
NAME = "helped"


@dataclass(frozen=True, kw_only=True)
class Told:
    """About how many clients said something, and what about how many of them named."""

    clients: int
    named: Sequence[tuple[Help, int]]


def count_helped(site: Site) -> dict[str, Any]:
    """Count what clients said helped who found the way of working unfitting, and let it count.

    Returns
    -------
    Nothing where there are too few clients, or none that enough of them named.
    """
    rows = Matter.objects.filter(
        episode__client__site=site, episode__client__erased_at__isnull=True, counts=True
    ).select_related("episode")
    found = helped(
        [
            (str(one.episode.client_id), one.helped)
            for one in rows
            if one.choice == Matter.Choice.OTHER_WAY or WAY in one.items
        ],
        fewest=SMALLEST,
    )
    named = (
        [(one, rounded(count)) for one, count in found.named if count >= SMALLEST] if found else []
    )
    return {"clients": rounded(found.clients), "named": named} if found and named else {}


def said_to_help(site: Site) -> Told | None:
    """Give what was counted last; None where there are too few clients to tell."""
    kept = Snapshot.objects.filter(site=site).values_list("numbers", flat=True).first() or {}
    known = kept.get(NAME)
    if not known:
        return None
    return Told(
        clients=known["clients"], named=[(Help(one), count) for one, count in known["named"]]
    )
