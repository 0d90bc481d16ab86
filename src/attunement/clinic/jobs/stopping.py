"""Hear that the worker is asked to stop, from its first moment on."""

import signal
import threading
from types import FrameType


def hear(stop: threading.Event) -> None:
    """Let SIGTERM and SIGINT set an event, and break nothing off.

    An interruption that is raised while modules are loaded may be swallowed by one of them.
    """

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
