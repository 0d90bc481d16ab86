"""What people see: results on standard output, everything said about them on standard error."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from attunement.problems import harmless

WIDE = 120
UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029]")


def console(*, error: bool = False) -> Console:
    """Make a console that is plain where nobody watches."""
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else WIDE
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def notes(sentences: Iterable[str]) -> None:
    """Say on standard error what a careful reader would want to know."""
    screen = console(error=True)
    for sentence in sentences:
        text = Text(f"Note: {harmless(sentence)}", style="dim")
        screen.print(text, soft_wrap=not screen.is_terminal)


def say(sentence: str) -> None:
    """Say the result in words."""
    screen = console()
    screen.print(harmless(sentence), soft_wrap=not screen.is_terminal)


def counted(value: int, word: str, several: str = "") -> str:
    """Write a count with its noun: 1 client, 1,200 clients."""
    return f"{value:,} {word if value == 1 else several or f'{word}s'}"


def written(files: Sequence[Path]) -> None:
    """Say which files there are now, in one line, so that it can be copied."""
    if files:
        *others, last = (harmless(str(file)) for file in files)
        names = f"{', '.join(others)} and {last}" if others else last
        console().print(f"Written: {names}", soft_wrap=True)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that something goes on, where somebody watches."""
    screen = console(error=True)
    if screen.is_terminal:
        with screen.status(Text(harmless(what))):
            yield
    else:
        yield


@contextmanager
def steps(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far something has gone, where somebody watches.

    Yields a function of the number of steps done and of all.
    """
    screen = console(error=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(what, total=None)

        def advance(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        yield advance


def table(
    title: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]], caption: str = ""
) -> None:
    """Print a table.

    Parameters
    ----------
    columns
        Heading to ``left`` or ``right``.
    """
    grid = Table(
        title=Text(harmless(title), style="bold"),
        caption=Text(caption, style="dim") if caption else None,
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for heading, side in columns.items():
        grid.add_column(
            Text(harmless(heading)), justify="right" if side == "right" else "left", overflow="fold"
        )
    for row in rows:
        grid.add_row(*(Text(harmless(cell(value))) for value in row))
    console().print(grid)


def cell(value: object) -> str:
    """Write a value for people: at most two decimals, and a dash where nothing is known."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}" if isfinite(value) else "-"
    return str(value)


def as_json(value: Any) -> None:
    """Print JSON, and nothing else, on standard output; in ASCII where that is not UTF-8."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(plain(value), ensure_ascii=not unicode, indent=2)
    print(UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text))  # noqa: T201


def sound(text: str) -> str:
    """Write as escapes the bytes of a file's name that are no letters: JSON knows none."""
    return text.encode("utf-8", "backslashreplace").decode()


def plain(value: Any) -> Any:
    """Turn results into what JSON knows; what is not a finite number becomes null."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if hasattr(value, "to_dicts"):
        return plain(value.to_dicts())
    if isinstance(value, Mapping):
        return {sound(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, bool | int | None):
        return value
    if isinstance(value, str | date | Path):
        return sound(str(value))
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return value.item() if hasattr(value, "item") else str(value)
