"""The four lenses as worksheets: data in TOML files, one each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from attunement.problems import Problem

ORDER = ("cbt", "act", "psychodynamic", "person-centred")
FEWEST_QUESTIONS = 4


@dataclass(frozen=True, kw_only=True)
class Part:
    """One field of a worksheet.

    Attributes
    ----------
    id : str
    title : str
        What it is called, for both people.
    ask : str
        What the therapist asks themselves.
    for_client : str
        The same in plain words, for the client who adds their own.
    """

    id: str
    title: str
    ask: str
    for_client: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question that a lens asks of a case seen through another.

    Attributes
    ----------
    id : str
    text : str
        The question as it stands without anything written.
    quotes : tuple of str
        Parts of other lenses (``cbt.thoughts``) that it may take up, the first written one first.
    taking_up : str
        The question where such a part is written; ``%(words)s`` are the words written there.
    items : tuple of str
        Answers of the check-in that speak for asking it when they are low.
    """

    id: str
    text: str
    quotes: tuple[str, ...] = ()
    taking_up: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Lens:
    """One way of seeing a case.

    Attributes
    ----------
    id, title, about : str
        For machines; its name; and what it looks at.
    source, standing : str
        What it rests on, and how far that was checked.
    parts : tuple of Part
        The fields of its worksheet.
    questions : tuple of Asked
        What it asks of a case seen through another lens.
    """

    id: str
    title: str
    about: str
    source: str
    standing: str
    parts: tuple[Part, ...]
    questions: tuple[Asked, ...]

    def part(self, id_: str) -> Part | None:
        """Find a part by its id."""
        return next((one for one in self.parts if one.id == id_), None)


@cache
def lenses() -> Mapping[str, Lens]:
    """Give the four lenses by id: CBT, ACT, psychodynamic, person-centred.

    The worksheets are our own words for what each lens asks; their files name what they rest on.

    Raises
    ------
    Problem
        If a file of the box is wrong.

    Examples
    --------
    >>> list(lenses())
    ['cbt', 'act', 'psychodynamic', 'person-centred']
    """
    folder = files("attunement.formulation") / "library"
    found = {
        name: parse(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")
        for name in ORDER
    }
    known = {f"{lens.id}.{part.id}" for lens in found.values() for part in lens.parts}
    for lens in found.values():
        for one in lens.questions:
            for quoted in one.quotes:
                if quoted not in known or quoted.startswith(f"{lens.id}."):
                    raise Problem(
                        f"'{quoted}' is no part of another lens",
                        file=f"{lens.id}.toml",
                        field=one.id,
                    )
    return MappingProxyType(found)


def parse(text: str, file: str) -> Lens:
    """Read one lens.

    Raises
    ------
    Problem
        If something is missing, unknown or there twice.
    """
    read: dict[str, Any] = tomllib.loads(text)
    try:
        lens = Lens(
            **read
            | {
                "parts": tuple(Part(**one) for one in read["parts"]),
                "questions": tuple(
                    Asked(**{name: listed(value) for name, value in one.items()})
                    for one in read["questions"]
                ),
            }
        )
    except (KeyError, TypeError) as error:
        raise Problem("the worksheet is not as it should be", str(error), file=file) from error
    for ids in ([one.id for one in lens.parts], [one.id for one in lens.questions]):
        if len(ids) != len(set(ids)):
            raise Problem("an id is there twice", "give each its own", file=file)
    if len(lens.questions) < FEWEST_QUESTIONS:
        raise Problem(f"a lens asks at least {FEWEST_QUESTIONS} questions", file=file)
    for one in lens.questions:
        if bool(one.quotes) != ("%(words)s" in one.taking_up):
            raise Problem("a question that takes words up says where", file=file, field=one.id)
    return lens


def listed(value: Any) -> Any:
    """Give lists as tuples."""
    return tuple(value) if isinstance(value, list) else value
