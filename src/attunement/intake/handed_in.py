"""What a table means that was handed in without a file."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import narwhals as nw

from attunement.frames import to_lazy, to_polars
from attunement.intake.meanings import known_meanings
from attunement.measures.instruments.catalogue import find_scale
from attunement.measures.scale import Direction, Scale
from attunement.problems import Problem
from attunement.tables import SCORES

Meanings = Mapping[str, str | Scale]


def meanings_of(scores: Any, scales: Meanings | None) -> dict[str, Scale]:
    """Say what every name in the column ``scale`` means.

    Raises
    ------
    Problem
        If one is not known.
    """
    SCORES.require(scores)
    given = scales or {}
    table = to_polars(to_lazy(scores).select("scale").unique())
    names = sorted(str(name) for name in table["scale"].drop_nulls())
    declared = {name: word for name, word in given.items() if isinstance(word, str)}
    known = known_meanings(
        (name for name in names if name not in given or name in declared), declared, find_scale
    )
    known |= {name: scale for name, scale in given.items() if isinstance(scale, Scale)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Problem(
            f"'{unknown[0]}' is no scale of an instrument in the box",
            f"say which way is better: scales={{'{unknown[0]}': '{Direction.LOWER}'}}",
        )
    return {name: _renamed(known[name], name) for name in names}


def _renamed(scale: Scale, name: str) -> Scale:
    """Give a scale the name it has in the user's table."""
    return replace(scale, name=name)


def each_row_once(scores: Any) -> None:
    """Refuse a table in which a client has two scores of one scale at one session."""
    key = list(SCORES.key)
    twice = to_polars(
        to_lazy(scores).group_by(key).agg(rows=nw.len()).filter(nw.col("rows") > 1).head(1)
    )
    if len(twice):
        client, scale, session = (twice[name][0] for name in key)
        raise Problem(
            f"client {client} has several scores of {scale} at session {session}",
            "keep one, or number the sessions anew",
        )
