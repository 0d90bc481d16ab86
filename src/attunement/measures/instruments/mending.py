"""What a file with mistakes of shape may have meant, to look for mistakes beyond them."""

from collections.abc import Iterable, Mapping, MutableMapping
from copy import deepcopy
from typing import Any

from pydantic import BaseModel

UNCHECKED = ("title", "measures", "for_whom", "rater", "source", "standing", "meaning", "label")
"""Fields on which no check beyond the shape depends, so that a stand-in misleads nobody."""


def mend(
    model: type[BaseModel], data: Mapping[str, Any], errors: Iterable[Any], guesses: Mapping[Any, str]
) -> Any:
    """Copy a file's data with what is plainly meant in place of what stands there.

    A misspelt field gets the name it nearly has, a field that is not known at all is left out,
    and a field of :data:`UNCHECKED` that is missing or wrong gets a stand-in. Everything else stays.
    """
