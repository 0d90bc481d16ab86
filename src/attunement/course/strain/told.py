"""Told tension: what client and therapist say themselves, a source of its own."""

from collections.abc import Collection

import narwhals as nw

from attunement.course.strain.ruptures import REPAIRED_WITHIN
from attunement.frames import Lazy, any_table

NOTABLE = 3
SETTLED = 5
CHECK_INS = ("session-check-in", "session-check-in-therapist")
ASKED = ("tension", "settled")
COURSE = ("client", "instrument")


@any_table
def tensions(
    responses: Lazy,
    within: int = REPAIRED_WITHIN,
    *,
    least: float = NOTABLE,
    instruments: Collection[str] = CHECK_INS,
) -> Lazy:
    """Find the sessions at which someone said that there was tension, and how it ended.

    Both people are asked directly whether there was tension, how strong it was and how far it
    was settled (the direct question of Muran et al. 2009, *Psychotherapy* 46:233). It counts
    as settled at the first session, from that one up to ``within`` answered ones later, at
    which the same person says that it was settled by half or more, or tells of less than
    ``least``.

    Parameters
    ----------
    responses
        The table ``responses``, with the items ``tension`` and ``settled``, 0 to 10 each.
    within
        Answered sessions after the onset in which settling counts.
    least
        How strong tension must be to count, 0 to 10. Our own choice: a little is no strain.
    instruments
        Whose questions they are.

    Returns
    -------
    ``client``, ``instrument`` (whose form it was), ``onset`` (a session), ``tension`` and
    ``settled`` (0 to 10, as answered at the onset), ``repaired`` (the session at which it was
    settled, or null), ``sessions_to_repair`` and ``status`` (open, repaired, unrepaired).

    Examples
    --------
    >>> import polars as pl
    >>> answers = pl.DataFrame({"client": "a", "session": [1, 1, 2, 2],
    ...                         "instrument": "session-check-in",
    ...                         "item": ["tension", "settled"] * 2, "value": [6.0, 2, 1, 9]})
    >>> tensions(answers).select("onset", "repaired", "status").rows()
    [(1, 2, 'repaired')]
    """
    value, item = nw.col("value").cast(nw.Float64), nw.col("item")
    answer = nw.when(value.is_finite()).then(value)
    told = (
        responses.filter(item.is_in(ASKED), nw.col("instrument").is_in(list(instruments)))
        .with_columns(value=answer)
        .group_by(*COURSE, "session")
        .agg(
            *(
                nw.when(item == name).then(nw.col("value")).otherwise(None).max().alias(name)
                for name in ASKED
            )
        )
        .filter(~nw.col("tension").is_null())
    )
    calm = (nw.col("tension") < least) | (nw.col("settled") >= SETTLED).fill_null(value=False)
    steps = range(1, within + 1)

    def later(name: str, step: int) -> nw.Expr:
        return nw.col(name).shift(-step).over(*COURSE, order_by="session")

    ahead = told.with_columns(_calm_0=calm, _session_0=nw.col("session")).with_columns(
        *(later("_calm_0", step).alias(f"_calm_{step}") for step in steps),
        *(later("session", step).alias(f"_session_{step}") for step in steps),
        _calm_before=nw.col("_calm_0").shift(1).over(*COURSE, order_by="session"),
    )
    repaired, taken = nw.lit(None, nw.Int64), nw.lit(None, nw.Int64)
    for step in range(within, -1, -1):
        then_calm = nw.col(f"_calm_{step}").fill_null(value=False)
        repaired = nw.when(then_calm).then(nw.col(f"_session_{step}")).otherwise(repaired)
        taken = nw.when(then_calm).then(nw.lit(step, nw.Int64)).otherwise(taken)
    all_told = ~nw.col(f"_session_{within}").is_null()
    status = (
        nw.when(~nw.col("repaired").is_null())
        .then(nw.lit("repaired"))
        .otherwise(nw.when(all_told).then(nw.lit("unrepaired")).otherwise(nw.lit("open")))
    )
    opened = (nw.col("tension") >= least) & nw.col("_calm_before").fill_null(value=True)
    return (
        ahead.filter(opened)
        .with_columns(repaired=repaired, sessions_to_repair=taken, onset=nw.col("session"))
        .with_columns(status=status)
        .select(*COURSE, "onset", *ASKED, "repaired", "sessions_to_repair", "status")
        .sort(*COURSE, "onset")
    )
