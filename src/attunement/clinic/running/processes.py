"""Server and worker as one command in the foreground, which ends when either is told to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

POLL, PATIENCE, LONGEST_WAIT = 0.2, 20.0, 30.0
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
QUIET = {"POLARS_MAX_THREADS": "1"}


def server(host: str, port: int, workers: int = 2) -> list[str]:
    """Give the command that serves the clinic."""
    return [
        sys.executable, "-m", "gunicorn", "attunement.clinic.conf.wsgi",
        "--config", "python:attunement.clinic.running.gunicorn",
        "--bind", f"{host}:{port}", "--workers", str(workers),
    ]  # fmt: skip


def worker() -> list[str]:
    """Give the command that does what is due."""
    return [sys.executable, "-m", "attunement", "clinic", "worker"]


@contextmanager
def unheard() -> Iterator[None]:
    """Hear of our end only afterwards: whoever is started meanwhile is known before that.

    Raises
    ------
    KeyboardInterrupt
        If we were told to end meanwhile.
    """
    heard: list[int] = []
    before = {one: signal.getsignal(one) for one in ENDING}
    listening = [one for one, handler in before.items() if handler is not signal.SIG_IGN]
    for one in listening:
        signal.signal(one, lambda number, _frame: heard.append(number))
    try:
        yield
    finally:
        for one in listening:
            signal.signal(one, before[one])
    if heard:
        raise KeyboardInterrupt


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a child that shares our terminal, is deaf to its Ctrl-C, and is ended by us.

    So it hears of its end once and in one way, even while it is still being loaded.
    """
    return subprocess.Popen(
        command,
        env={**os.environ, **QUIET},
        preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, {signal.SIGINT}),
    )


def together(
    serving: Sequence[str],
    working: Sequence[str],
    started: Callable[[Callable[[], bool]], None] = lambda _lives: None,
) -> int:
    """Run both until we are interrupted or the server ends; give the server's exit code.

    A worker that ends is started again, later each time.

    Parameters
    ----------
    started
        Called once both are started, with a function that says whether the server still runs.
    """
    children: dict[str, subprocess.Popen[bytes]] = {}
    wait, again = 1.0, 0.0
    try:
        with unheard():
            children["server"] = start(serving)
            children["worker"] = start(working)
        started(lambda: children["server"].poll() is None)
        while children["server"].poll() is None:
            time.sleep(POLL)
            if children["worker"].poll() is not None and time.monotonic() > again:
                with unheard():
                    children["worker"] = start(working)
                again, wait = time.monotonic() + wait, min(2 * wait, LONGEST_WAIT)
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        end(children.values())
    return children["server"].returncode or 0


def end(children: Iterable[subprocess.Popen[bytes]]) -> None:
    """Ask children to end, and end those that do not listen."""
    running = [child for child in children if child.poll() is None]
    for child in running:
        with suppress(ProcessLookupError):
            child.terminate()
    latest = time.monotonic() + PATIENCE
    for child in running:
        try:
            child.wait(max(0.1, latest - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
