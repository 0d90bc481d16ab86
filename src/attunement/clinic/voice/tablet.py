"""A key in the page of thanks on a tablet: it lets someone choose, for some minutes, and no more.

The tablet itself has forgotten everything by then.
"""

from django.core import signing

SALT, MINUTES = "voice on a tablet", 10


def key_of(token: int) -> str:
    """Make the key for whoever has just answered with a token."""
    return signing.dumps(token, salt=SALT)


def token_of(key: str) -> int | None:
    """Give the token whose key this is; None where it is none, or too old."""
    try:
        return int(signing.loads(key, salt=SALT, max_age=MINUTES * 60))
    except signing.BadSignature:
        return None
