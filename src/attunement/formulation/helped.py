"""What clients with a pattern said helped them: a count from a site's own, or nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

FEWEST_CLIENTS = 10
FEWEST_NAMED = 3


class Help(StrEnum):
    """What can be said to have helped."""

    TALKED = "talked"
    DIFFERENT = "different"
    SLOWER = "slower"
    STRUCTURE = "structure"
    LISTENED = "listened"
    AIMS = "aims"
    NOTHING = "nothing"


KNOWN = frozenset(one.value for one in Help)


@dataclass(frozen=True, kw_only=True)
class Helped:
    """What was named, by how many of how many.

    Attributes
    ----------
    clients : int
        Clients who said something, each counted once.
    named : tuple of (str, int)
        What helped and how many named it, the most frequent first; what fewer than three named
        is left out.
    """

    clients: int
    named: tuple[tuple[Help, int], ...]


def helped(
    said: Iterable[tuple[str, Sequence[str]]], *, fewest: int = FEWEST_CLIENTS
) -> Helped | None:
    """Count what clients said helped.

    These are people who chose to answer, and nobody knows how it would have gone otherwise: a
    count, never an effect.

    Plain counts; the limits are our own.

    Parameters
    ----------
    said
        Client and what they named, for clients with the pattern who let it count.
    fewest
        Below so many clients nothing is told.

    Returns
    -------
    None where there are too few clients.

    Examples
    --------
    >>> said = [(f"c{n}", ["listened"] if n % 2 else ["slower"]) for n in range(12)]
    >>> found = helped(said)
    >>> found.clients, [(what.value, clients) for what, clients in found.named]
    (12, [('listened', 6), ('slower', 6)])
    """
    by_client: dict[str, set[str]] = {}
    for client, named in said:
        known = {one for one in named if one in KNOWN}
        if known:
            by_client.setdefault(client, set()).update(known)
    if len(by_client) < fewest:
        return None
    counts = Counter(Help(one) for named in by_client.values() for one in named)
    order = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return Helped(
        clients=len(by_client),
        named=tuple((one, count) for one, count in order if count >= FEWEST_NAMED),
    )
