"""What stands on a page, before it is HTML or PDF; figures stand in it by their names.

``[[name]]`` in a text stands for a figure with its interval; ``[[name|value]]`` for its value,
``[[name|size]]`` for that without its sign, ``[[name|n]]`` and ``[[name|of]]`` for its counts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from attunement.report.programme.figures import COUNT, NUMBER, POINTS, SD, SHARE, Figure, Figures
from attunement.report.words import plain

NAMED = re.compile(r"\[\[([^\[\]|]+)(?:\|(\w+))?\]\]")
WITHHELD = "withheld"
PLACES = {POINTS: 2, SD: 2, NUMBER: 3}
MINUS, HARD = "\u2212", "\u00a0"
SAFE = "/= ."


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph; a quiet one is beside the point."""

    text: str
    quiet: bool = False
    kind: str = "paragraph"


@dataclass(frozen=True, kw_only=True)
class Points:
    """A list."""

    items: tuple[str, ...]
    kind: str = "points"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table, whose first column names its rows."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = "grid"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing, its name among the others, and what it says to those who listen to it."""

    name: str
    svg: str
    spoken: str
    caption: str
    kind: str = "picture"


Block = Paragraph | Points | Grid | Picture


@dataclass(frozen=True, kw_only=True)
class Part:
    """Blocks under a heading."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A page for one kind of reader."""

    name: str
    title: str
    about: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole report."""

    title: str
    synthetic: bool
    drawn_on: str
    version: str
    sheets: tuple[Sheet, ...]
    figures: Figures = field(repr=False)


Mark = Callable[[str, Figure, str, float | int], str]


def named(figure: str, part: str = "") -> str:
    """Refer to a figure in a text, whatever characters its name has."""
    return f"[[{quote(figure, safe=SAFE)}|{part}]]" if part else f"[[{quote(figure, safe=SAFE)}]]"


def words(text: str) -> str:
    """Make a stranger's text, such as the name of a group, mean nothing but itself."""
    return plain(text).replace("[[", "[ [")


def filled(text: str, figures: Figures, mark: Mark | None = None) -> str:
    """Put figures into a text, each number through ``mark`` where one is given.

    Parameters
    ----------
    mark
        Given the written number, its figure, which part of it (value, low, high, n, of), and the
        number itself.
    """

    def one(found: re.Match[str]) -> str:
        return _written(figures[unquote(found[1])], found[2] or "", mark or _plain)

    return NAMED.sub(one, text)


def number(value: float, unit: str) -> str:
    """Write a number: shares in per cent, counts with commas."""
    if unit == SHARE:
        percent = 100 * value
        if 0 < percent < 0.05:
            return "under 0.1%"
        return f"{percent:.1f}%"
    if unit == COUNT:
        return f"{value:,.0f}"
    return f"{value:.{PLACES[unit]}f}".replace("-", MINUS)


def _plain(text: str, _figure: Figure, _part: str, _value: float) -> str:
    return text


def _written(one: Figure, part: str, mark: Mark) -> str:
    if part in ("n", "of"):
        count = one.n if part == "n" else one.of
        return WITHHELD if count is None else mark(number(count, COUNT), one, part, count)
    if part in ("low", "high"):
        end = one.low if part == "low" else one.high
        return WITHHELD if end is None else mark(number(end, one.unit), one, part, end)
    if one.value is None:
        return WITHHELD
    size = abs(one.value) if part == "size" else one.value
    said = mark(number(size, one.unit), one, part or "value", size)
    if part or one.low is None or one.high is None:
        return said
    low = mark(number(one.low, one.unit), one, "low", one.low)
    high = mark(number(one.high, one.unit), one, "high", one.high)
    return f"{said} ({low}{HARD}to{HARD}{high})"
