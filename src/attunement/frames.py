"""Any kind of table in, the same kind out.

Polars, DuckDB and Spark run the same Narwhals expressions themselves; pandas and PyArrow
tables travel through Polars and come back as what they were.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import narwhals as nw
import polars as pl

from attunement.problems import Problem

Lazy = nw.LazyFrame[Any]
P = ParamSpec("P")


def to_lazy(table: Any) -> Lazy:
    """Open a table of any supported kind as a Narwhals lazy frame.

    Raises
    ------
    Problem
        If it is not a table that Narwhals knows.
    """
    try:
        frame = nw.from_native(table)
    except TypeError as error:
        raise Problem(
            f"a {type(table).__name__} is not a table",
            "hand in a Polars, pandas, PyArrow, DuckDB or Spark table",
        ) from error
    return frame if isinstance(frame, nw.LazyFrame) else nw.from_native(frame.to_polars().lazy())


def to_polars(frame: Lazy) -> pl.DataFrame:
    """Run what was planned and bring the result into memory."""
    return frame.collect(backend="polars").to_polars()


def like(frame: Lazy, table: Any) -> Any:
    """Give a lazy frame the kind that ``table`` has."""
    wanted = nw.from_native(table)
    if isinstance(wanted, nw.LazyFrame):
        return frame.to_native()
    result = to_polars(frame)
    if wanted.implementation.is_polars():
        return result
    return result.to_arrow() if wanted.implementation.is_pyarrow() else result.to_pandas()


def any_table(
    function: Callable[Concatenate[Lazy, P], Lazy],
) -> Callable[Concatenate[Any, P], Any]:
    """Let a function of lazy frames take and return the user's own kind of table."""

    @wraps(function)
    def wrapper(table: Any, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        return like(function(to_lazy(table), *args, **kwargs), table)

    return wrapper
