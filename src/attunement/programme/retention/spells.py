"""How long every client was seen to stay, and how that ended, by each definition."""

from datetime import date
from typing import Any

import polars as pl

from attunement.course.attendance.dropout import Limits
from attunement.course.attendance.overview import attendance
from attunement.course.change.categories import Change
from attunement.frames import to_lazy, to_polars
from attunement.problems import Problem
from attunement.programme.retention.curve import COMPLETED, LEFT, OPEN


def spells(
    appointments: Any,
    *,
    limits: Limits | None = None,
    change: Change | None = None,
    until: date | None = None,
) -> pl.DataFrame:
    """Say of every client after how many attended sessions they left, completed, or are still seen.

    Of whom a definition cannot tell how it ended, it is known only that they came back after
    every session but the last they attended: their ``time`` is one less.

    Parameters
    ----------
    appointments
        Table of attendance (``attunement.tables.ATTENDANCE``) of any kind.
    limits, change, until
        As for :func:`attunement.course.attendance.overview.attendance`.

    Returns
    -------
    A row per client who came at least once and definition: ``client``, ``definition``, ``text``,
    ``time`` (attended sessions), ``outcome`` (see
    :func:`~attunement.programme.retention.curve.life_table`).

    Raises
    ------
    Problem
        If the table cannot be used, or nobody ever came.
    """
    found = attendance(appointments, change=change, limits=limits, until=until)
    people = _rows(found.people).select("client", "attended").filter(pl.col("attended") > 0)
    if people.is_empty():
        raise Problem("no client ever came", "check the column status")
    gone = pl.col("dropped_out")
    outcome = pl.when(gone.is_null()).then(OPEN).when(gone).then(LEFT).otherwise(COMPLETED)
    return (
        _rows(found.dropout)
        .join(people, on="client", how="inner")
        .join(_rows(found.rates).select("definition", "text"), on="definition", how="left")
        .with_columns(outcome=outcome.cast(pl.Int64))
        .select(
            "client",
            "definition",
            "text",
            time=pl.col("attended") - (pl.col("outcome") == OPEN).cast(pl.Int64),
            outcome="outcome",
        )
        .sort("definition", "client")
    )


def _rows(table: Any) -> pl.DataFrame:
    return to_polars(to_lazy(table))
