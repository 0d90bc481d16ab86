"""A small table of ours beside a large table of the user's, on the engine that holds it."""

from typing import Any

import narwhals as nw
import polars as pl

from attunement.frames import Lazy
from attunement.problems import Problem


def beside(frame: Lazy, small: pl.DataFrame) -> Lazy:
    """Bring a small table to the engine of ``frame``, so that the two can be joined.

    Our own; it reckons nothing.

    Parameters
    ----------
    frame
        A table on any engine.
    small
        Some hundred rows of text, numbers and flags, without nulls.

    Raises
    ------
    Problem
        If the engine is not one we know.

    Examples
    --------
    >>> from attunement.frames import to_lazy
    >>> answers = pl.DataFrame({"item": ["a", "b"], "value": [1, 2]})
    >>> small = pl.DataFrame({"item": ["a", "b"], "sign": [1, -1]})
    >>> frame = to_lazy(answers)
    >>> frame.join(beside(frame, small), on="item").collect().to_native()["sign"].to_list()
    [1, -1]
    """
    engine = frame.implementation
    if engine.is_polars():
        return _open(small.lazy())
    if engine.is_duckdb():
        names = ", ".join(small.columns)
        rows = ", ".join(map(_sql_row, small.iter_rows()))
        query = f"SELECT * FROM (VALUES {rows}) AS small({names})"  # noqa: S608 - quoted below
        return _open(frame.to_native().query("attunement_beside", query))
    if engine.is_pyspark() or engine.is_pyspark_connect():
        session = frame.to_native().sparkSession
        return _open(session.createDataFrame(small.rows(), small.columns))
    raise Problem(
        f"responses on {engine.name.lower()} cannot be scored",
        "hand in a Polars, pandas, PyArrow, DuckDB or Spark table",
    )


def _open(table: Any) -> Lazy:
    opened: Lazy = nw.from_native(table)
    return opened


def _sql_row(row: tuple[str | float | bool, ...]) -> str:
    return f"({', '.join(map(_sql, row))})"


def _sql(value: str | float | bool) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower() if isinstance(value, bool) else f"{value!r}::DOUBLE"
