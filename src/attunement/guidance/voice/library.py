"""The words of the client's voice, and what the evidence says, as data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ChoiceWords:
    """One choice: its name, what happens then, and what is said once it is chosen."""

    title: str
    about: str
    done: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One thing that is known, in words that a client can read.

    ``source`` and ``finding`` name the entry of the bibliography; both are empty where the
    sentence says that nothing is known. ``unverified`` says that the figure was not read.
    """

    says: str
    source: str = ""
    finding: str = ""
    unverified: bool = False


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way on from a run of poor sessions, told without pressure."""

    id: str
    title: str
    about: str
    involves: tuple[str, ...]
    long: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, kw_only=True)
class Words:
    """All of it.

    Attributes
    ----------
    choices : mapping of str to ChoiceWords
    sentences : mapping of str to str
        A sentence to edit and bring, by item, and by theme after a run of poor sessions.
    names : mapping of str to str
        What an item is called in the middle of a sentence; tension also by why it is named.
    themes : mapping of str to str
        What a run of poor sessions was about.
    ways : tuple of Way
        Equal: talk about it, another way of working, another therapist.
    candour : mapping of str to str
        What is said beside the thanks.
    """

    choices: Mapping[str, ChoiceWords]
    sentences: Mapping[str, str]
    names: Mapping[str, str]
    themes: Mapping[str, str]
    ways: tuple[Way, ...]
    candour: Mapping[str, str]


@cache
def words() -> Words:
    """Read the words in the box.

    The words are our own; what they rest on stands in their evidence.

    Examples
    --------
    >>> words().choices["tell"].title
    'Tell my therapist now'
    """
    text = files("attunement.guidance.voice").joinpath("library.toml").read_text(encoding="utf-8")
    read: dict[str, Any] = tomllib.loads(text)
    return Words(
        choices={name: ChoiceWords(**one) for name, one in read["choices"].items()},
        sentences=MappingProxyType(read["sentences"]),
        names=MappingProxyType(read["names"]),
        themes=MappingProxyType(read["themes"]),
        ways=tuple(way(one) for one in read["ways"]),
        candour=MappingProxyType(read["candour"]),
    )


def way(read: dict[str, Any]) -> Way:
    """Read one way."""
    return Way(
        **read
        | {
            "involves": tuple(read["involves"]),
            "evidence": tuple(Evidence(**one) for one in read["evidence"]),
        }
    )
