"""Tables with a row per client and session, checked and opened."""

from collections.abc import Iterable
from typing import Any

import narwhals as nw

from attunement.course.windows import known_scores
from attunement.frames import Lazy, to_lazy, to_polars
from attunement.problems import Problem
from attunement.tables import Table


def open_table(table: Any, contract: Table) -> Lazy:
    """Open a table after checking that it has the columns and that its key is unique.

    Raises
    ------
    Problem
        If it is not a table, lacks a column, or holds the same key twice.
    """
    frame = to_lazy(table)
    contract.require(frame.to_native())
    twice = frame.group_by(*contract.key).agg(rows=nw.len()).filter(nw.col("rows") > 1).head(1)
    for row in to_polars(twice).iter_rows(named=True):
        named = ", ".join(f"{name} {row[name]}" for name in contract.key)
        raise Problem(
            f"the table of {contract.name} holds {row['rows']} rows for {named}", "keep one of them"
        )
    return frame


def scores_of(scores: Lazy, scale: str) -> Lazy:
    """Keep one scale's rows; a score that is not a finite number becomes missing.

    Raises
    ------
    Problem
        If the table has no row of that scale.
    """
    own = known_scores(scores, [scale])
    if to_polars(own.select("scale").head(1)).is_empty():
        raise Problem(f"there is no scale {scale!r} here", f"name one of {scales_in(scores)}")
    return own


def scales_in(scores: Lazy) -> str:
    """List the scales that a table holds, for a sentence."""
    names: Iterable[str] = to_polars(scores.select("scale").unique())["scale"].drop_nulls()
    return ", ".join(sorted(names)[:12]) or "none: the table is empty"
