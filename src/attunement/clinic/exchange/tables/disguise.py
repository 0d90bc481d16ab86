"""Names and days under which nobody is known: new names at every export, the same shift of days."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

LENGTH, KEY_BYTES = 16, 32
LONGEST_SHIFT = 182


class Days(StrEnum):
    """What becomes of days."""

    WEEKS = "weeks"
    SHIFTED = "shifted"


DAYS = (
    (Days.WEEKS, _("Weeks since the first session, without any day")),
    (Days.SHIFTED, _("Days, moved by up to half a year, each client's by the same amount")),
)


@dataclass(frozen=True, kw_only=True)
class Disguise:
    """A key that is made for one export and kept nowhere.

    Days are shifted by the same amount at every export: with new amounts, the mean of several
    exports would come near the true day.

    Attributes
    ----------
    days : Days
    began : mapping
        The first day of every episode.
    clients : mapping
        Site and client of every episode, from whom the shift follows.
    """

    days: Days
    began: Mapping[Any, date]
    clients: Mapping[Any, str]
    key: bytes = field(default_factory=lambda: secrets.token_bytes(KEY_BYTES), repr=False)

    def name(self, kind: str, pk: object) -> str:
        """Give a pseudonym: the same for the same row in this export, another in the next."""
        return f"{kind[0]}{self._digest(kind, pk).hex()[:LENGTH]}"

    def day(self, episode: object, day: date) -> int | date:
        """Give the week since the first session (0 is the first week), or a day that is moved."""
        if self.days is Days.WEEKS:
            return (day - self.began[episode]).days // 7
        number = int.from_bytes(lasting(self.clients[episode])[:4])
        return day + timedelta(days=number % (2 * LONGEST_SHIFT + 1) - LONGEST_SHIFT)

    def _digest(self, kind: str, pk: object) -> bytes:
        return hmac.new(self.key, f"{kind} {pk}".encode(), hashlib.sha256).digest()


def lasting(whom: str) -> bytes:
    """Give what follows from a client and the secret key alone, at every export."""
    return hmac.new(settings.SECRET_KEY.encode(), f"shift {whom}".encode(), hashlib.sha256).digest()
