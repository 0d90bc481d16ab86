"""Small numbers, withheld together: what one table hides, another must not give away."""

from dataclasses import replace

import polars as pl

from attunement.programme.outcomes.funnel import Funnel
from attunement.programme.outcomes.overview import Outcomes
from attunement.programme.retention.card import card
from attunement.programme.retention.overview import Retention
from attunement.programme.retention.staying import EVERYBODY
from attunement.programme.retention.validation import ALL_SITES, SITE

KEY = ["by", "group"]


def agree(
    left: Retention | None, became: Outcomes | None
) -> tuple[Retention | None, Outcomes | None]:
    """Hide a group in both tables where either hides how many clients it has.

    Each table hides beside a small group others, so that it cannot be had by subtraction. Both
    might choose different ones, and together give it away.
    """
    if left is None or became is None or became.groups is None:
        return left, became
    rates, groups = left.staying.rates, became.groups
    hidden = (
        pl.concat([_without_count(rates), _without_count(groups)])
        .unique()
        .with_columns(hidden=pl.lit(value=True))
    )
    shown = _emptied(rates, hidden, ["clients", "known", "left", "rate", "low", "high"])
    gone = hidden.select(KEY)
    curves = left.staying.curves.join(gone, on=KEY, how="anti")
    left = _without_groups(left, set(gone.rows()))
    cells = ["clients", "both", "missing", "n", "of", "share", "low", "high"]
    return (
        replace(left, staying=replace(left.staying, rates=shown, curves=curves)),
        replace(became, groups=_emptied(groups, hidden, cells)),
    )


def _without_groups(left: Retention, hidden: set[tuple[str, ...]]) -> Retention:
    """Leave groups out of the model's card that are hidden elsewhere."""
    if left.model is None:
        return left
    groups = tuple(one for one in left.model.groups if (one.by, one.group) not in hidden)
    model = replace(left.model, groups=groups)
    tests = () if left.card is None else tuple(left.card.tests["where"])
    shown = tuple(one for one in model.tests if one.where in tests)
    return replace(left, model=model, card=card(replace(model, tests=shown)))


def without_sites(left: Retention) -> Retention:
    """Leave single sites out of the model's card: how many left there may be withheld elsewhere."""
    if left.model is None:
        return left
    tests = tuple(one for one in left.model.tests if one.kind != SITE or one.where == ALL_SITES)
    return replace(left, card=card(replace(left.model, tests=tests)))


def _without_count(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(pl.col("clients").is_null(), pl.col("by") != EVERYBODY).select(KEY).unique()


def _emptied(table: pl.DataFrame, hidden: pl.DataFrame, cells: list[str]) -> pl.DataFrame:
    marked = table.join(hidden, on=KEY, how="left", maintain_order="left")
    return marked.with_columns(
        pl.when(pl.col("hidden").is_null()).then(pl.col(name)).alias(name) for name in cells
    ).drop("hidden")


def fit_to_print(found: Funnel, fewest: int) -> Funnel:
    """Leave out of a funnel the units whose dots would tell of few people, and all their names.

    A unit with fewer than ``fewest`` clients who have the outcome, or who have it not, is not
    drawn; where that is one alone, nor is the next smallest, for else the first could be had by
    subtraction.
    """
    units = found.units.with_columns(
        rest=pl.min_horizontal("n", pl.col("clients") - pl.col("n")).fill_null(0)
    ).sort("rest", "unit")
    few = int((units["rest"] < fewest).sum())
    kept = units.slice(2 if few == 1 else few)
    return replace(found, units=kept.with_columns(unit=pl.lit("")).drop("rest"))
