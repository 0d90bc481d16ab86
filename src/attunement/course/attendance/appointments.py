"""Appointments, counted per client."""

from datetime import date
from typing import Any

import narwhals as nw
import polars as pl

from attunement.course.days import day_number
from attunement.course.person_tables import open_table
from attunement.frames import Lazy, any_table, to_polars
from attunement.problems import Problem
from attunement.tables import ATTENDANCE, SCORES

CAME = ("attended", "late")
STATUSES = (*CAME, "cancelled", "missed")
COUNTS = (
    "appointments",
    "attended",
    "late",
    "cancelled",
    "missed",
    "unrecorded",
    "answered",
    "longest_gap",
    "last_gap",
)


def open_appointments(table: Any, until: date | None) -> Lazy:
    """Open a table of attendance, leaving out what is later than ``until``.

    Raises
    ------
    Problem
        If it lacks a column, holds an appointment twice, or a status that is not known.
    """
    frame = open_table(table, ATTENDANCE)
    strange = ~nw.col("status").is_in(STATUSES) & ~nw.col("status").is_null()
    for row in to_polars(frame.filter(strange).head(1)).iter_rows(named=True):
        raise Problem(
            f"client {row['client']}, session {row['session']} has the status {row['status']!r}",
            f"use one of {', '.join(STATUSES)}, or leave it empty",
            field="status",
        )
    if "planned_end" not in frame.collect_schema().names():
        frame = frame.with_columns(planned_end=nw.lit(None, dtype=nw.Int64))
    frame = frame.select("client", "session", nw.col("date").cast(nw.Date), "status", "planned_end")
    if until is None:
        return frame
    return frame.filter(nw.col("date").is_null() | (nw.col("date") <= nw.lit(until)))


@any_table
def missed_in_a_row(appointments: Lazy) -> Lazy:
    """Count, at every appointment, how many in a row the client has missed so far.

    Looks backward only: later appointments change nothing. Coming, late or not, ends the run; a
    cancelled appointment, and one without a status, neither lengthens nor ends it.

    The count is our own.

    Parameters
    ----------
    appointments
        Table of attendance (``attunement.tables.ATTENDANCE``) of any kind.

    Returns
    -------
    The same rows with ``missed_in_a_row``.

    Examples
    --------
    >>> from datetime import date
    >>> import polars as pl
    >>> rows = pl.DataFrame({"client": ["a"] * 4, "session": [1, 2, 3, 4],
    ...                      "date": [date(2026, 1, day) for day in (5, 12, 19, 26)],
    ...                      "status": ["attended", "missed", "missed", "attended"]})
    >>> missed_in_a_row(rows)["missed_in_a_row"].to_list()
    [0, 1, 2, 0]
    """
    ATTENDANCE.require(appointments.to_native())
    status = nw.col("status")
    missed = nw.when(status == "missed").then(1).otherwise(0)
    so_far = nw.col("_missed").cum_sum().over("client", order_by="session")
    at_last_visit = nw.when(status.is_in(CAME)).then(nw.col("_so_far")).otherwise(0)
    return (
        appointments.with_columns(_missed=missed)
        .with_columns(_so_far=so_far)
        .with_columns(_visit=at_last_visit)
        .with_columns(_visit=nw.col("_visit").cum_max().over("client", order_by="session"))
        .with_columns(missed_in_a_row=(nw.col("_so_far") - nw.col("_visit")).cast(nw.Int64))
        .drop("_missed", "_so_far", "_visit")
    )


def per_client(appointments: Lazy, answered: Lazy | None) -> pl.DataFrame:
    """Count every client's appointments, a row per client.

    Plain counts and means; the layout is our own.

    Parameters
    ----------
    appointments
        From :func:`open_appointments`.
    answered
        ``client``, ``session``: where there is at least one score.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"client": ["a"] * 4, "session": [1, 2, 3, 4],
    ...                      "date": [date(2026, 1, day) for day in (5, 12, 19, 26)],
    ...                      "status": ["attended", "missed", "late", "attended"]})
    >>> per_client(open_appointments(rows, None), None).select("attended", "late", "missed").rows()
    [(3, 1, 1)]
    """
    people = _counts(appointments).join(_last(appointments), on="client", how="left")
    visits = appointments.filter(nw.col("status").is_in(CAME))
    people = people.join(_gaps(visits), on="client", how="left")
    if answered is not None:
        there = visits.join(answered, on=["client", "session"], how="inner")
        counted = there.group_by("client").agg(answered=nw.len())
        people = people.join(counted, on="client", how="left")
    counts = [name for name in COUNTS if name in people.collect_schema().names()]
    return to_polars(people).with_columns(pl.col(counts).cast(pl.Int64)).sort("client")


def answered_sessions(scores: Any) -> Lazy:
    """Find where there is at least one score in a table of scores."""
    score = nw.col("score").cast(nw.Float64)
    return open_table(scores, SCORES).filter(score.is_finite()).select("client", "session").unique()


def _counts(appointments: Lazy) -> Lazy:
    status = nw.col("status")
    kinds = {
        "attended": status.is_in(CAME),
        "late": status == "late",
        "cancelled": status == "cancelled",
        "missed": status == "missed",
        "unrecorded": status.is_null(),
    }
    return (
        appointments.with_columns(
            **{name: nw.when(kind).then(1).otherwise(0) for name, kind in kinds.items()},
        )
        .group_by("client")
        .agg(
            appointments=nw.len(),
            last_date=nw.col("date").max(),
            **{n: nw.col(n).sum() for n in kinds},
        )
    )


def _last(appointments: Lazy) -> Lazy:
    """Status of every client's last appointment, and the plan that was last made."""
    session, planned = nw.col("session"), nw.col("planned_end")
    return (
        appointments.with_columns(_planned_at=nw.when(~planned.is_null()).then(session))
        .with_columns(
            last_status=nw.when(session == session.max().over("client")).then(nw.col("status")),
            planned_end=nw.when(session == nw.col("_planned_at").max().over("client")).then(
                planned
            ),
        )
        .group_by("client")
        .agg(
            last_appointment=session.max(),
            last_status=nw.col("last_status").max(),
            planned_end=nw.col("planned_end").max(),
        )
    )


def _gaps(visits: Lazy) -> Lazy:
    """First and last session attended, and the days between one attended session and the next."""
    session, day = nw.col("session"), day_number(nw.col("date"))
    apart = day - day.shift(1).over("client", order_by="session")
    at_end = session == session.max().over("client")
    return (
        visits.with_columns(gap=apart)
        .with_columns(
            last_gap=nw.when(at_end).then(nw.col("gap")),
            last_attended=nw.when(at_end).then(nw.col("date")),
        )
        .group_by("client")
        .agg(
            first_session=session.min(),
            last_session=session.max(),
            last_attended=nw.col("last_attended").max(),
            shortest_gap=nw.col("gap").min(),
            longest_gap=nw.col("gap").max(),
            last_gap=nw.col("last_gap").max(),
        )
    )
