"""What can be wrong with the audit, and what was found about one chain."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with a chain."""

    CHANGED = "an event was changed, or does not follow the one before it"
    MISSING = "an event is missing"
    CUT = "the newest events are missing"
    HEAD = "the chain's head does not belong to its newest event"
    LOOSE = "there are events without a chain"
    NONE = "a site has clients but no chain"
    UNGUARDED = "the database no longer refuses to change or delete events"
    SHORTER = "events are missing that there were when the hash was kept"
    OTHER = "an event does not have the hash that was kept"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found about one chain.

    Attributes
    ----------
    chain : str
        A site's id, ``everywhere``, or ``database`` for the database's own guard.
    links : int
        Events that were checked and are whole.
    fault : Fault or None
        What is wrong, or None.
    number : int or None
        The first broken link.
    head : str
        The newest hash: kept elsewhere, it proves later that no event was cut off.
    """

    chain: str
    links: int
    fault: Fault | None = None
    number: int | None = None
    head: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None
