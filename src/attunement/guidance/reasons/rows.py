"""One row per client and session: every answer and every other source, side by side."""

from typing import Any, Literal

import narwhals as nw
import polars as pl

from attunement.frames import Lazy, to_lazy, to_polars
from attunement.guidance.reasons.library import CHECK_IN, ITEMS, THERAPIST_CHECK_IN
from attunement.problems import Problem

Viewer = Literal["therapist", "client"]
KEY = ("client", "session")
OPEN = "therapist"
DIRECT = ("tension", "settled")
SEEN = ("heard", "safe", "goals", "way")
ABSENT = ("missed", "cancelled")


def rows(
    responses: Any,
    *,
    symptoms: Any = None,
    attendance: Any = None,
    goals: Any = None,
    viewer: Viewer = "therapist",
) -> pl.DataFrame:
    """Lay all sources side by side, and leave out whatever the viewer may not see.

    A therapist sees no answer whose ``audience`` is another than ``therapist``, and no ``seconds``
    of a form with such an answer, whose time is in them; a client sees nothing of the therapist's
    form.

    Parameters
    ----------
    responses
        The table ``responses``; optionally with ``audience``, and ``seconds`` that the
        client's form took.
    symptoms
        The table ``scores`` of scales on which lower is better; each becomes a column.
    attendance
        The table ``attendance``.
    goals
        ``client``, ``session`` and ``agreement`` on goals, from 0 to 1.
    viewer
        Who will read what is found.

    Returns
    -------
    polars.DataFrame
        ``client``, ``session``, the eight answers, ``tension``, ``settled``,
        ``therapist_tension``, ``therapist_settled``, ``view`` (mean of the therapist's answers)
        and ``view_n``, ``seconds``, ``agreement``, ``status``, a column ``symptoms:SCALE`` for
        each scale, and for a client ``audience:ITEM``; sorted by client and session.
        What was not handed in is null.

    Raises
    ------
    Problem
        If the viewer is neither of the two.
    """
    if viewer not in ("therapist", "client"):
        raise Problem(f"{viewer!r} is no viewer", "say therapist or client", field="viewer")
    answers = to_polars(side_by_side(to_lazy(responses), viewer))
    return beside(answers, symptoms=symptoms, attendance=attendance, goals=goals)


def beside(
    table: pl.DataFrame, *, symptoms: Any = None, attendance: Any = None, goals: Any = None
) -> pl.DataFrame:
    """Put other sources beside the answers that :func:`side_by_side` lays out."""
    if symptoms is not None:
        table = _beside(table, _symptoms(to_lazy(symptoms)))
    if attendance is not None:
        said = to_lazy(attendance).select(*KEY, status=nw.col("status").cast(nw.String))
        table = _beside(table, to_polars(said.filter(~nw.col("status").is_null())))
    if goals is not None:
        index = to_lazy(goals).select(*KEY, agreement=nw.col("agreement").cast(nw.Float64))
        table = _beside(table, to_polars(index))
    absent = {"status": pl.String, "agreement": pl.Float64}
    return table.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in absent.items() if name not in table.columns
    ).sort(KEY)


def side_by_side(responses: Lazy, viewer: Viewer) -> Lazy:
    """Turn the answers of both check-ins, as far as the viewer may see them, into columns."""
    names = responses.collect_schema().names()
    own = nw.col("instrument") == CHECK_IN
    theirs = nw.col("instrument") == THERAPIST_CHECK_IN
    audience = nw.col("audience").cast(nw.String) if "audience" in names else nw.lit(OPEN)
    audience = nw.when(audience.is_null()).then(nw.lit(OPEN)).otherwise(audience)
    value = nw.col("value").cast(nw.Float64)
    long = responses.filter(own | theirs).select(
        *KEY,
        "item",
        own=own,
        value=nw.when(value.is_finite()).then(value),
        seconds=nw.col("seconds").cast(nw.Float64)
        if "seconds" in names
        else nw.lit(None, nw.Float64),
        audience=audience,
    )
    mine = nw.col("own")
    if viewer == "client":
        long = long.filter(mine)
    else:
        hidden = mine & (nw.col("audience") != OPEN)
        kept = nw.when(hidden).then(nw.lit(1)).otherwise(nw.lit(0)).max().over(*KEY)
        long = long.with_columns(seconds=nw.when(kept == 0).then(nw.col("seconds")))
        long = long.filter(~mine | (nw.col("audience") == OPEN))

    def of(item: str, own: bool, column: str = "value") -> nw.Expr:
        here = (nw.col("item") == item) & (mine if own else ~mine)
        return nw.when(here).then(nw.col(column)).max()

    seen = (~mine) & nw.col("item").is_in(list(SEEN))
    columns = {name: of(name, own=True) for name in (*ITEMS, *DIRECT)}
    columns |= {f"therapist_{name}": of(name, own=False) for name in DIRECT}
    columns["view"] = nw.when(seen).then(nw.col("value")).mean()
    columns["view_n"] = nw.when(seen).then(nw.col("value")).count()
    columns["seconds"] = nw.when(mine).then(nw.col("seconds")).max()
    if viewer == "client":
        columns |= {f"audience:{name}": of(name, own=True, column="audience") for name in ITEMS}
    return long.group_by(*KEY).agg(
        *(expression.alias(name) for name, expression in columns.items())
    )


def _symptoms(scores: Lazy) -> pl.DataFrame:
    score = nw.col("score").cast(nw.Float64)
    known = to_polars(
        scores.select(*KEY, "scale", score=nw.when(score.is_finite()).then(score)).filter(
            ~nw.col("score").is_null()
        )
    )
    wide = known.pivot("scale", index=list(KEY), values="score", aggregate_function="first")
    return wide.rename({name: f"symptoms:{name}" for name in wide.columns if name not in KEY})


def _beside(table: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Join on client and session, keeping sessions that only one side knows."""
    if table["client"].dtype != other["client"].dtype:
        table, other = (
            one.with_columns(pl.col("client").cast(pl.String)) for one in (table, other)
        )
    other = other.with_columns(pl.col("session").cast(table["session"].dtype))
    return table.join(other, on=list(KEY), how="full", coalesce=True)
