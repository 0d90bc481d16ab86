"""Ruptures: where strain opened, and whether it was repaired."""

from collections.abc import Mapping

import narwhals as nw

from attunement.course.windows import COURSE, by_scale, neighbour
from attunement.frames import Lazy, any_table
from attunement.measures.scale import Scale
from attunement.problems import Problem
from attunement.tables import RUPTURES

REPAIRED_WITHIN = 3
BACK_TO_USUAL = 0.5


@any_table
def ruptures(signals: Lazy, scales: Mapping[str, Scale], within: int = REPAIRED_WITHIN) -> Lazy:
    """Find ruptures, and their repair, in what was noticed.

    A rupture opens at a review-level drop. It is repaired at the first of the next
    ``within`` scored sessions whose score is back within half a sigma of the level before;
    after that it counts as unrepaired, and as open while those sessions have not all
    taken place. A further drop, no more than ``within`` scored sessions after the last and
    without a repair between, belongs to the same rupture. The criterion follows
    the V-shaped episodes of Stiles et al. 2004 (*J. Consult. Clin. Psychol.* 72:81), judged
    against the client's own spread, with a window as in Stevens et al. 2007
    (*Am. J. Psychother.* 61:109).

    Parameters
    ----------
    signals
        The table ``signals``.
    scales
        Which way is better on each scale, by name.
    within
        Scored sessions after the onset in which a repair counts.

    Returns
    -------
    The table ``ruptures``. It looks ahead: a rupture's later columns may change with later
    sessions, its onset never does.

    Raises
    ------
    Problem
        If ``within`` is less than 1.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.course.baseline import Norms
    >>> from attunement.course.strain.signals import signals
    >>> from attunement.measures import Direction, Scale
    >>> scores = pl.DataFrame({"client": "a", "scale": "alliance", "session": range(1, 8),
    ...                        "score": [7.5, 8.0, 7.8, 7.6, 4.0, 6.0, 7.7]})
    >>> scales = {"alliance": Scale(name="alliance", direction=Direction.HIGHER, low=0, high=10)}
    >>> noticed = signals(scores, scales, {"alliance": Norms(sd=0.5)})
    >>> ruptures(noticed, scales).select("onset", "repaired", "status").rows()
    [(5, 7, 'repaired')]
    """
    if within < 1:
        raise Problem("a repair needs a session or more", field="within")
    dropped = nw.col("signal") == "review"
    sign = by_scale({name: scale.sign for name, scale in scales.items()})
    score, usual, sigma = nw.col("score"), nw.col("prior_mean"), nw.col("sigma")

    touched = signals.filter(dropped).select(*COURSE).unique()
    scored = signals.filter(~score.is_null()).join(touched, on=[*COURSE], how="semi")
    ahead = scored.with_columns(
        *(neighbour(score, -step).alias(f"_score_{step}") for step in range(1, within + 1)),
        *(
            neighbour(nw.col("session"), -step).alias(f"_session_{step}")
            for step in range(1, within + 1)
        ),
    )
    enough = sign * usual - BACK_TO_USUAL * sigma
    repaired = nw.lit(None)
    steps = nw.lit(None, nw.Int64)
    for step in range(within, 0, -1):
        back = sign * nw.col(f"_score_{step}") >= enough
        repaired = nw.when(back).then(nw.col(f"_session_{step}")).otherwise(repaired)
        steps = nw.when(back).then(nw.lit(step, nw.Int64)).otherwise(steps)
    status = (
        nw.when(~nw.col("repaired").is_null())
        .then(nw.lit("repaired"))
        .otherwise(
            nw.when(nw.col(f"_session_{within}").is_null())
            .then(nw.lit("open"))
            .otherwise(nw.lit("unrepaired"))
        )
    )
    drops = (
        ahead.filter(dropped)
        .with_columns(repaired=repaired, sessions_to_repair=steps)
        .with_columns(
            _last_drop=neighbour(nw.col("prior_n"), 1),
            _last_repaired=neighbour(nw.col("repaired"), 1),
        )
    )
    apart = nw.col("prior_n") - nw.col("_last_drop") > within
    mended = nw.col("_last_repaired") <= nw.col("session")
    first = nw.col("_last_drop").is_null() | apart | mended.fill_null(value=False)
    return (
        drops.filter(first)
        .with_columns(
            onset=nw.col("session"),
            level=usual,
            depth=sign * (usual - score) / sigma,
            status=status,
        )
        .select(RUPTURES.names)
        .sort("client", "scale", "onset")
    )
