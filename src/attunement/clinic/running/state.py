"""The folder in which a clinic keeps its secrets, its embedded database and its mail."""

import base64
import os
import secrets
from collections.abc import MutableMapping
from pathlib import Path

from attunement.clinic.conf.environment import Environment, Mode
from attunement.problems import Problem

SECRETS = "secrets.env"
KEY_BYTES = 32
OWN_FILE, OWN_FOLDER = 0o600, 0o700


def new_key() -> str:
    """Make a key of 32 bytes, in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def new_secrets() -> dict[str, str]:
    """Make everything that only this clinic may know."""
    return {
        "ATTUNEMENT_SECRET_KEY": secrets.token_urlsafe(64),
        "ATTUNEMENT_KEYS": f"k1:{new_key()}",
        "ATTUNEMENT_AUDIT_KEY": new_key(),
    }


def settle(environ: MutableMapping[str, str] = os.environ) -> None:
    """Give a demonstration what it needs: secrets of its own, and sign-in without a second factor.

    A clinic for real use is given nothing: its secrets come from whoever runs it.
    """
    asked = Environment()
    if asked.mode is Mode.CLINIC:
        return
    for name, value in kept_secrets(asked.state).items():
        environ.setdefault(name, value)
    environ.setdefault("ATTUNEMENT_REQUIRE_MFA", "false")


def kept_secrets(folder: Path) -> dict[str, str]:
    """Read the secrets of a state folder, made the first time, readable by its owner alone.

    Raises
    ------
    Problem
        If the folder cannot be made, or others could read the secrets.
    """
    file = folder / SECRETS
    try:
        folder.mkdir(mode=OWN_FOLDER, parents=True, exist_ok=True)
        if not file.exists():
            lines = (f"{name}={value}\n" for name, value in new_secrets().items())
            write_private(file, "".join(lines))
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise Problem(
            f"the state folder cannot be used ({(error.strerror or 'unknown reason').lower()})",
            "set ATTUNEMENT_STATE to a folder that you may write to",
            file=str(folder),
        ) from error
    if file.stat().st_mode & 0o077:
        raise Problem("others can read the secrets", f"chmod 600 {file}", file=str(file))
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def write_private(file: Path, text: str) -> None:
    """Write a file whole that only its owner can read, from its first moment."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN_FILE)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    partial.replace(file)
