"""How close people say they are to their goals, and whether a change is more than error."""

import narwhals as nw

from attunement.course.change.methods import reliable_change
from attunement.frames import Lazy, any_table
from attunement.goals.tables import GOAL_RATINGS
from attunement.problems import Problem

LOWEST, HIGHEST = 0, 10


@any_table
def goal_progress(
    ratings: Lazy, *, sd: float | None = None, reliability: float | None = None
) -> Lazy:
    """Compare each rating of a goal with the first one and the one before.

    A rating from 0 to 10 of one's own goal, in one's own words, is a generic method. No
    reliability is known for it in general, and none is assumed: without one, nothing is called
    reliable. A site that has estimated both for its own ratings may give them; the criterion is
    then that of Jacobson and Truax (:func:`attunement.course.change.methods.reliable_change`).
    The 2.45 points published for the Goal-Based Outcomes tool belong to that tool and are not
    borrowed here.

    Parameters
    ----------
    ratings
        The table :data:`attunement.goals.tables.GOAL_RATINGS`, of any kind.
    sd
        Spread of ratings between people, in points.
    reliability
        Of such ratings, between 0 and 1.

    Returns
    -------
    The rows that have a rating, with ``first``, ``change`` (since the first rating) and
    ``since_last`` (both in points), and ``reliable``: whether the change since the first is more
    than error of measurement explains; null where that cannot be said.

    Raises
    ------
    Problem
        If a column is missing, or only one of ``sd`` and ``reliability`` is given.

    Examples
    --------
    >>> import polars as pl
    >>> ratings = pl.DataFrame({"client": "a", "session": [1, 2, 3], "goal": "sleep",
    ...                         "rating": [2.0, 4.0, 7.0]})
    >>> goal_progress(ratings).select("session", "change", "since_last").rows()
    [(1, 0.0, None), (2, 2.0, 2.0), (3, 5.0, 3.0)]
    """
    GOAL_RATINGS.require(ratings.to_native())
    if (sd is None) != (reliability is None):
        raise Problem("reliable change needs both an SD and a reliability", "give both or neither")
    rated = ratings.with_columns(nw.col("rating").cast(nw.Float64)).filter(
        ~nw.col("rating").is_null(), nw.col("rating") == nw.col("rating")
    )
    course = rated.with_columns(
        first=in_order(nw.col("rating").first()),
        since_last=nw.col("rating") - in_order(nw.col("rating").shift(1)),
    ).with_columns(change=nw.col("rating") - nw.col("first"))
    if sd is None or reliability is None:
        return course.with_columns(reliable=nw.lit(None, dtype=nw.Boolean))
    beyond = reliable_change(sd, reliability)
    return course.with_columns(reliable=nw.col("change").abs() > beyond)


def in_order(value: nw.Expr) -> nw.Expr:
    """Follow one goal of one client from session to session."""
    return value.over("client", "goal", order_by="session")
