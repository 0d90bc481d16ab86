"""Tables of trials: columns by name, as arrays, with plain words where one is wanting."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.frames import to_lazy, to_polars
from attunement.problems import Problem

Array = NDArray[np.float64]


def columns_of(table: Any, *names: str) -> pl.DataFrame:
    """Bring the named columns of any kind of table into memory, NaN as null.

    Raises
    ------
    Problem
        If one is not there, or no row is.
    """
    lazy = to_lazy(table)
    known = lazy.collect_schema().names()
    for name in names:
        if name not in known:
            raise Problem(
                f"the table has no column {name}",
                f"name one of {', '.join(known[:12])}",
            )
    rows = to_polars(lazy.select(list(dict.fromkeys(names))))
    if rows.is_empty():
        raise Problem("the table has no rows", "hand in some")
    numbers = [name for name, kind in rows.schema.items() if kind.is_float()]
    return rows.with_columns(pl.col(numbers).fill_nan(None))


def numbers(rows: pl.DataFrame, name: str) -> Array:
    """Take one column as numbers, none of them missing.

    Raises
    ------
    Problem
        If it holds anything else.
    """
    column = rows[name]
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        raise Problem(f"the column {name} holds {column.dtype}, no numbers", "convert it")
    if column.null_count():
        raise Problem(
            f"the column {name} is empty in {column.null_count():,} rows",
            "fill it in, or leave those rows out and say so",
        )
    return column.cast(pl.Float64).to_numpy()


def zero_or_one(rows: pl.DataFrame, name: str) -> Array:
    """Take one column as 0 and 1, none of them missing.

    Raises
    ------
    Problem
        If it holds anything else.
    """
    values = numbers(rows, name)
    if not np.isin(values, (0, 1)).all():
        raise Problem(
            f"the column {name} holds {values[~np.isin(values, (0, 1))][0]:g}",
            "write 1 or true for yes, 0 or false for no",
        )
    return values


def codes(rows: pl.DataFrame, name: str) -> NDArray[np.int64]:
    """Turn the names in one column into numbers from 0, in their order.

    Raises
    ------
    Problem
        If one is missing.
    """
    if rows[name].null_count():
        raise Problem(f"a row has no {name}", "fill it in, or leave the row out")
    return rows[name].rank("dense").to_numpy().astype(np.int64) - 1
