"""Count what was found of what was planted."""

from collections.abc import Iterable

import polars as pl

from attunement.guidance.reasons.library import reasons_library
from attunement.guidance.reasons.model import WEIGHTS
from attunement.synthetic.planted.plan import STRENGTHS, TOGETHER, UNDISTURBED

FIRST_FEW = 3
NONE = "none"
LIMITS = {"reason": pl.String, "strength": pl.String} | dict.fromkeys(
    ("limit", "limit_three", "limit_whole", "limit_three_whole", "asked_limit"), pl.Float64
)


def hits(disturbed: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Count how often the true reason is named first and among three, unasked and asked."""

    def share(condition: pl.Expr) -> pl.Expr:
        return condition.fill_null(value=False).mean()

    return (
        disturbed.group_by("reason", "strength")
        .agg(
            sessions=pl.len(),
            first=share(pl.col("told_first") == pl.col("reason")),
            among_three=share(pl.col("own_told") <= FIRST_FEW),
            any_reason=pl.col("told_first").is_not_null().mean(),
            asked_first=share(pl.col("asked_first") == pl.col("reason")),
            asked_three=share(pl.col("own_asked") <= FIRST_FEW),
        )
        .sort(_place("reason", reasons_library()), _place("strength", STRENGTHS))
        .join(limits, on=["reason", "strength"], how="left", maintain_order="left")
    )


def confused(medium: pl.DataFrame) -> pl.DataFrame:
    """Count what is named first, unasked and asked."""
    return pl.concat(
        medium.select("reason", asked=pl.lit(asked), named=pl.col(column).fill_null(NONE))
        .group_by("asked", "reason", "named")
        .agg(count=pl.len())
        .with_columns(share=pl.col("count") / pl.col("count").sum().over("reason"))
        .drop("count")
        .sort(_place("reason", reasons_library()), -pl.col("share"), "named")
        for asked, column in ((False, "told_first"), (True, "asked_first"))
    )


def weights(disturbed: pl.DataFrame, calm: pl.DataFrame) -> pl.DataFrame:
    """Count how often each weight is given, and how often what it is given to is true."""
    right = pl.col("asked_first") == pl.col("reason")
    by_strength = {f"right_{one}": right.filter(strength=one).mean() for one in STRENGTHS}
    return (
        disturbed.group_by("weight")
        .agg(share=pl.len() / max(len(disturbed), 1), right=right.mean(), **by_strength)
        .join(
            calm.group_by("weight").agg(undisturbed=pl.len() / max(len(calm), 1)),
            on="weight", how="full", coalesce=True,
        )
        .drop_nulls("weight")
        .with_columns(pl.col("share", "undisturbed").fill_null(0.0))
        .sort(_place("weight", WEIGHTS))
    )  # fmt: skip


def fallen_together(looked: pl.DataFrame) -> pl.DataFrame:
    """Count how often all answers are said to have fallen together, where they did or did not."""
    return (
        looked.filter(pl.col("reason").is_in([TOGETHER, UNDISTURBED]))
        .group_by("strength")
        .agg(
            sessions=pl.len(),
            general=pl.col("general").mean(),
            any_reason=pl.col("told_first").is_not_null().mean(),
        )
        .sort(_place("strength", (NONE, *STRENGTHS)))
    )


def _place(column: str, names: Iterable[str]) -> pl.Expr:
    return pl.col(column).replace_strict({name: number for number, name in enumerate(names)})
