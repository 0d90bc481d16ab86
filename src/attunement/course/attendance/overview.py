"""Who came and who did not, how long apart, and what counts as dropping out."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from attunement.course.attendance.appointments import (
    answered_sessions,
    open_appointments,
    per_client,
)
from attunement.course.attendance.dropout import Limits, rates, verdicts
from attunement.course.change.categories import Change
from attunement.course.proportions import Share, share
from attunement.frames import hand_back, to_lazy, to_polars
from attunement.problems import Problem

COLUMNS = (
    "client",
    "appointments",
    "attended",
    "late",
    "cancelled",
    "missed",
    "unrecorded",
    "missed_share",
    "late_share",
    "answered",
    "answered_share",
    "first_session",
    "last_session",
    "last_appointment",
    "planned_end",
    "longest_gap",
    "last_gap",
    "since_last",
)


@dataclass(frozen=True, kw_only=True)
class Overall:
    """All clients together, an appointment being the unit.

    Attributes
    ----------
    clients, appointments, unrecorded : int
        An ``unrecorded`` appointment has no status, and is in no share.
    missed : Share
        Missed, of those that were not cancelled.
    late : Share
        Late, of those at which the client came.
    cancelled : Share
        Cancelled, of those with a status.
    answered : Share or None
        With at least one score, of those at which the client came; None without scores.
    until : date or None
        The day the data end.
    """

    clients: int
    appointments: int
    unrecorded: int
    missed: Share
    late: Share
    cancelled: Share
    answered: Share | None
    until: date | None


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """What the appointments say, in the user's kind of table.

    ``people`` has a row per client: counts of ``appointments``, ``attended`` (late or not),
    ``late``, ``cancelled``, ``missed``, ``unrecorded`` (no status); ``missed_share`` (of those not
    cancelled), ``late_share`` and ``answered_share`` (of those attended); ``first_session`` and
    ``last_session`` attended; ``last_appointment``; ``planned_end`` as last planned; and in days
    ``longest_gap`` and ``last_gap`` between attended appointments, and ``since_last`` from the
    last one to the end of the data.

    ``dropout`` has a row per client and definition: ``client``, ``definition``, ``dropped_out``
    (empty where it cannot be said, as while an episode may still be open).

    ``rates`` has a row per definition: ``definition``, ``text``, ``source``, ``n`` (clients of whom
    it can be said), ``unknown`` (the others), ``events``, ``rate``, ``low``, ``high`` (Wilson).
    """

    people: Any
    dropout: Any
    rates: Any
    overall: Overall


def attendance(
    appointments: Any,
    *,
    scores: Any = None,
    change: Change | None = None,
    limits: Limits | None = None,
    until: date | None = None,
) -> Attendance:
    """Summarise appointments per client and overall, with several definitions of drop-out.

    How many drop out depends on what is called dropping out (Swift & Greenberg 2012, *J. Consult.
    Clin. Psychol.* 80:547-559), so no rate comes without its definition, and they may disagree.
    A late client attended; a cancelled appointment was neither attended nor missed; one without a
    status counts for nothing.

    Parameters
    ----------
    appointments
        Table of attendance (``attunement.tables.ATTENDANCE``) of any kind.
    scores
        Table of scores, to tell at which sessions anything was answered.
    change
        From :func:`attunement.course.change.categories.classify`, for drop-out without
        reliable change.
    limits
        How many sessions make a dose, and how many days without an appointment make an end.
    until
        The day the data end, later appointments being left out; the last date where absent.

    Raises
    ------
    Problem
        If a table cannot be used, a status is not known, or a client's dates run backwards.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> found = attendance(simulate(Plan(clients=60, responses=False), seed=7).attendance)
    >>> found.overall.missed.n, found.overall.missed.of
    (18, 635)
    """
    limits = limits or Limits()
    answered = None if scores is None else answered_sessions(scores)
    people = per_client(open_appointments(appointments, until), answered)
    _refuse_time_travel(people)
    end = until or _last_day(people)
    improved = None if change is None else _improved(change)
    people = _with_shares(people, end, answered=scores is not None)
    found = verdicts(people, limits=limits, until=end, improved=improved)
    return Attendance(
        people=hand_back(people.select(COLUMNS), appointments),
        dropout=hand_back(found, appointments),
        rates=hand_back(rates(found, limits), appointments),
        overall=_overall(people, end, answered=scores is not None),
    )


def _refuse_time_travel(people: pl.DataFrame) -> None:
    for client in people.filter(pl.col("shortest_gap") < 0)["client"].head(1):
        raise Problem(
            f"client {client} attended a session on an earlier day than the session before it",
            "number the sessions in the order of their dates",
            field="date",
        )


def _last_day(people: pl.DataFrame) -> date | None:
    last = people["last_date"].max()
    return last if isinstance(last, date) else None


def _with_shares(people: pl.DataFrame, end: date | None, *, answered: bool) -> pl.DataFrame:
    """Add shares, null where there is nothing to divide by."""
    came = pl.col("attended")
    count = pl.col("answered").fill_null(0) if answered else pl.lit(None, dtype=pl.Int64)
    return people.with_columns(answered=count).with_columns(
        missed_share=_part(pl.col("missed"), came + pl.col("missed")),
        late_share=_part(pl.col("late"), came),
        answered_share=_part(pl.col("answered"), came),
        since_last=(pl.lit(end, dtype=pl.Date) - pl.col("last_attended")).dt.total_days(),
    )


def _part(n: pl.Expr, of: pl.Expr) -> pl.Expr:
    return pl.when(of > 0).then(n / of)


def _improved(change: Change) -> pl.DataFrame:
    """Who improved reliably; null where the category is."""
    category = pl.col("category")
    improved = pl.when(category.is_not_null()).then(category.is_in(["recovered", "improved"]))
    return to_polars(to_lazy(change.people)).select("client", improved=improved)


def _overall(people: pl.DataFrame, end: date | None, *, answered: bool) -> Overall:
    total = {
        name: int(people[name].sum())
        for name in ("appointments", "attended", "late", "cancelled", "missed", "unrecorded")
    }
    came = total["attended"]
    return Overall(
        clients=people.height,
        appointments=total["appointments"],
        unrecorded=total["unrecorded"],
        missed=share(total["missed"], came + total["missed"]),
        late=share(total["late"], came),
        cancelled=share(total["cancelled"], total["appointments"] - total["unrecorded"]),
        answered=share(int(people["answered"].sum()), came) if answered else None,
        until=end,
    )
