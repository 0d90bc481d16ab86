"""Open a clinic: the database brought up to date, made-up people in it, server and worker."""

import os
import shutil
import socket
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from attunement.clinic.conf.environment import DATABASE, HEADS
from attunement.clinic.running.state import SECRETS
from attunement.problems import Problem

Progress = Callable[[int, int], None]
PORTS_TRIED = 50
POLL, LONGEST_ANSWER = 0.2, 60.0
OURS = (
    DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", SECRETS, HEADS, "mail", "static",
)  # fmt: skip


def free_port(host: str, wanted: int) -> int:
    """Give the port that is wanted, or the next one that nobody uses.

    Raises
    ------
    Problem
        If all of them are taken.
    """
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except OSError:
                continue
            return port
    raise Problem(
        f"the ports from {wanted} to {wanted + PORTS_TRIED - 1} are all taken", "name another one"
    )


def await_answer(host: str, port: int, lives: Callable[[], bool]) -> bool:
    """Wait until a server answers, whatever it says; False where it ends before it does."""
    while lives():
        asked = HTTPConnection(host, port, timeout=LONGEST_ANSWER)
        try:
            asked.request("GET", "/alive", headers={"Host": "127.0.0.1"})
            asked.getresponse().read()
        except (OSError, HTTPException):
            time.sleep(POLL)
        else:
            return True
        finally:
            asked.close()
    return False


def clear(folder: Path) -> None:
    """Remove what a demonstration left in its state folder, and nothing else."""
    for name in OURS:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def migrate() -> None:
    """Bring the database up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def collect() -> None:
    """Gather the static files, compressed, where the server finds them."""
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False, clear=False)


def at(host: str, port: int) -> None:
    """Tell the clinic where it is reached, and to be quiet, unless the environment says more."""
    os.environ.setdefault("ATTUNEMENT_ADDRESS", f"http://{host}:{port}")
    os.environ.setdefault("ATTUNEMENT_HOSTS", f"localhost,127.0.0.1,[::1],{host}")
    os.environ.setdefault("ATTUNEMENT_LOG_LEVEL", "warning")
