"""Which reasons are told of a session: the strongest few, and none far behind the first."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from attunement.guidance.reasons.judging import Judged
from attunement.guidance.reasons.library import reasons_library
from attunement.guidance.reasons.rows import OPEN

MOST = 3
MOST_BEHIND = 3.5

About = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class Told:
    """One reason that is told: its session's place among those judged, and its parts.

    ``parts`` are source, what is known of it (value, usual, unusual), and what it adds.
    """

    place: int
    rank: int
    reason: str
    strength: float
    parts: tuple[tuple[str, About, float], ...]


def told_of(judged: Judged, most: int) -> list[Told]:
    """Pick what is told, session by session, the strongest first."""
    ids = list(reasons_library())
    if not len(judged.row):
        return []
    strength = judged.strength
    near = strength > strength.max(axis=1, keepdims=True) - MOST_BEHIND
    order = np.argsort(-strength, axis=1, kind="stable")
    told = []
    parts: dict[tuple[int, str], list[tuple[str, float]]] = {}
    for where, reason, source, adds in judged.parts:
        parts.setdefault((where, reason), []).append((source, adds))
    for place in np.flatnonzero((strength > 0).any(axis=1)).tolist():
        for rank, number in enumerate(order[place, :most].tolist()):
            if strength[place, number] > 0 and near[place, number]:
                made = sorted(parts[place, ids[number]], key=lambda one: (-one[1], one[0]))
                told.append(
                    Told(
                        place=place,
                        rank=rank + 1,
                        reason=ids[number],
                        strength=float(strength[place, number]),
                        parts=tuple((s, _about(judged, place, s), adds) for s, adds in made),
                    )
                )
    return told


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
