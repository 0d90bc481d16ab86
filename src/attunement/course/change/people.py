"""A row per person: the two scores compared, and what is said of them."""

from typing import Literal

import narwhals as nw
import numpy as np
import polars as pl

from attunement.course.change.criteria import Criteria, Settings
from attunement.course.change.methods import Difference, Method, true_score_beyond
from attunement.frames import Lazy, to_polars

CATEGORIES = ("recovered", "improved", "unchanged", "deteriorated")


def compared(scores: Lazy, pre: int, post: int | Literal["last"]) -> pl.DataFrame:
    """Put the two scores of every client side by side; ``why`` says why one cannot be used."""
    scored = scores.filter(~nw.col("score").is_null()).select("client", "session", "score")
    after = scored.filter(nw.col("session") > pre)
    if post == "last":
        at_end = nw.col("session") == nw.col("session").max().over("client")
        missing_after = f"no score after session {pre}"
    else:
        at_end = nw.col("session") == post
        missing_after = f"no score at session {post}"
    first = scored.filter(nw.col("session") == pre)
    people = (
        scores.select("client")
        .unique()
        .join(_named(first, "pre"), on="client", how="left")
        .join(_named(after.filter(at_end), "post"), on="client", how="left")
    )
    return to_polars(people).with_columns(
        change=pl.col("post") - pl.col("pre"),
        why=pl.when(pl.col("pre").is_null())
        .then(pl.lit(f"no score at session {pre}"))
        .when(pl.col("post").is_null())
        .then(pl.lit(missing_after)),
    )


def _named(scored: Lazy, time: str) -> Lazy:
    """Name the score and the session after the time they belong to."""
    return scored.select(
        "client", nw.col("score").alias(time), nw.col("session").alias(f"{time}_session")
    )


def judged(
    people: pl.DataFrame, difference: Difference | None, criteria: Criteria, settings: Settings
) -> pl.DataFrame:
    """Say of every usable person what their change amounts to; null where it cannot be said."""
    index = np.full(people.height, np.nan) if difference is None else difference.index
    held = people.with_columns(
        index=pl.Series(index, dtype=pl.Float64).fill_nan(None),
        **_sides(people, criteria, settings),
    ).with_columns(reliable=pl.col("index").abs() > criteria.z)
    better = pl.col("reliable") & (settings.sign * pl.col("index") > 0)
    crossed = pl.col("clinical_before") & pl.col("beyond_cutoff")
    return held.with_columns(
        category=pl.when(~pl.col("reliable"))
        .then(pl.lit("unchanged"))
        .when(better & crossed)
        .then(pl.lit("recovered"))
        .when(better)
        .then(pl.lit("improved"))
        .when(pl.col("reliable"))
        .then(pl.lit("deteriorated"))
    )


def _sides(
    people: pl.DataFrame, criteria: Criteria, settings: Settings
) -> dict[str, pl.Expr | pl.Series]:
    """On which side of the cut-off everybody was before and afterwards."""
    cutoff, sign = criteria.cutoff, settings.sign
    if cutoff is None:
        unknown = pl.lit(None, dtype=pl.Boolean)
        return {"clinical_before": unknown, "beyond_cutoff": unknown}
    beyond: pl.Expr | pl.Series = sign * (pl.col("post") - cutoff) > 0
    reliability, clinical = criteria.reliability, criteria.clinical
    if settings.method is Method.HAGEMAN_ARRINDELL and reliability and clinical:
        post = people["post"].to_numpy()
        beyond = pl.Series(
            true_score_beyond(post, cutoff, clinical.sd, reliability, sign=sign, z=criteria.z)
        )
    return {"clinical_before": sign * (pl.col("pre") - cutoff) <= 0, "beyond_cutoff": beyond}
