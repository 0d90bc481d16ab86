"""The mail server, as one address."""

from typing import Any
from urllib.parse import unquote, urlsplit

from attunement.problems import Problem

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
LONGEST_WAIT = 20


def mail_settings(address: str) -> dict[str, Any]:
    """Give Django's settings for ``smtp+tls://user:password@mail.example:587``.

    Raises
    ------
    Problem
        If it is no such address.
    """
    parts = urlsplit(address)
    if parts.scheme not in PORTS or not parts.hostname:
        raise Problem(
            "the mail server's address cannot be read",
            "write smtp+tls://user:password@mail.example:587, or smtps:// or smtp://",
            field="ATTUNEMENT_MAIL",
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": LONGEST_WAIT,
    }
