"""Links that answer one check-in: made, found by their hash alone, used once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from attunement.clinic.checkins.models import Token

BYTES = 32
P = Token.Purpose
LIVES = {P.LINK: None, P.MAIL: None, P.QR: timedelta(hours=2), P.KIOSK: timedelta(hours=1)}
"""How long a way to answer lasts; None stands for as long as a link lasts at the site."""


def new_token() -> str:
    """Give a secret that nobody can guess, safe in an address."""
    return secrets.token_urlsafe(BYTES)


def hashed(token: str) -> str:
    """Give what is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def expiry(purpose: str, now: datetime, link_days: int, due: datetime, until: datetime) -> datetime:
    """Say until when a way to answer lasts: never longer than the check-in itself.

    The days of a link that is sent ahead count from when it can be used.
    """
    lives = LIVES[P(purpose)]
    return min(max(now, due) + timedelta(days=link_days) if lives is None else now + lives, until)


def submission_of(token: Token, device: str) -> str:
    """Give the key under which one device's answers by this token are kept once.

    A tablet has no secret of its own: what it is open for is known to its session alone.
    """
    return f"token-{token.hash[:48]}-{device}"
