"""One pass over the rows on any engine: the sums of products of every client."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl

from attunement.frames import Lazy, to_polars
from attunement.multilevel.design import Design
from attunement.multilevel.stacks import Array
from attunement.problems import Problem

GLIMPSE = 1_000
ONE = "_1"
ORDER = "_order"


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
    rows : int
        How many rows were complete.
    total : shape (columns, columns)
        Over all rows.
    cross : shape (random, columns, groups)
        Those with the constant and the columns whose effects vary, within each group.
    logs : float
        The logarithm of the determinant of the residuals' correlation matrix: 0 but for
        autocorrelation.
    """

    groups: pl.DataFrame
    centre: Array
    rows: int
    total: Array
    cross: Array
    logs: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows that a model needs, planned but not yet read.

    Attributes
    ----------
    frame : narwhals.LazyFrame
        Groups ``_k0``, ``_k1`` ... and centred columns ``_c0``, ``_c1`` ..., the outcome last.
    keys, names : list of str
    centre : list of float
    """

    frame: Lazy
    keys: list[str]
    names: list[str]
    centre: list[float]


def rows_of(table: Lazy, design: Design, centre: Sequence[float] | None = None) -> Rows:
    """Keep what the model needs, under short names; rows that lack any of it are left out."""
    columns = [*design.columns, design.outcome]
    keys = [f"_k{place}" for place in range(len(design.keys))]
    names = [f"_c{place}" for place in range(len(columns))]
    order = [] if design.order is None else [nw.col(design.order).cast(nw.Float64).alias(ORDER)]
    complete = table.select(
        *(nw.col(name).alias(key) for name, key in zip(design.keys, keys, strict=True)),
        *(
            column.values.cast(nw.Float64).fill_nan(None).alias(name)
            for column, name in zip(columns, names, strict=True)
        ),
        *order,
    ).drop_nulls()
    centre = list(centre if centre is not None else centre_of(complete, names))
    moved = complete.with_columns(
        nw.col(name) - value for name, value in zip(names, centre, strict=True) if value
    )
    return Rows(frame=moved, keys=keys, names=names, centre=centre)


def sums_of(rows: Rows, design: Design) -> Sums:
    """Sum products over rows, within groups and over all.

    Raises
    ------
    Problem
        If one row holds an infinite number.
    """
    names, random = rows.names, rows.names[: len(design.random)]
    one = nw.len().cast(nw.Float64).alias("_1_1")
    sums = [nw.col(name).sum().alias(f"_1{name}") for name in names]
    within = rows.frame.group_by(rows.keys).agg(one, *sums, *products(random, names))
    over_all = rows.frame.select(one, *sums, *products(names, names))
    groups, whole = both_in_memory(within, over_all)
    total = arranged(whole, [ONE, *names], [ONE, *names])[..., 0]
    return summed(
        rows, design, groups, total, arranged(groups, [ONE, *random], [ONE, *names]), total[0, 0]
    )


def summed(
    rows: Rows, design: Design, groups: pl.DataFrame, total: Array, cross: Array, count: float
) -> Sums:
    """Put sums together, once they are known to be finite."""
    if not np.isfinite(total).all():
        raise Problem("the table holds an infinite number", "correct it, or leave it empty")
    return Sums(
        groups=groups.select(
            pl.col(key).alias(name) for key, name in zip(rows.keys, design.keys, strict=True)
        ),
        centre=np.array([0.0, *rows.centre]),
        rows=int(count),
        total=total,
        cross=cross,
    )


def centre_of(rows: Lazy, names: Sequence[str]) -> list[float]:
    """Find a round number amid each column's values, by a glimpse at the first rows.

    Round numbers keep sums of whole numbers exact, so that equal designs are seen to be equal.

    Raises
    ------
    Problem
        If there is no row.
    """
    first = in_memory(rows.select(*names).head(GLIMPSE))
    if first.is_empty():
        raise Problem(
            "no row has everything that the model needs",
            "fill in the outcome, the groups' names and every column of the formula",
        )
    means, spreads = first.mean().row(0), first.std(ddof=0).row(0)
    return [rounded(*pair) for pair in zip(means, spreads, strict=True)]


def rounded(mean: float, spread: float) -> float:
    """Round a mean to the power of two just above its spread."""
    if not np.isfinite(mean + spread):
        return 0.0
    unit = 2.0 ** np.ceil(np.log2(spread)) if spread else 2.0**-20
    return float(np.round(mean / unit) * unit)


def products(left: Sequence[str], right: Sequence[str]) -> list[nw.Expr]:
    """Sum the product of each column of one list with each of the other, each pair once.

    The columns of ``left`` are the first of ``right``.
    """
    return [
        (nw.col(one) * nw.col(other)).sum().alias(one + other)
        for place, one in enumerate(left)
        for other in right[place:]
    ]


def in_memory(frame: Lazy) -> pl.DataFrame:
    """Run a plan, holding no more than its result in memory where the engine can."""
    if frame.implementation.is_polars():
        return frame.collect(backend="polars", engine="streaming").to_polars()
    return to_polars(frame)


def both_in_memory(one: Lazy, other: Lazy) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Run two plans; an engine that can reads what they share but once."""
    if not one.implementation.is_polars():
        return in_memory(one), in_memory(other)
    first, second = pl.collect_all([one.to_native(), other.to_native()], engine="streaming")
    return first, second


def arranged(found: pl.DataFrame, left: Sequence[str], right: Sequence[str]) -> Array:
    """Arrange sums of products as (left, right, groups)."""
    result = np.empty((len(left), len(right), len(found)))
    for row, one in enumerate(left):
        for column, other in enumerate(right):
            pair = one + other if row <= column else other + one
            result[row, column] = found[pair].to_numpy()
    return result
