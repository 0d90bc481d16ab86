"""The strategies in the box."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from attunement.guidance.sources import bibliography
from attunement.guidance.strategies.model import Strategy
from attunement.guidance.strategies.reading import parse
from attunement.problems import Problem

Strategies = Mapping[str, Strategy]


@cache
def strategies() -> Strategies:
    """All strategies by id, in the order of their ids.

    What each rests on stands in its own evidence
    (:class:`~attunement.guidance.strategies.model.Evidence`).

    Examples
    --------
    >>> list(strategies())[:2]
    ['a-line-before-the-session', 'agree-a-depth']
    """
    folder = files("attunement.guidance") / "library" / "strategies"
    found = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".md")),
        key=lambda file: file.name,
    )
    read = [parse(file.read_text(encoding="utf-8"), file.name, bibliography()) for file in found]
    return MappingProxyType({strategy.id: strategy for strategy in read})


def find_strategy(name: str) -> Strategy:
    """Find a strategy by its id.

    What each rests on stands in its own evidence
    (:class:`~attunement.guidance.strategies.model.Evidence`).

    Raises
    ------
    Problem
        If there is none of that name.

    Examples
    --------
    >>> find_strategy("agree-a-depth").title
    'Agree how deep to go, and how to come up again'
    """
    found = strategies().get(name)
    if found is None:
        raise Problem(f"there is no strategy {name!r}", "attunement strategies lists them")
    return found
