"""Every session after a drop, as a chance to recover: with a strategy tried in it, or without."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from attunement.course.strain.ruptures import BACK_TO_USUAL, REPAIRED_WITHIN
from attunement.frames import to_lazy, to_polars
from attunement.measures.scale import Scale

SCHEMA = pl.Schema(
    {
        "client": pl.String,
        "onset": pl.Int64,
        "session": pl.Int64,
        "lag": pl.Int64,
        "depth": pl.Float64,
        "recovered": pl.Boolean,
        "strategy": pl.String,
    }
)


def chances(
    signals: Any,
    ruptures: Any,
    attempts: Any,
    scales: Mapping[str, Scale],
    within: int = REPAIRED_WITHIN,
) -> pl.DataFrame:
    """Lay out what can be compared: sessions at the same depth of drop, with and without a try.

    After a rupture, each scored session that is reached while the score is still below is one
    chance. A try in that session, or in one without a score since the
    last, is compared with sessions in which nothing was tried, whatever
    was tried later (a sequence of emulated trials: Hernan et al. 2008, *Epidemiology* 19:766).
    So nobody has to stay below long enough to be helped, which would make every strategy look
    bad, and none is counted as unaided because it recovered before anyone could try.

    Parameters
    ----------
    signals, ruptures
        As from :func:`attunement.course.course`.
    attempts
        ``client``, ``session`` in which it was tried, ``strategy``.
    scales
        Which way is better on each scale, by name.
    within
        Scored sessions in which a recovery counts. A chance for which they have not all taken
        place is left out, whatever came of it so far.

    Returns
    -------
    polars.DataFrame
        ``client``, ``onset``, ``session``, ``lag`` (scored sessions since the onset), ``depth``
        (how far below, at the last score before the session, in own SDs), ``recovered`` (back
        within half an own SD of the level before), and ``strategy``, null where none was tried.
        The first try of a strategy after a rupture counts.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.course import notice
    >>> from attunement.course.baseline import Norms
    >>> from attunement.measures import Direction
    >>> scores = pl.DataFrame({"client": "a", "scale": "alliance", "session": range(1, 9),
    ...                        "score": [7.5, 8.0, 7.8, 7.6, 4.0, 6.0, 7.7, 7.8]})
    >>> scales = {"alliance": Scale(name="alliance", direction=Direction.HIGHER, low=0, high=10)}
    >>> noticed = notice(scores, scales, {"alliance": Norms(sd=0.5)})
    >>> tried = pl.DataFrame({"client": ["a"], "session": [6], "strategy": ["agree-a-depth"]})
    >>> chances(noticed.signals, noticed.ruptures, tried, scales).drop("client", "depth").rows()
    [(5, 6, 1, True, 'agree-a-depth')]
    """
    told = _collected(signals).filter(pl.col("score").is_not_null())
    opened = _collected(ruptures)
    tries = _collected(attempts)
    scored = {
        key: rows.sort("session") for key, rows in told.group_by("client", "scale").__iter__()
    }
    tried: dict[str, dict[int, set[str]]] = {}
    for client, session, strategy in tries.select("client", "session", "strategy").iter_rows():
        tried.setdefault(str(client), {}).setdefault(session, set()).add(strategy)
    rows = [
        row
        for rupture in opened.sort("client", "scale", "onset").iter_rows(named=True)
        for row in _after(
            rupture,
            scored[rupture["client"], rupture["scale"]],
            tried.get(str(rupture["client"]), {}),
            scales[rupture["scale"]].sign,
            within,
        )
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _collected(table: Any) -> pl.DataFrame:
    return to_polars(to_lazy(table))


def _after(
    rupture: Mapping[str, Any],
    scored: pl.DataFrame,
    tried: Mapping[int, set[str]],
    sign: int,
    within: int,
) -> Iterator[tuple[object, ...]]:
    course = scored.filter(pl.col("session") >= rupture["onset"])
    sigma = course["sigma"][0]
    short = (sign * (rupture["level"] - course["score"]) / sigma).to_list()
    sessions = course["session"].to_list()
    used: set[str] = set()
    for lag in range(1, len(short) - within + 1):
        if short[lag - 1] <= BACK_TO_USUAL:
            return
        recovered = min(short[lag : lag + within]) <= BACK_TO_USUAL
        place = (str(rupture["client"]), rupture["onset"], sessions[lag], lag, short[lag - 1])
        span = range(sessions[lag - 1] + 1, sessions[lag] + 1)
        now = set().union(*(tried.get(session, set()) for session in span))
        for strategy in sorted(now - used):
            yield (*place, recovered, strategy)
        if not now:
            yield (*place, recovered, None)
        used |= now
