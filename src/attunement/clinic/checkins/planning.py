"""Which instruments are asked of whom around which session. Pure: knows no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from math import gcd

OPENS_BEFORE = timedelta(days=2)
STAYS_OPEN_AFTER_START = timedelta(hours=1)
EARLY = timedelta(hours=1)

Around = tuple[str, str]
"""Who answers, and whether before or after."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One instrument at certain sessions.

    Attributes
    ----------
    instrument, rater, moment : str
        What is asked of whom, before or after the session.
    first : int
        The first session at which it is asked.
    every : int
        After that, at every so many sessions.
    """

    instrument: str
    rater: str
    moment: str
    first: int = 1
    every: int = 1

    def at(self, number: int) -> bool:
        """Say whether it is asked at the session of this number."""
        return number >= self.first and (number - self.first) % self.every == 0


@dataclass(frozen=True)
class Window:
    """From when to when a check-in can be answered."""

    due_at: datetime
    expires_at: datetime


def asked_at(plan: Iterable[Asked], number: int) -> Mapping[Around, tuple[str, ...]]:
    """Give what is asked around one session, by rater and moment, in the order of the plan."""
    found: dict[Around, tuple[str, ...]] = {}
    for asked in plan:
        around = (asked.rater, asked.moment)
        if asked.at(number) and asked.instrument not in found.get(around, ()):
            found[around] = (*found.get(around, ()), asked.instrument)
    return found


def asked_twice(plan: Iterable[Asked]) -> str:
    """Name an instrument that one person would answer both before and after one session.

    A session has one score of each scale from each of the two people.
    """
    for one, other in combinations(plan, 2):
        same = (one.instrument, one.rater) == (other.instrument, other.rater)
        apart = (one.first - other.first) % gcd(one.every, other.every)
        if same and one.moment != other.moment and not apart:
            return one.instrument
    return ""


def window(moment: str, starts_at: datetime, days: int) -> Window:
    """Say when a check-in can be answered.

    Parameters
    ----------
    moment
        ``before`` or ``after`` the session.
    starts_at
        When the session starts.
    days
        For how many days after it an answer is still welcome.
    """
    if moment == "before":
        return Window(starts_at - OPENS_BEFORE, starts_at + STAYS_OPEN_AFTER_START)
    return Window(starts_at, starts_at + timedelta(days=max(days, 1)))


def weekly(starts_at: datetime, times: int) -> list[datetime]:
    """Give the same hour of the same weekday on the clock of the place, week after week.

    ``starts_at`` must carry the zone of the place, so that the hour stays when clocks change.
    """
    return [starts_at + timedelta(weeks=week) for week in range(times)]
