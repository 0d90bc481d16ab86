"""The reasons as data: where each shows, and what may be said of it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from attunement.problems import Problem

ITEMS = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")
CHECK_IN = "session-check-in"
THERAPIST_CHECK_IN = "session-check-in-therapist"
VIEW = "view"
TOGETHER = "all_answers"
OTHER_SOURCES = (
    "tension", "therapist_tension", "attendance", "symptoms", "goal_agreement", "uniform",
    "hurried", "ceiling",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Named:
    """One reason as the library describes it.

    Attributes
    ----------
    id, title : str
        For machines, and for people.
    answers : mapping of str to float
        How far the answers that belong to it fall, in the client's own SDs for a strain of one;
        the answer that it is named after comes first.
    view : float
        How far the therapist's own form falls with them.
    sources : mapping of str to float
        How far other sources move with them.
    rarity : float
        What the evidence has to outweigh before the reason is told, as a logarithm of odds.
    therapist, client : str
        The possibility in one sentence, said to each of them.
    """

    id: str
    title: str
    rarity: float
    therapist: str
    client: str
    answers: Mapping[str, float] = field(default_factory=dict)
    view: float = 0.0
    sources: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        strange = [name for name in self.answers if name not in ITEMS]
        strange += [name for name in self.sources if name not in OTHER_SOURCES]
        if strange:
            raise Problem(f"the reason {self.id} rests on {strange[0]}, which is no source")
        if not self.answers and not self.sources:
            raise Problem(f"the reason {self.id} rests on nothing")


@cache
def reasons_library() -> Mapping[str, Named]:
    """Give the reasons in the box, by id, in their order.

    Raises
    ------
    Problem
        If the file that ships with the package has a mistake.
    """
    return MappingProxyType(
        {name: Named(id=name, **about) for name, about in _read()["reasons"].items()}
    )


@cache
def together() -> Named:
    """Give what competes with the reasons: a fall of all answers, which none of them explains."""
    general = _read()["general"]
    about = {name: general[name] for name in ("title", "rarity", "therapist", "client")}
    return Named(id=TOGETHER, answers=dict.fromkeys(ITEMS, 1.0), **about)


@cache
def named(reason: str) -> Named:
    """Give one reason, or the fall of all answers, by id."""
    return together() if reason == TOGETHER else reasons_library()[reason]


@cache
def thin_sentences() -> Mapping[str, str]:
    """Give the sentences that say why the data are too thin, by id."""
    return MappingProxyType(dict(_read()["thin"]))


@cache
def general_sentence() -> str:
    """Give the sentence for a fall of all answers together."""
    return str(_read()["general"]["sentence"])


@cache
def weight_words() -> Mapping[str, str]:
    """Give the words for how much speaks for a reason."""
    return MappingProxyType(dict(_read()["weight"]))


@cache
def evidence_words() -> Mapping[str, str]:
    """Give the patterns in which evidence is told, by source."""
    return MappingProxyType(dict(_read()["evidence"]))


@cache
def unusual_words() -> Mapping[str, str]:
    """Give the words for how far below usual an answer is."""
    return MappingProxyType(dict(_read()["unusual"]))


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("library.toml").read_text(encoding="utf-8"))
