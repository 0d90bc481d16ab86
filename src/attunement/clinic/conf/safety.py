"""Which settings are refused when real people are to be looked after."""

import base64
import binascii
from collections.abc import Iterator

from attunement.clinic.conf.environment import Environment, Mode

SHORTEST_SECRET, KEY_BYTES = 50, 32
NOWHERE = ("localhost", "127.0.0.1", "[::1]", "::1", "")


class Unsafe(Exception):
    """Settings that are not safe for real use, each with its remedy."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        listed = "\n".join(f"  - {reason}" for reason in reasons)
        super().__init__(f"These settings are not safe for real people:\n{listed}")


def refuse_unsafe(env: Environment) -> None:
    """Raise :class:`Unsafe` with everything that is wrong, unless this is a demonstration."""
    if env.mode is Mode.CLINIC and (reasons := list(unsafe(env))):
        raise Unsafe(reasons)


def unsafe(env: Environment) -> Iterator[str]:
    """Say what is unsafe, setting by setting."""
    yield from unsafe_secrets(env)
    if not env.address.startswith("https://"):
        yield "ATTUNEMENT_ADDRESS does not begin with https://: give the address people type in"
    hosts = [host.strip() for host in env.hosts.split(",")]
    if "*" in hosts:
        yield "ATTUNEMENT_HOSTS allows any name: list the names of this clinic"
    elif all(host in NOWHERE for host in hosts):
        yield "ATTUNEMENT_HOSTS names only this machine: add the name people type in"
    if not env.require_mfa:
        yield "ATTUNEMENT_REQUIRE_MFA is off: only a demonstration may do without a second factor"
    if not env.database.startswith(("postgres://", "postgresql://", "sqlite:///")):
        yield "ATTUNEMENT_DATABASE is empty or unknown: give postgresql://... (or sqlite:///FILE)"
    if not env.mail:
        yield "ATTUNEMENT_MAIL is empty: without a mail server nobody hears of a safety alert"
    if "localhost" in env.mail_from:
        yield "ATTUNEMENT_MAIL_FROM is a placeholder: give an address that people know"


def unsafe_secrets(env: Environment) -> Iterator[str]:
    """Say what is wrong with the secrets, without saying them."""
    secret = env.secret_key.get_secret_value()
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < SHORTEST_SECRET // 5:
        yield "ATTUNEMENT_SECRET_KEY is short or guessable: see 'attunement clinic keys new'"
    if not env.keys.get_secret_value():
        yield "ATTUNEMENT_KEYS is empty: make a key with 'attunement clinic keys new'"
    else:
        for part in filter(None, map(str.strip, env.keys.get_secret_value().split(","))):
            name, _, key = part.partition(":")
            if not usable(key):
                yield f"ATTUNEMENT_KEYS: {name or 'a key'} is not 32 random bytes in base64"
    if not usable(env.audit_key.get_secret_value()):
        yield "ATTUNEMENT_AUDIT_KEY is not 32 random bytes: see 'attunement clinic keys new'"


def usable(key: str) -> bool:
    """Say whether a key is 32 bytes that look random."""
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == KEY_BYTES and len(set(raw)) > KEY_BYTES // 4
