"""Which reasons are told of a session, and which are shown where somebody asks."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.guidance.reasons.judging import Judged
from attunement.guidance.reasons.library import TOGETHER, reasons_library
from attunement.guidance.reasons.rows import OPEN

MOST = 3
MOST_BEHIND = 3.5

Index = NDArray[np.int64]
Flags = NDArray[np.bool_]
About = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class Told:
    """One reason of a session: its session's place among those judged, its rank, and its parts.

    ``told`` says whether it is told unasked; ``parts`` are source, what is known of it (value,
    usual, unusual), and what it adds.
    """

    place: int
    rank: int
    reason: str
    strength: float
    told: bool
    parts: tuple[tuple[str, About, float], ...]


def standing(judged: Judged, most: int, *, asked: bool) -> tuple[Index, Flags, Flags]:
    """Rank what may be behind each session, and say what is told.

    Told is what outweighs its rarity and may be told (see :class:`.judging.Judged`), the strongest
    first. Where somebody asks what would fit best if something was off, all are taken to be equally
    likely: what is not told follows in the order of how much speaks for it, and a fall of all
    answers stands among it. Of what nothing is known, nothing is shown; where the data are too
    thin, only what something speaks for.

    Parameters
    ----------
    judged
        As weighed.
    most
        How many reasons are told at most, and down to which rank any are shown.
    asked
        Whether somebody asks.

    Returns
    -------
    Columns in their order, and of those, in the same order, which are told and which are shown:
    three arrays of sessions by columns.
    """
    strength = judged.strength
    best = strength[:, :-1].max(axis=1, keepdims=True, initial=-np.inf)
    told = strength > np.maximum(best - MOST_BEHIND, 0.0)
    told &= judged.tellable
    speaks = judged.speaks
    order = np.lexsort((-np.where(told, strength, speaks), ~told), axis=1)
    told = np.take_along_axis(told, order, axis=1)
    told &= np.cumsum(told, axis=1) <= most
    if not asked:
        return order, told, told
    speaks = np.take_along_axis(speaks, order, axis=1)
    thin = np.array([why is not None for why in judged.thin], dtype=bool)[:, None]
    known = np.isfinite(speaks) & (~thin | (speaks > 0))
    return order, told, told | (known & (np.arange(strength.shape[1]) < most))


def told_of(judged: Judged, most: int, *, asked: bool = False) -> list[Told]:
    """Pick what is told of each session, the strongest first; if asked, what comes next too."""
    ids = [*reasons_library(), TOGETHER]
    order, told, shown = standing(judged, most, asked=asked)
    parts: dict[tuple[int, str], list[tuple[str, float]]] = {}
    for where, reason, source, adds in judged.parts:
        parts.setdefault((where, reason), []).append((source, adds))
    found = []
    place_of = np.cumsum(shown, axis=1)
    for place, column in np.argwhere(shown).tolist():
        number = order[place, column]
        made = sorted(parts[place, ids[number]], key=lambda one: (-one[1], one[0]))
        found.append(
            Told(
                place=place,
                rank=int(place_of[place, column]),
                reason=ids[number],
                strength=float(judged.strength[place, number]),
                told=bool(told[place, column]),
                parts=tuple((s, _about(judged, place, s), adds) for s, adds in made),
            )
        )
    return found


def _about(judged: Judged, place: int, source: str) -> About:
    """Give value, usual and unusual of one source; None where there is none."""
    if source not in judged.about:
        return None, None, None
    value, usual, unusual = (
        float(one[place]) if np.isfinite(one[place]) else None for one in judged.about[source]
    )
    return value, usual, unusual


def audience_of(table: pl.DataFrame, row: int, source: str) -> str:
    """Say who may see a source; one that rests on all answers is as private as any of them."""
    own = f"audience:{source}"
    if own in table.columns:
        return table[own][row] or OPEN
    every = [table[name][row] for name in table.columns if name.startswith("audience:")]
    kept_back = [one for one in every if one not in (None, OPEN)]
    return kept_back[0] if kept_back else OPEN
