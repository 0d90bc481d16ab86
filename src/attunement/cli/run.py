"""The entry point: what a command's end means to whoever called it."""

import os
import shutil
import signal
import sys
import textwrap
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from attunement.cli.app import app
from attunement.problems import Problem

FINE, OURS, YOURS, INTERRUPTED = 0, 1, 2, 130
DEBUG = "ATTUNEMENT_DEBUG"
NOBODY_READS = 1
ENDINGS: dict[object, int] = {
    None: FINE,
    FINE: FINE,
    YOURS: YOURS,
    INTERRUPTED: INTERRUPTED,
    NOBODY_READS: FINE,
}
"""What typer leaves with, and what that means: it says 1 only where its output was closed."""


def main() -> NoReturn:
    """Run one command of ``attunement`` and leave with its exit code."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    signal.signal(signal.SIGTERM, stop)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns
    -------
    int
        0 when all is well; 2 when the user can mend what is wrong, which one sentence on standard
        error says; 1 when the mistake is ours; 130 when interrupted.
    """
    try:
        app(list(arguments), prog_name="attunement")
    except SystemExit as left:
        return ENDINGS.get(left.code, OURS)
    except Problem as problem:
        say(str(problem))
        return YOURS
    except KeyboardInterrupt:
        return INTERRUPTED
    except MemoryError:
        say("There is not enough memory for this file; try --engine duckdb, or a larger machine.")
        return YOURS
    except Exception as error:
        if os.environ.get(DEBUG):
            traceback.print_exc()
        say(own_mistake(error))
        return OURS
    return FINE


def say(sentence: str) -> None:
    """Write to standard error: one line, or whole words in a terminal."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        sentence = textwrap.fill(sentence, width, break_long_words=False, break_on_hyphens=False)
    print(sentence, file=sys.stderr)  # noqa: T201


def own_mistake(error: Exception) -> str:
    """Describe a mistake of ours without a word of anybody's data."""
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if f"{os.sep}attunement{os.sep}" in frame.filename
    ]
    where = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return (
        f"Attunement made a mistake ({type(error).__name__}{where}), and nothing was written. "
        f"Please report it with this line and the command, without any client's data; "
        f"{DEBUG}=1 shows more, for your eyes only."
    )


def stop(_number: int, _frame: FrameType | None) -> None:
    """End like an interruption, so that nothing half-written stays behind."""
    raise KeyboardInterrupt
