"""Whether a lane of the worker still moves, so that one that hangs is noticed."""

import time
from dataclasses import dataclass, field

ROUND, STOPPING = 300.0, 10.0
LONGEST_URGENT, LONGEST = 30 * 60.0, 12 * 3600.0
"""Seconds: of a round without work, of one after being asked to stop, of one piece of work."""


@dataclass(kw_only=True)
class Pulse:
    """Since when a lane has been at what it does.

    Attributes
    ----------
    longest : float
        For how many seconds one piece of work may take.
    since : float
        When it began that, on the monotonic clock.
    at_work : bool
        Whether that is a piece of work.
    """

    longest: float = LONGEST
    since: float = field(default_factory=time.monotonic)
    at_work: bool = False

    def beat(self, *, at_work: bool = False) -> None:
        """Note that something new begins."""
        self.since, self.at_work = time.monotonic(), at_work

    def hangs(self, *, stopping: bool) -> bool:
        """Whether it takes longer than it ever should."""
        most = self.longest if self.at_work else STOPPING if stopping else ROUND
        return time.monotonic() - self.since > most
