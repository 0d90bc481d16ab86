"""Any kind of table in, the same kind out.

Polars, DuckDB and Spark run the same Narwhals expressions themselves; pandas and PyArrow
tables travel through Polars and come back as what they were.
"""

from collections import deque
from collections.abc import Callable, Iterator
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec

import narwhals as nw
import polars as pl
from polars.io.plugins import register_io_source

from attunement.problems import Problem

Lazy = nw.LazyFrame[Any]
P = ParamSpec("P")

# On a table of one client, to optimise a plan costs more than it saves.
AS_WRITTEN = pl.QueryOptFlags.none()


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


def hand_back(rows: pl.DataFrame, table: Any) -> Any:
    """Give a table made in memory the kind that ``table`` has, whatever its engine."""
    wanted = nw.from_native(table)
    if not isinstance(wanted, nw.LazyFrame) or wanted.implementation.is_polars():
        return like(to_lazy(rows), table)
    if wanted.implementation.is_pyspark():
        return table.sparkSession.createDataFrame(rows.to_arrow())
    return nw.from_native(rows).lazy(wanted.implementation).to_native()


def any_table(
    function: Callable[Concatenate[Lazy, P], Lazy],
) -> Callable[Concatenate[Any, P], Any]:
    """Let a function of lazy frames take and return the user's own kind of table."""

    @wraps(function)
    def wrapper(table: Any, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        return like(function(to_lazy(table), *args, **kwargs), table)

    return wrapper


def prepare(
    function: Callable[[pl.LazyFrame], pl.LazyFrame], schema: pl.Schema
) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Plan a computation once, to run it on many small tables.

    Planning takes several times longer than running on one client's table, so a web
    request pays for running alone. Calls from several threads wait for one another.

    Parameters
    ----------
    function
        From a lazy frame to a lazy frame.
    schema
        Of the tables to come.

    Returns
    -------
    The same computation, from a Polars table in memory to another.
    """
    lock, tables = Lock(), deque([pl.DataFrame(schema=schema)], maxlen=1)

    def rows(
        columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        table = tables[0]
        if columns is not None and columns != table.columns:
            table = table.select(columns)
        if n_rows is not None:
            table = table.head(n_rows)
        yield table if predicate is None else table.filter(predicate)

    plan = function(register_io_source(rows, schema=schema))

    def run(table: pl.DataFrame) -> pl.DataFrame:
        if table.schema != schema:
            table = table.select(schema.names()).cast(schema)
        with lock:
            tables.append(table)
            return plan.collect(engine="in-memory", optimizations=AS_WRITTEN)

    return run
