"""Catch what helps a forecast because it comes from the future."""

from collections.abc import Callable, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from attunement.course.days import day_number
from attunement.frames import to_lazy, to_polars
from attunement.problems import Problem
from attunement.programme.retention.known import ANSWERED_ON, known_until
from attunement.programme.retention.measures import auc

Builder = Callable[[Any, Any], Any]

DAYS_TO_REPLAY = (0.3, 0.5, 0.7)
CLIENTS_TO_REPLAY = 1000
TOO_GOOD_PER_ROW, TOO_GOOD_PER_CLIENT = 0.95, 0.85


def refuse_the_future(build: Builder, appointments: Any, scores: Any) -> None:
    """Build the features anew as they would have been on earlier days, and compare.

    On each of three days everything later is taken away, and so is what was answered only after the
    next appointment, where scores say when they were answered. A feature that then differs was made
    with something that nobody could have known. Clients are replayed up to a thousand.

    The test is our own.

    Parameters
    ----------
    build
        Makes features from appointments and scores: ``client``, ``after``, and the features.
    appointments, scores
        The tables.

    Raises
    ------
    Problem
        If a feature changes when later rows are taken away.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> from attunement.programme.retention.known import Watched, known_before
    >>> made = simulate(Plan(clients=30, responses=False), seed=7)
    >>> watched = Watched(alliance=find_scale("session-check-in.alliance"))
    >>> refuse_the_future(lambda visits, scores: known_before(visits, scores, watched),
    ...                   made.attendance, made.scores)
    """
    visits, marks = _some_clients(appointments, scores)
    whole = to_polars(to_lazy(build(visits, marks)))
    marks = _answered_in_time(visits, marks)
    days = visits["date"].drop_nulls().sort()
    for share in DAYS_TO_REPLAY:
        day = days[int(share * (days.len() - 1))]
        early = visits.filter(pl.col("date") <= day)
        known = marks.join(early, on=["client", "session"], how="semi")
        then = to_polars(to_lazy(build(early, known)))
        changed = _changed(whole, then)
        if changed:
            raise Problem(
                f"the feature {changed[0]} was not the same on {day:%Y-%m-%d}, before what came "
                "later was known",
                "make it from earlier sessions only: it knows the future",
                field=changed[0],
            )


def _answered_in_time(visits: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    if ANSWERED_ON not in marks.columns:
        return marks
    ends = to_polars(to_lazy(visits).select("client", "session", _until=known_until()))
    days = to_polars(to_lazy(marks).with_columns(_on=day_number(nw.col(ANSWERED_ON))))
    joined = days.join(ends, on=["client", "session"], how="left")
    late = (pl.col("_on") > pl.col("_until")).fill_null(value=False)
    return joined.filter(~late).drop("_on", "_until")


def _some_clients(appointments: Any, scores: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    visits = to_lazy(appointments)
    clients = to_polars(visits.select("client").unique())["client"].drop_nulls().sort()
    chosen = clients.gather_every(max(clients.len() // CLIENTS_TO_REPLAY, 1)).to_list()
    own = nw.col("client").is_in(chosen)
    return to_polars(visits.filter(own)), to_polars(to_lazy(scores).filter(own))


def _changed(whole: pl.DataFrame, then: pl.DataFrame) -> list[str]:
    names = [name for name in then.columns if name not in ("client", "after", "status")]
    both = then.join(whole, on=["client", "after"], how="left", suffix=" later")
    if both.height != then.height:
        return ["after"]
    found = []
    for name in names:
        now, later = both[name], both[f"{name} later"]
        if now.dtype.is_float():
            same = (now - later).abs() <= 1e-9 * (1 + now.abs())
            same = same.fill_null(value=False) | (now.is_null() & later.is_null())
        else:
            same = now.eq_missing(later)
        if not same.all():
            found.append(name)
    return found


def too_good_to_be_true(rows: pl.DataFrame, features: Sequence[str]) -> tuple[str, ...]:
    """Name features that alone tell who leaves better than anything honest could.

    Replay cannot see what was written into a file afterwards, such as a reason of discharge. It
    shows in that it tells from the first session on who will leave one day (AUC above .85), or
    next (above .95). From what is known at intake .60 to .70 is usual.

    The limits are our own.

    Parameters
    ----------
    rows
        From :func:`~attunement.programme.retention.periods.periods`, one client's in order.
    features
        Columns to look at.

    Examples
    --------
    >>> rows = pl.DataFrame({"client": range(200), "left": [n % 4 == 0 for n in range(200)],
    ...                      "gap": [1.0, 2, 2, 1] * 50, "reason": [1.0, 0, 0, 0] * 50})
    >>> too_good_to_be_true(rows, ["gap", "reason"])
    ('reason',)
    """
    people = rows.group_by("client", maintain_order=True).agg(
        pl.col(features).first(), left=pl.col("left").any()
    )
    found = []
    for name in features:
        limits = ((rows, TOO_GOOD_PER_ROW), (people, TOO_GOOD_PER_CLIENT))
        if any(_alone(table, name) > limit for table, limit in limits):
            found.append(name)
    return tuple(found)


def _alone(table: pl.DataFrame, name: str) -> float:
    """AUC of one feature, whichever way it points; .5 where nothing can be told."""
    known = table.select(pl.col(name).cast(pl.Float64).fill_nan(None), "left").drop_nulls()
    left = known["left"].to_numpy()
    if not left.any() or left.all():
        return 0.5
    value = auc(known[name].to_numpy(), left).value
    return float(np.maximum(value, 1 - value))
