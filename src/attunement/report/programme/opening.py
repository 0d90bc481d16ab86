"""Tables of any size, brought down to what a report needs: few columns, numbers for names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from attunement.course.attendance.appointments import CAME
from attunement.frames import to_lazy, to_polars
from attunement.problems import Problem
from attunement.programme.retention.known import ANSWERED_ON
from attunement.tables import ATTENDANCE, SCORES

VISITS = ("client", "session", "date", "status", "planned_end")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The tables of a programme; ``client`` is a whole number in all of them.

    Attributes
    ----------
    scores : polars.DataFrame
        ``client``, ``scale``, ``session``, ``score`` of the scales that are looked at, and
        ``therapist`` where people have one.
    attendance : polars.DataFrame or None
        As :data:`attunement.tables.ATTENDANCE`.
    people : polars.DataFrame
        A row per client who began: everybody who came at least once; without attendance, everybody
        there is.
    known : int
        Clients in any of the tables.
    """

    scores: pl.DataFrame
    attendance: pl.DataFrame | None
    people: pl.DataFrame
    known: int


def open_tables(
    scores: Any,
    attendance: Any = None,
    people: Any = None,
    *,
    scales: Sequence[str],
    columns: Sequence[str] = (),
) -> Opened:
    """Read from tables of any kind, such as DuckDB relations, only what a report needs.

    Parameters
    ----------
    scores, attendance, people
        Tables of any kind.
    scales
        Of which scores are kept.
    columns
        Of people, such as groups and units. What people lack and the scores have, such as
        therapist and site, is taken from a client's first row there.

    Raises
    ------
    Problem
        If a column is missing, or nobody ever came.
    """
    SCORES.require(scores)
    marks = to_lazy(scores)
    rows = None if people is None else _people(people, columns)
    visits = None if attendance is None else _visits(attendance)
    named = [table for table in (rows, visits) if table is not None]
    clients = _clients(
        [marks.select("client"), *(to_lazy(each).select("client") for each in named)]
    )
    kept = _scores(marks, scales, clients)
    visits = None if visits is None else _numbered(visits, clients)
    began = clients.select("number") if visits is None else _came(visits)
    own = began.rename({"number": "client"}).join(
        clients.rename({"number": "client", "client": "name"}), on="client", how="left"
    )
    if rows is not None:
        own = own.join(rows, left_on="name", right_on="client", how="left")
    own = _with_units(own, marks, columns, clients).drop("name").sort("client")
    lacking = [name for name in columns if name not in own.columns]
    if lacking:
        raise Problem(
            f"there is no column {lacking[0]} of people",
            "hand in a table of people with a row per client",
            field="people",
        )
    if "therapist" in own.columns:
        kept = kept.join(own.select("client", "therapist"), on="client", how="left")
    return Opened(scores=kept, attendance=visits, people=own, known=clients.height)


def _clients(tables: Sequence[nw.LazyFrame[Any]]) -> pl.DataFrame:
    """Give everybody a number, in the order of their names."""
    found = pl.concat(
        to_polars(table.unique()).select(pl.col("client").cast(pl.String)) for table in tables
    )
    names = found["client"].drop_nulls().unique().sort()
    if names.is_empty():
        raise Problem("there is no client in the tables", "check the column client")
    return pl.DataFrame({"client": names}).with_row_index("number").cast({"number": pl.Int64})


def _numbered(rows: pl.DataFrame, clients: pl.DataFrame) -> pl.DataFrame:
    others = [name for name in rows.columns if name != "client"]
    return (
        rows.with_columns(pl.col("client").cast(pl.String))
        .join(clients, on="client")
        .select(pl.col("number").alias("client"), *others)
    )


def _scores(marks: nw.LazyFrame[Any], scales: Sequence[str], clients: pl.DataFrame) -> pl.DataFrame:
    """Take one scale after the other, so that names of all are never in memory at once."""
    dated = [name for name in (ANSWERED_ON,) if name in marks.collect_schema().names()]
    wanted = ["client", "session", "score", *dated]
    parts = [
        _numbered(to_polars(marks.filter(nw.col("scale") == scale).select(wanted)), clients)
        .with_columns(scale=pl.lit(scale), score=pl.col("score").cast(pl.Float64).fill_nan(None))
        .select("client", "scale", "session", "score", *dated)
        for scale in scales
    ]
    empty = pl.DataFrame(
        schema={"client": pl.Int64, "scale": pl.String, "session": pl.Int64, "score": pl.Float64}
    )
    return pl.concat([part for part in parts if part.height] or [empty])


def _visits(attendance: Any) -> pl.DataFrame:
    ATTENDANCE.require(attendance)
    table = to_lazy(attendance)
    names = table.collect_schema().names()
    return to_polars(table.select(name for name in VISITS if name in names))


def _came(visits: pl.DataFrame) -> pl.DataFrame:
    came = visits.filter(pl.col("status").is_in(CAME)).select(number="client").unique()
    if came.is_empty():
        raise Problem("no client ever came", "check the column status")
    return came


def _people(people: Any, columns: Sequence[str]) -> pl.DataFrame:
    table = to_lazy(people)
    names = table.collect_schema().names()
    if "client" not in names:
        raise Problem("the table of people has no column client", "add it", field="people")
    own = [name for name in dict.fromkeys(columns) if name in names]
    rows = to_polars(table.select("client", *own)).drop_nulls("client")
    if rows["client"].dtype.is_float():
        rows = rows.with_columns(pl.col("client").cast(pl.Int64))
    rows = rows.with_columns(pl.col("client").cast(pl.String))
    for client in rows.filter(pl.col("client").is_duplicated())["client"].head(1):
        raise Problem(f"client {client} has two rows in the table of people", "keep one of them")
    return rows


def _with_units(
    own: pl.DataFrame, marks: nw.LazyFrame[Any], columns: Sequence[str], clients: pl.DataFrame
) -> pl.DataFrame:
    there = marks.collect_schema().names()
    names = [name for name in columns if name not in own.columns and name in there]
    if not names:
        return own
    first = to_polars(marks.group_by("client").agg(nw.col(*names).min()))
    return own.join(_numbered(first, clients), on="client", how="left")
