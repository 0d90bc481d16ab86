"""A row per client: first and last scores, and what became of them."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import polars as pl

from attunement.course.person_tables import open_table, scores_of
from attunement.frames import Lazy, to_lazy, to_polars
from attunement.problems import Problem
from attunement.programme.outcomes.measure import Measure
from attunement.tables import SCORES

OUTCOMES = ("reliable_improvement", "recovery", "reliable_recovery", "deterioration")


def first_and_last(scores: Any, measures: Sequence[Measure], began: Any = None) -> pl.DataFrame:
    """Put the first and the last score of every measure side by side.

    The layout is our own; it estimates nothing.

    Parameters
    ----------
    scores
        Table of scores (``attunement.tables.SCORES``) of any kind.
    measures
        Which scales.
    began
        A table with a column ``client``: everybody who began therapy. Where absent, everybody with
        a row, even an empty one, on one of the scales.

    Returns
    -------
    ``client`` and, for every scale, ``pre SCALE`` and ``post SCALE`` in scale units: the client's
    first score, and the last one after it; null where there is none.

    Raises
    ------
    Problem
        If a table cannot be used, or there is no measure.

    Examples
    --------
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> scores = pl.DataFrame({"client": ["a", "a", "a", "b"], "scale": ["phq9"] * 4,
    ...                        "session": [1, 2, 3, 1], "score": [18.0, 14, 7, 12]})
    >>> first_and_last(scores, [PHQ9]).rows()
    [('a', 18.0, 7.0), ('b', 12.0, None)]
    """
    if not measures:
        raise Problem("there is no measure", "name one at least", field="measures")
    frame = open_table(scores, SCORES)
    own = [scores_of(frame, measure.scale) for measure in measures]
    people = _everybody(own, began)
    for measure, rows in zip(measures, own, strict=True):
        people = people.join(to_polars(_ends(rows, measure.scale)), on="client", how="left")
    return people.sort("client")


def _everybody(own: Sequence[Lazy], began: Any) -> pl.DataFrame:
    if began is None:
        return pl.concat(to_polars(rows.select("client").unique()) for rows in own).unique()
    frame = to_lazy(began)
    if "client" not in frame.collect_schema().names():
        raise Problem("the table of those who began has no column client", "add it")
    found = to_polars(frame.select("client").unique()).drop_nulls()
    if found.is_empty():
        raise Problem("nobody began", "check the table of those who began")
    return found


def _ends(rows: Lazy, scale: str) -> Lazy:
    """Take the score of a client's first and, where it is another, of the last session."""
    session, score = nw.col("session"), nw.col("score")
    known = rows.filter(~score.is_null()).with_columns(
        _first=session.min().over("client"), _last=session.max().over("client")
    )
    first, last = nw.col("_first"), nw.col("_last")
    return (
        known.with_columns(
            _pre=nw.when(session == first).then(score),
            _post=nw.when((session == last) & (last > first)).then(score),
        )
        .group_by("client")
        .agg(
            nw.col("_pre").max().alias(f"pre {scale}"), nw.col("_post").max().alias(f"post {scale}")
        )
    )


def judge(people: pl.DataFrame, measures: Sequence[Measure]) -> pl.DataFrame:
    """Say what became of every client, as NHS Talking Therapies defines it.

    A *case* is at the cut-off or worse on at least one measure. *Recovery*: a case at first, and on
    no measure at last. *Reliable improvement*: better by the reliable change or more on at least
    one measure, and reliably worse on none; *deterioration* the other way round. *Reliable
    recovery*: both (Gyani, Shafran, Layard & Clark 2013, *Behav. Res. Ther.* 51:597-606). With one
    measure these are the usual words.

    Parameters
    ----------
    people
        From :func:`first_and_last`, complete or imputed.
    measures
        As there.

    Returns
    -------
    The same rows with ``both`` (all first and last scores are known), ``case`` (at first), and the
    four outcomes; each null where it cannot be known. Recovery is null for who was no case.

    Examples
    --------
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> people = pl.DataFrame({"client": ["a", "b", "c"], "pre phq9": [18.0, 12, 8],
    ...                        "post phq9": [7.0, 11, 15]})
    >>> judge(people, [PHQ9]).select("client", "reliable_recovery", "deterioration").rows()
    [('a', True, False), ('b', False, False), ('c', None, True)]
    """
    pre = {m.scale: pl.col(f"pre {m.scale}") for m in measures}
    post = {m.scale: pl.col(f"post {m.scale}") for m in measures}
    gain = {m.scale: m.sign * (post[m.scale] - pre[m.scale]) for m in measures}
    both = pl.all_horizontal(*(p.is_not_null() for p in (*pre.values(), *post.values())))
    case = pl.any_horizontal(*(m.sign * (pre[m.scale] - m.case_at) <= 0 for m in measures))
    case_after = pl.any_horizontal(*(m.sign * (post[m.scale] - m.case_at) <= 0 for m in measures))
    better = pl.any_horizontal(*(gain[m.scale] >= m.reliable for m in measures))
    worse = pl.any_horizontal(*(gain[m.scale] <= -m.reliable for m in measures))
    all_pre = pl.all_horizontal(*(p.is_not_null() for p in pre.values()))
    return (
        people.with_columns(both=both, case=pl.when(all_pre).then(case))
        .with_columns(
            reliable_improvement=pl.when("both").then(better & ~worse),
            deterioration=pl.when("both").then(worse & ~better),
            recovery=pl.when(pl.col("both") & pl.col("case")).then(~case_after),
        )
        .with_columns(
            reliable_recovery=pl.col("recovery")
            & pl.when(pl.col("recovery").is_not_null()).then("reliable_improvement")
        )
    )
