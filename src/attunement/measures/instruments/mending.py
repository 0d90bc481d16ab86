"""What a file with mistakes of shape was probably meant to be, to look for mistakes beyond them."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

STAND_INS = dict.fromkeys(("title", "measures", "for_whom", "source", "meaning", "label"), "?")
STAND_INS |= {"rater": "client", "standing": "our own choice"}
"""Fields on which no check beyond the shape depends, so that another value misleads nobody."""


@dataclass(frozen=True)
class Slip:
    """A mistake of shape.

    Attributes
    ----------
    place : tuple of str and int
        Where, from the top of the file.
    unknown : bool
        Whether there is no such field.
    meant : str or None
        The field that was probably meant.
    """

    place: tuple[Any, ...]
    unknown: bool
    meant: str | None


def mend(data: Any, slips: Iterable[Slip]) -> Any:
    """Copy a file's data with what was probably meant.

    A misspelt field gets the name it nearly has, an unknown one is left out, and a field of
    ``STAND_INS`` that is missing or wrong gets another value. All else stays as it is.
    """
    mended = deepcopy(data)
    for slip in sorted(slips, key=lambda slip: not slip.unknown):
        part, field = _at(mended, slip.place[:-1]), slip.place[-1]
        if not isinstance(part, dict):
            continue
        if slip.unknown:
            value = part.pop(field, None)
            if slip.meant is not None:
                part.setdefault(slip.meant, value)
        elif field in STAND_INS:
            part[field] = STAND_INS[field]
    return mended


def _at(data: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
