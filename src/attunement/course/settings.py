"""Settings that are one of a few words."""

from enum import StrEnum
from typing import TypeVar

from attunement.problems import Problem

Choice = TypeVar("Choice", bound=StrEnum)


def choose(kinds: type[Choice], name: str, field: str) -> Choice:
    """Read a setting that is one of a few words.

    Raises
    ------
    Problem
        If it is none of them.
    """
    try:
        return kinds(name)
    except ValueError as error:
        words = ", ".join(kinds)
        raise Problem(f"{name!r} is no {field}", f"choose one of {words}", field=field) from error
