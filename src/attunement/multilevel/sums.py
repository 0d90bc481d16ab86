"""One pass over the rows on any engine: the sums of products of every client."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl

from attunement.frames import Lazy
from attunement.multilevel.design import Design
from attunement.multilevel.stacks import Array
from attunement.problems import Problem

GLIMPSE = 10_000


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Sums of products; columns are the constant, those of the design, and the outcome.

    Attributes
    ----------
    groups : polars.DataFrame
        The names of the smallest groups.
    centre : shape (columns,)
        What was taken off each column, so that nothing is lost where its values are large and
        alike; 0 for the constant.
    total : shape (columns, columns)
        Over all rows.
    cross : shape (random, columns, groups)
        Those with the constant and the columns whose effects vary, within each group.
    """

    groups: pl.DataFrame
    centre: Array
    total: Array
    cross: Array

    @property
    def rows(self) -> int:
        """How many rows were complete."""
        return int(self.total[0, 0])


def sums_of(table: Lazy, design: Design) -> Sums:
    """Sum products over rows, within groups and over all.

    Rows that lack the outcome, a group's name or a value of any column are left out.

    Raises
    ------
    Problem
        If no row is complete, or one holds an infinite number.
    """
    rows, names = complete_rows(table, design)
    centre = centre_of(rows, names)
    moved = rows.with_columns(
        nw.col(name) - value for name, value in zip(names, centre, strict=True) if value
    )
    random = names[: len(design.random)]
    keys = [f"_k{place}" for place in range(len(design.keys))]
    within = moved.group_by(keys).agg(
        nw.len().cast(nw.Float64).alias("_n"), *sums(names), *sums_of_products(random, names)
    )
    over_all = moved.select(nw.len().alias("_n"), *sums(names), *sums_of_products(names, names))
    groups, whole = in_memory(within), in_memory(over_all)
    total = square(whole, names, names)[..., 0]
    if not np.isfinite(total).all():
        raise Problem("the table holds an infinite number", "correct it, or leave it empty")
    return Sums(
        groups=groups.select(
            pl.col(key).alias(name) for key, name in zip(keys, design.keys, strict=True)
        ),
        centre=np.array([0.0, *centre]),
        total=total,
        cross=square(groups, random, names),
    )


def complete_rows(table: Lazy, design: Design) -> tuple[Lazy, list[str]]:
    """Keep what the model needs, under short names: groups, columns, and the outcome last."""
    keys = [nw.col(name).alias(f"_k{place}") for place, name in enumerate(design.keys)]
    columns = [*design.columns, design.outcome]
    names = [f"_c{place}" for place in range(len(columns))]
    values = [
        column.values.cast(nw.Float64).fill_nan(None).alias(name)
        for column, name in zip(columns, names, strict=True)
    ]
    return table.select(*keys, *values).drop_nulls(), names


def centre_of(rows: Lazy, names: Sequence[str]) -> list[float]:
    """Find a round number amid each column's values, by a glimpse at the first rows.

    Round numbers keep sums of whole numbers exact, so that equal designs are seen to be equal.
    """
    first = rows.select(*names).head(GLIMPSE).collect(backend="polars").to_polars()
    if first.is_empty():
        raise Problem(
            "no row has everything that the model needs",
            "fill in the outcome, the groups' names and every column of the formula",
        )
    return [rounded(float(column.mean()), float(column.std() or 0.0)) for column in first]  # type: ignore[arg-type]


def rounded(mean: float, spread: float) -> float:
    """Round a mean to the power of two just above its spread."""
    if not np.isfinite(mean + spread):
        return 0.0
    unit = 2.0 ** np.ceil(np.log2(spread)) if spread else 2.0**-20
    return float(np.round(mean / unit) * unit)


def sums(names: Sequence[str]) -> list[nw.Expr]:
    """Sum every column."""
    return [nw.col(name).sum() for name in names]


def sums_of_products(left: Sequence[str], right: Sequence[str]) -> list[nw.Expr]:
    """Sum the product of each column of one list with each of the other, each pair once."""
    return [
        (nw.col(one) * nw.col(other)).sum().alias(one + other)
        for place, one in enumerate(left)
        for other in right[place:]
    ]


def in_memory(frame: Lazy) -> pl.DataFrame:
    """Run a plan, holding no more than its result in memory where the engine can."""
    if frame.implementation.is_polars():
        return frame.collect(backend="polars", engine="streaming").to_polars()
    return frame.collect(backend="polars").to_polars()


def square(found: pl.DataFrame, left: Sequence[str], right: Sequence[str]) -> Array:
    """Arrange sums as (constant and left, constant and right, groups)."""
    value = {name: found[name].to_numpy() for name in found.columns if not name.startswith("_k")}
    size = len(found)
    result = np.empty((1 + len(left), 1 + len(right), size))
    result[0, 0] = value["_n"]
    for column, other in enumerate(right, 1):
        result[0, column] = value[other]
    for row, one in enumerate(left, 1):
        result[row, 0] = value[one]
        for column, other in enumerate(right, 1):
            pair = (one, other) if row <= column else (other, one)
            result[row, column] = value["".join(pair)]
    return result
