"""A row per client and next session: what was known before it, and whether the client left."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from attunement.course.attendance.appointments import CAME
from attunement.course.attendance.dropout import Limits
from attunement.course.attendance.overview import attendance
from attunement.frames import to_lazy, to_polars
from attunement.problems import Problem

BEFORE_PLANNED_END = "before-planned-end"
LAST_NOT_ATTENDED = "last-appointment-not-attended"
DEFINITIONS = (BEFORE_PLANNED_END, LAST_NOT_ATTENDED)


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What is called leaving, and until when the data reach.

    Attributes
    ----------
    definition : str
        ``before-planned-end`` or ``last-appointment-not-attended`` (see
        :mod:`attunement.course.attendance.dropout`); the others look back on whole episodes and
        have no moment of leaving.
    limits : Limits
        How many days without an appointment make an end.
    until : date or None
        The day the data end; the last date where absent.

    Raises
    ------
    Problem
        If the definition is not one of both.

    Examples
    --------
    >>> Leaving(definition="last-appointment-not-attended").limits.days
    60
    """

    definition: str = BEFORE_PLANNED_END
    limits: Limits = field(default_factory=Limits)
    until: date | None = None

    def __post_init__(self) -> None:
        if self.definition not in DEFINITIONS:
            raise Problem(
                f"{self.definition!r} has no moment at which a client leaves",
                f"choose one of {', '.join(DEFINITIONS)}",
                field="definition",
            )


def periods(known: pl.DataFrame, appointments: Any, leaving: Leaving) -> pl.DataFrame:
    """Say of every row of what was known whether the client left next.

    Discrete-time survival (Singer & Willett 1993, *J. Educ. Stat.* 18:155-195): a client is at
    risk before every next session until they leave, complete, or are seen no further. Leaving
    shows only after some days of silence, so a row counts only where so many days have passed
    since: near the end of the data, those who stayed would be known and those who left would not.
    Who has reached the planned end is at risk no longer.

    Parameters
    ----------
    known
        From :func:`~attunement.programme.retention.known.known_before`.
    appointments
        The table of attendance that it was made from.
    leaving
        What is called leaving.

    Returns
    -------
    The rows at risk whose outcome is known, with ``left`` and ``known_on``, the day from which
    either outcome would have been known; by client and session.

    Raises
    ------
    Problem
        If the table cannot be used, or no outcome is known.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> from attunement.programme.retention.known import Watched, known_before
    >>> made = simulate(Plan(clients=60, responses=False), seed=7)
    >>> known = known_before(made.attendance, made.scores,
    ...                      Watched(alliance=find_scale("session-check-in.alliance")))
    >>> rows = periods(known, made.attendance, Leaving())
    >>> rows.height, rows["left"].sum()
    (548, 12)
    """
    found = attendance(appointments, limits=leaving.limits, until=leaving.until)
    end = found.overall.until
    gone = to_polars(to_lazy(found.dropout)).filter(pl.col("definition") == leaving.definition)
    rows = (
        known.join(gone.select("client", "dropped_out"), on="client", how="left")
        .filter(pl.col("date").is_not_null(), pl.col("date") <= end)
        .sort("client", "after")
        .with_columns(
            _last=pl.col("after") == pl.col("after").max().over("client"),
            _before_last=pl.col("after").shift(-1) == pl.col("after").max().over("client"),
            _next_date=pl.col("date").shift(-1).over("client"),
            _next_came=pl.col("status").is_in(CAME).shift(-1).over("client"),
        )
    )
    if leaving.definition == BEFORE_PLANNED_END:
        left, seen = _after_the_last(), pl.col("date")
    else:
        left, seen = _at_the_last(), pl.col("_next_date")
    known_on = seen + pl.duration(days=leaving.limits.days + 1)
    result = (
        rows.with_columns(left=left, known_on=known_on)
        .filter(~plan_reached(), pl.col("left").is_not_null(), pl.col("known_on") <= end)
        .drop("dropped_out", "_last", "_before_last", "_next_date", "_next_came")
    )
    if result.is_empty():
        raise Problem(
            "of no client it is known whether they left",
            f"the data have to reach {leaving.limits.days} days beyond an appointment",
        )
    return result


def plan_reached() -> pl.Expr:
    """Tell where the session planned as the last has been; false where there is no plan."""
    return (pl.col("after") >= pl.col("planned_end")).fill_null(value=False)


def _after_the_last() -> pl.Expr:
    """Leave after the last appointment there was."""
    gone = pl.col("dropped_out").fill_null(value=False)
    return pl.when(~pl.col("_last")).then(pl.lit(value=False)).when(gone).then(pl.lit(value=True))


def _at_the_last() -> pl.Expr:
    """Leave at the last appointment there was, by not attending it."""
    next_is_last = pl.col("_before_last") & ~pl.col("_last")
    return (
        pl.when(pl.col("_last"))
        .then(None)
        .when(~next_is_last | pl.col("_next_came"))
        .then(pl.lit(value=False))
        .otherwise(pl.col("dropped_out"))
    )
