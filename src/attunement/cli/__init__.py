"""The command line: parse, call a room, show what it says."""

import os
import signal
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130


def main() -> NoReturn:
    """Run one command of ``attunement`` and leave with its exit code.

    An interruption while modules are still being loaded ends at once: nothing is written yet.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, leave)
    from attunement.cli.run import main as begin

    begin()


def leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """End without a word."""
    os._exit(INTERRUPTED)


__all__ = ["main"]
