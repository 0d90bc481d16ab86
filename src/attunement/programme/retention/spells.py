"""How long every client was seen to stay, and how that ended, by each definition."""

from datetime import date
from typing import Any

import polars as pl

from attunement.course.attendance.appointments import CAME
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

    Of whom a definition cannot tell how it ended, only sessions count after which they came back,
    and which lie so far back that their silence would have been noticed: else those who stayed of
    late would be known, and those who left of late would not.

    The definitions name their sources (:class:`~attunement.course.attendance.dropout.Definition`).

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

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> seen = spells(simulate(Plan(clients=30, responses=False), seed=7).attendance)
    >>> seen = seen.filter(definition="before-planned-end").sort("client")
    >>> seen.select("client", "time", "outcome").row(0)
    ('client-01', 5, 2)
    """
    limits = limits or Limits()
    found = attendance(appointments, change=change, limits=limits, until=until)
    people = _rows(found.people).select("client", "attended").filter(pl.col("attended") > 0)
    if people.is_empty():
        raise Problem("no client ever came", "check the column status")
    people = people.join(_attended_early(appointments, found.overall.until, limits), on="client")
    gone = pl.col("dropped_out")
    outcome = pl.when(gone.is_null()).then(OPEN).when(gone).then(LEFT).otherwise(COMPLETED)
    came_back = pl.min_horizontal("early", pl.col("attended") - 1)
    return (
        _rows(found.dropout)
        .join(people, on="client", how="inner")
        .join(_rows(found.rates).select("definition", "text"), on="definition", how="left")
        .with_columns(outcome=outcome.cast(pl.Int64))
        .select(
            "client",
            "definition",
            "text",
            time=pl.when(pl.col("outcome") == OPEN).then(came_back).otherwise("attended"),
            outcome="outcome",
        )
        .sort("definition", "client")
    )


def _attended_early(appointments: Any, end: date | None, limits: Limits) -> pl.DataFrame:
    """Count attended sessions so long ago that an end after them would have been noticed."""
    early = pl.lit(end, dtype=pl.Date) - pl.col("date").cast(pl.Date) > pl.duration(
        days=limits.days
    )
    rows = _rows(appointments).filter(pl.col("client").is_not_null())
    return rows.group_by("client").agg(
        early=(pl.col("status").is_in(CAME) & early).sum().cast(pl.Int64)
    )


def _rows(table: Any) -> pl.DataFrame:
    return to_polars(to_lazy(table))
