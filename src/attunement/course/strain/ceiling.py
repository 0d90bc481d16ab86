"""Ceiling: when every answer is at the top, no news is not good news."""

from collections.abc import Mapping

import narwhals as nw

from attunement.course.windows import COURSE, by_scale, highest_so_far, known_scores, so_far
from attunement.frames import Lazy, any_table
from attunement.measures.scale import Scale


@any_table
def ceiling(scores: Lazy, scales: Mapping[str, Scale]) -> Lazy:
    """Count for how many scored sessions running a client has given the best possible score.

    Our own count; it estimates nothing.

    Parameters
    ----------
    scores
        The table ``scores``.
    scales
        Direction and range of each scale, by name; those without a range are left out.

    Returns
    -------
    ``client``, ``scale``, ``session``, ``score`` (scale units), ``at_ceiling`` (true or
    false) and ``sessions_at_ceiling`` (a count, 0 when this score is not the best
    possible); one row per score that is not missing.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.measures import Direction, Scale
    >>> scores = pl.DataFrame({"client": "a", "scale": "alliance", "session": [1, 2, 3, 4],
    ...                        "score": [9.0, 10, 10, 8]})
    >>> scale = Scale(name="alliance", direction=Direction.HIGHER, low=0, high=10)
    >>> ceiling(scores, {"alliance": scale})["sessions_at_ceiling"].to_list()
    [0, 1, 2, 0]
    """
    best = {name: scale.best for name, scale in scales.items() if scale.best is not None}
    scored = known_scores(scores, best).filter(~nw.col("score").is_null())
    if not best:
        return scored.with_columns(
            at_ceiling=nw.lit(value=False), sessions_at_ceiling=nw.lit(0, nw.Int64)
        )
    return (
        scored.with_columns(at_ceiling=nw.col("score") == by_scale(best))
        .with_columns(_one=nw.lit(1, nw.Int64))
        .with_columns(_place=so_far(nw.col("_one")))
        .with_columns(
            _below=nw.when(nw.col("at_ceiling"))
            .then(nw.lit(0, nw.Int64))
            .otherwise(nw.col("_place"))
        )
        .with_columns(_run=nw.col("_place") - highest_so_far(nw.col("_below")))
        .with_columns(sessions_at_ceiling=nw.col("_run").cast(nw.Int64))
        .select(*COURSE, "session", "score", "at_ceiling", "sessions_at_ceiling")
    )
