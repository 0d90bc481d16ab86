"""Curves of groups in steps so wide that none of them tells of few people."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from attunement.programme.retention.curve import cumulative_incidence, kaplan_meier

KINDS = ("left", "completed", "censored")
COUNTS = ("at_risk", *KINDS)


def common_steps(tables: Sequence[pl.DataFrame], fewest: int) -> list[float]:
    """Choose where the curves of all groups of one column may have a step.

    From one step to the next, in every group, ``fewest`` or more leave; nobody, or ``fewest`` or
    more, complete, and so with those seen no further; and so with each of the three for all time
    afterwards, for totals are known. The steps are the same for all groups, and all whose curve is
    not shown stand together as one more: so neither a curve, nor everybody's less the curves that
    are shown, tells of fewer. From a curve in exact steps all its counts can be had (Guyot et al.
    2012, *BMC Med. Res. Methodol.* 12:9).

    Parameters
    ----------
    tables
        From :func:`~attunement.programme.retention.curve.life_table`, one per group.
    fewest
        The smallest count that may be told.

    Returns
    -------
    Times in order; none where there is no such step.

    Examples
    --------
    >>> from attunement.programme.retention.curve import life_table
    >>> times, outcomes = pl.Series([1, 2, 3, 4] * 10), pl.Series([1] * 30 + [0] * 10)
    >>> common_steps([life_table(times, outcomes)], 10)
    [4.0]
    """
    times = np.unique(np.concatenate([table["time"].to_numpy() for table in tables]))
    happened = np.zeros((times.size, len(tables), len(KINDS)), dtype=np.int64)
    for group, table in enumerate(tables):
        happened[np.searchsorted(times, table["time"].to_numpy()), group] = table.select(KINDS)
    to_come = happened.sum(axis=0) - happened.cumsum(axis=0)
    steps, since = [], np.zeros(happened.shape[1:], dtype=np.int64)
    for time, now, later in zip(times, happened, to_come, strict=True):
        since += now
        nobody_or_enough = np.column_stack([since[:, 1:], later])
        enough = (nobody_or_enough == 0) | (nobody_or_enough >= fewest)
        if (since[:, 0] >= fewest).all() and enough.all():
            steps.append(float(time))
            since[:] = 0
    return steps


def in_steps(table: pl.DataFrame, steps: Sequence[float]) -> pl.DataFrame:
    """Count, at every step, what happened since the one before.

    Returns
    -------
    A row per step: ``time``, ``at_risk`` (when the step began), ``left``, ``completed``,
    ``censored``, and ``times``: how many times with a row it spans.

    Examples
    --------
    >>> from attunement.programme.retention.curve import life_table
    >>> table = life_table(pl.Series([1, 2, 3, 4] * 10), pl.Series([1] * 30 + [0] * 10))
    >>> in_steps(table, [2, 4]).select("time", "at_risk", "left").rows()
    [(2.0, 40, 16), (4.0, 20, 14)]
    """
    ends = pl.DataFrame({"step": steps}, schema={"step": pl.Float64})
    return (
        table.join_asof(ends, left_on="time", right_on="step", strategy="forward")
        .drop_nulls("step")
        .group_by(time="step")
        .agg(pl.col("at_risk").max(), pl.col(KINDS).sum(), times=pl.len().cast(pl.Int64))
        .sort("time")
    )


def curve_in_steps(table: pl.DataFrame) -> pl.DataFrame:
    """Estimate both curves from counts at wide steps.

    The actuarial estimate (Cutler & Ederer 1958, *J. Chronic Dis.* 8:699-712), from memory: who
    is seen no further within a step was at risk for part of it, here ``(k + 1) / 2k`` of its ``k``
    times, as at each of them who leaves goes first. With one time to a step it is the product-limit
    estimate.

    Parameters
    ----------
    table
        From :func:`in_steps`.

    Returns
    -------
    A row per step, as from :func:`~attunement.programme.retention.curve.kaplan_meier` and
    :func:`~attunement.programme.retention.curve.cumulative_incidence`, without counts.

    Examples
    --------
    >>> from attunement.programme.retention.curve import life_table
    >>> table = life_table(pl.Series([1, 2, 3, 4] * 10), pl.Series([1] * 30 + [0] * 10))
    >>> curve_in_steps(in_steps(table, [2, 4]))["staying"].round(2).to_list()
    [0.59, 0.14]
    """
    not_at_risk = (pl.col("times") - 1) / (2 * pl.col("times"))
    seen = pl.col("at_risk") - not_at_risk * pl.col("censored")
    still = kaplan_meier(
        table.with_columns(at_risk=seen - not_at_risk * pl.col("completed"))
    ).select("time", "staying", "se", "low", "high")
    gone = cumulative_incidence(table.with_columns(at_risk=seen)).select("time", "^gone.*$")
    return still.join(gone, on="time", how="left", maintain_order="left")


def shown_together(
    tables: Mapping[str, pl.DataFrame], everybody: pl.DataFrame, fewest: int
) -> dict[str, pl.DataFrame]:
    """Give the groups' curves at their common steps.

    The steps and the estimate are those of :func:`common_steps` and :func:`curve_in_steps`.

    Parameters
    ----------
    tables
        From :func:`~attunement.programme.retention.curve.life_table`, of the groups to show.
    everybody
        The same of all groups together, shown or not.
    fewest
        The smallest count that may be told.

    Returns
    -------
    A curve per group; none where too few leave for a single step.

    Examples
    --------
    >>> from attunement.programme.retention.curve import life_table
    >>> outcome = pl.Series([1] * 30 + [0] * 10)
    >>> tables = {"a": life_table(pl.Series([1, 2, 3, 4] * 10), outcome),
    ...           "b": life_table(pl.Series([2, 3, 4, 5] * 10), outcome)}
    >>> times = pl.Series([1, 2, 3, 4] * 10 + [2, 3, 4, 5] * 10)
    >>> both = life_table(times, pl.concat([outcome] * 2))
    >>> {name: curve["time"].to_list() for name, curve in shown_together(tables, both, 10).items()}
    {'a': [5.0], 'b': [5.0]}
    """
    if not tables:
        return {}
    rest = _without(everybody, [*tables.values()])
    steps = common_steps([*tables.values(), *([] if rest.is_empty() else [rest])], fewest)
    return {
        group: curve_in_steps(in_steps(table, steps)) for group, table in tables.items() if steps
    }


def _without(everybody: pl.DataFrame, tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Give the life table of all who are in none of the tables."""
    taken = pl.concat(tables).group_by("time").agg(pl.col(KINDS).sum().name.suffix(" taken"))
    rest = everybody.join(taken, on="time", how="left").with_columns(
        pl.col(kind) - pl.col(f"{kind} taken").fill_null(0) for kind in KINDS
    )
    return (
        rest.select("time", *KINDS)
        .filter(pl.sum_horizontal(KINDS) > 0)
        .sort("time")
        .with_columns(at_risk=pl.sum_horizontal(KINDS).cum_sum(reverse=True))
        .select("time", *COUNTS)
    )
