"""The entry point: what a command's end means to whoever called it."""

import os
import shutil
import signal
import sys
import textwrap
import traceback
import warnings
from collections.abc import Sequence
from contextlib import suppress
from errno import EBADF, EDQUOT, EFBIG, EIO, ENOSPC, EPIPE
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import NoReturn

from typer.exceptions import TyperException

import attunement
from attunement.cli import INTERRUPTED
from attunement.cli.app import app
from attunement.cli.pairs import spread
from attunement.problems import Problem

FINE, OURS, YOURS = 0, 1, 2
DEBUG = "ATTUNEMENT_DEBUG"
NOBODY_READS = 1
PACKAGE = Path(attunement.__file__).parent
ENDINGS: dict[object, int] = {
    None: FINE,
    FINE: FINE,
    YOURS: YOURS,
    INTERRUPTED: INTERRUPTED,
    NOBODY_READS: FINE,
}
"""What typer leaves with, and what that means: it says 1 only where its output was closed."""
NO_ROOM = {EBADF, EDQUOT, EFBIG, EIO, ENOSPC}
STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")
stopped: list[int] = []
"""Signals that asked to stop: what goes wrong afterwards is no mistake of anybody's."""


def main() -> NoReturn:
    """Run one command of ``attunement`` and leave with its exit code."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    prepare_streams()
    listen()
    try:
        code = deliver(run(sys.argv[1:]))
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


def prepare_streams() -> None:
    """See to it that there is standard output and error, and that no letter is too much for them.

    A stream that was closed would otherwise lend its number to the next file that is opened.
    """
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def listen() -> None:
    """Let signals that ask to stop end a command like an interruption, unless they are ignored."""
    for name in STOPPING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns
    -------
    int
        0 when all is well; 2 when the user can mend what is wrong, which one sentence on standard
        error says; 1 when the mistake is ours; 130 when interrupted.
    """
    try:
        code = app(spread(arguments), prog_name="attunement", standalone_mode=False)
    except SystemExit as left:
        return INTERRUPTED if stopped else ENDINGS.get(left.code, OURS)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BaseException as error:
        return INTERRUPTED if stopped else explained(error)
    return ENDINGS.get(code, OURS)


def explained(error: BaseException) -> int:
    """Say what went wrong; give the exit code."""
    if isinstance(error, Problem):
        say(str(error))
    elif isinstance(error, TyperException):
        if sentence := misused(error):
            say(sentence)
    elif isinstance(error, MemoryError):
        say("There is not enough memory for this file; try --engine duckdb, or a larger machine.")
    elif isinstance(error, OSError) and error.filename is None and error.errno in NO_ROOM:
        say(not_shown(error))
    else:
        if os.environ.get(DEBUG):
            traceback.print_exception(error)
        say(own_mistake(error))
        return OURS
    return YOURS


def misused(error: TyperException) -> str:
    """Say in one sentence what cannot be understood; nothing where the help was shown instead."""
    what = " ".join(error.format_message().replace("Value error, ", "").split()).rstrip(".")
    context = getattr(error, "ctx", None)
    return what and f"{what}; see {context.command_path if context else 'attunement'} --help."


def deliver(code: int) -> int:
    """Let go of what was printed, as long as somebody can be told that it went nowhere.

    Returns
    -------
    int
        The code given; 2 instead of 0 when there is no room for what was printed.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        silence()
        if code == FINE and error.errno != EPIPE:
            say(not_shown(error))
            return YOURS
    return code


def silence() -> None:
    """Throw away what standard output still holds: Python would try again and complain."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say(sentence: str) -> None:
    """Write to standard error: one line, or whole words in a terminal."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        sentence = textwrap.fill(sentence, width, break_long_words=False, break_on_hyphens=False)
    with suppress(OSError):
        print(sentence, file=sys.stderr, flush=True)  # noqa: T201


def not_shown(error: OSError) -> str:
    """Say that standard output takes nothing more."""
    reason = (error.strerror or "unknown reason").lower()
    return f"The output could not be shown in full ({reason}); make room, or send it elsewhere."


def own_mistake(error: BaseException) -> str:
    """Describe a mistake of ours without a word of anybody's data."""
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(PACKAGE)
    ]
    where = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return (
        f"Attunement made a mistake ({type(error).__name__}{where}). "
        f"Please report it with this line and the command, without any client's data; "
        f"{DEBUG}=1 shows more, for your eyes only."
    )


def stop(number: int, _frame: FrameType | None) -> None:
    """End like an interruption, so that nothing half-written stays behind."""
    stopped.append(number)
    raise KeyboardInterrupt
