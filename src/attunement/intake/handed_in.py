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


def check_rows(scores: Any, scales: Mapping[str, Scale]) -> None:
    """Refuse rows that cannot be told apart or placed, and scores outside their scale.

    Raises
    ------
    Problem
        If a client, scale or session is missing, a client has two scores of one scale at one
        session, or a score is outside the scale's range.
    """
    key, table = list(SCORES.key), to_lazy(scores)
    for name in key:
        if len(to_polars(table.filter(nw.col(name).is_null()).select(name).head(1))):
            raise Problem(f"a row has no {name}", "fill it in, or leave the row out")
    twice = to_polars(table.group_by(key).agg(rows=nw.len()).filter(nw.col("rows") > 1).head(1))
    if len(twice):
        client, scale, session = (twice[name][0] for name in key)
        raise Problem(
            f"client {client} has several scores of {scale} at session {session}",
            "keep one, or number the sessions anew",
        )
    for scale in scales.values():
        if scale.low is None or scale.high is None:
            continue
        outside = to_polars(
            table.filter(
                nw.col("scale") == scale.name,
                nw.col("score").is_finite(),
                (nw.col("score") < scale.low) | (nw.col("score") > scale.high),
            ).head(1)
        )
        if len(outside):
            row = outside.row(0, named=True)
            raise Problem(
                f"client {row['client']} has {row['score']:g} on {scale.name} at session "
                f"{row['session']}, which goes from {scale.low:g} to {scale.high:g}",
                "correct it, or leave it empty",
            )
