"""Off track: outside the expected course twice running."""

from typing import Any

import narwhals as nw

from attunement.course.windows import known_scores, neighbour
from attunement.frames import like, to_lazy
from attunement.measures.scale import Scale
from attunement.problems import Problem
from attunement.tables import SCORES


def off_track(scores: Any, band: Any, scale: Scale) -> Any:
    """Say where scores leave the band, and where they do so twice running.

    One score outside an 80 % band is common. Two scored sessions in a row on the same side
    are called off track where that side is worse, and ahead where it is better: the rule that
    Delgadillo et al. 2018, *Lancet Psychiatry* 5:564-572, are said to have used (cited from
    memory). It means "look", not "failing": in simulated courses of 12 sessions that follow the
    model undisturbed, an 80 % band puts 4 % of scores and 14 % of clients off track at least
    once.

    Parameters
    ----------
    scores
        One row per client, scale and session: ``client``, ``scale``, ``session``, ``score``.
    band
        From :func:`~attunement.course.expected.model.band` or
        :func:`~attunement.course.expected.neighbours.neighbour_band`, of the same kind as
        ``scores``.
    scale
        Which scale, and which way on it is better.

    Returns
    -------
    A table of the same kind, one row for each score that has a band: ``client``, ``scale``,
    ``session``, ``score``, ``low``, ``high``, ``outside`` (``"worse"``, ``"better"`` or
    ``"inside"``), ``off_track`` and ``ahead``. An unscored session in between does not
    interrupt a run. Given the band, later sessions are never used; but the band may rest on them,
    where it was fitted to scores that include this client's own
    (:func:`~attunement.course.expected.model.fit`).

    Raises
    ------
    Problem
        If a column is missing, or the two are tables of different kinds.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.course.expected.model import band, fit
    >>> from attunement.measures import find_scale
    >>> phq9 = find_scale("phq9")
    >>> scores = simulate(Plan(clients=60, responses=False), seed=7).scores
    >>> rows = off_track(scores, band(fit(scores, phq9), scores), phq9)
    >>> rows["off_track"].sum(), rows.height
    (13, 503)
    """
    SCORES.require(scores)
    rows, limits = to_lazy(scores), to_lazy(band)
    if rows.implementation is not limits.implementation:
        raise Problem(
            f"the scores are in {rows.implementation.value} and the band in "
            f"{limits.implementation.value}",
            "make the band from the same table of scores",
        )
    score = nw.col("score")
    below, above = ("worse", "better") if scale.sign > 0 else ("better", "worse")
    outside = (
        nw.when(score < nw.col("low"))
        .then(nw.lit(below))
        .when(score > nw.col("high"))
        .then(nw.lit(above))
        .otherwise(nw.lit("inside"))
    )
    before = neighbour(nw.col("outside"), 1)
    result = (
        known_scores(rows, [scale.name])
        .filter(~score.is_null())
        .join(
            limits.select("client", "scale", "session", "low", "high"),
            on=["client", "scale", "session"],
        )
        .filter(~nw.col("low").is_null())
        .with_columns(outside=outside)
        .with_columns(_before=before)
        .with_columns(off_track=_twice("worse"), ahead=_twice("better"))
        .drop("_before")
    )
    return like(result, scores)


def _twice(side: str) -> nw.Expr:
    return ((nw.col("outside") == side) & (nw.col("_before") == side)).fill_null(value=False)
