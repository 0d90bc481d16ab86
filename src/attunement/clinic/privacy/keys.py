"""Encrypt and decrypt text with AES-GCM, under keys from the environment."""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from attunement.clinic.conf.environment import environment
from attunement.problems import Problem

KEY_BYTES, NONCE_BYTES = 32, 12
MARK = "v1"


@dataclass(frozen=True)
class Keyring:
    """All keys by name; ``newest`` encrypts."""

    newest: str
    keys: Mapping[str, AESGCM]

    def seal(self, text: str, place: str) -> str:
        """Encrypt text so that it can be read only in this place (table, column, row)."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self.keys[self.newest].encrypt(
            nonce, text.encode(), f"{MARK}:{place}".encode()
        )
        return f"{MARK}:{self.newest}:{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Decrypt, or raise a Problem: a text that was tampered with or moved is never shown."""
        mark, name, body = (*sealed.split(":", 2), "", "")[:3]
        try:
            raw = base64.b64decode(body, validate=True)
            nonce, text = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
            return self.keys[name].decrypt(nonce, text, f"{mark}:{place}".encode()).decode()
        except KeyError:
            raise Problem(
                "a text was encrypted with a key that is not in ATTUNEMENT_KEYS",
                "put the key back, behind the newest one",
            ) from None
        except (InvalidTag, ValueError, binascii.Error):
            raise Problem(
                "an encrypted text was changed or moved outside this program",
                "restore it from a backup",
            ) from None


def keyring(listed: str) -> Keyring:
    """Read ``name:base64,name:base64``.

    Raises
    ------
    Problem
        If there is no key, or one is not 32 bytes in base64.
    """
    keys: dict[str, AESGCM] = {}
    for part in filter(None, (part.strip() for part in listed.split(","))):
        name, _, encoded = part.partition(":")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raw = b""
        if not name or len(raw) != KEY_BYTES or name in keys:
            raise Problem(
                f"a key in ATTUNEMENT_KEYS ({name or 'without a name'}) is not usable",
                "write each as name:base64 of 32 bytes, each name once",
            )
        keys[name] = AESGCM(raw)
    if not keys:
        raise Problem("ATTUNEMENT_KEYS is empty", "make a key: attunement clinic keys new")
    return Keyring(next(iter(keys)), keys)


@cache
def current() -> Keyring:
    """Give the keys of this clinic."""
    return keyring(environment().keys.get_secret_value())
