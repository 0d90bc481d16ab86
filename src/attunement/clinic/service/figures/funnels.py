"""Therapists in a funnel: no name, no order, no dot that stands for few people."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from attunement.clinic.service.cells import SMALLEST, STEP, step_of
from attunement.clinic.service.figures.rows import ROUNDED, Row, stepped
from attunement.programme.outcomes.funnel import (
    AS_EXPECTED,
    BEYOND,
    EDGE,
    INNER,
    OUTER,
    Funnel,
    chance_limits,
)
from attunement.report.programme.computing import Programme as Found
from attunement.report.programme.withheld import fit_to_print

FEWEST_UNITS = 5
PLACES = (AS_EXPECTED, EDGE, BEYOND)
Shown = Mapping[tuple[str, str], Funnel]


def shown(found: Found) -> Shown:
    """Give the funnels that may be seen, everything in them rounded.

    A unit stands in it with ten or more who have the outcome and ten or more who have not; a
    funnel of fewer than five units is left out. A rate that is adjusted is no count
    over another, and is rounded to fives at most. Limits are drawn anew from what is rounded, so
    that they tell no more.
    """
    if found.outcomes is None:
        return {}
    every = {
        about: _rounded(fit_to_print(_placed(one), SMALLEST))
        for about, one in found.outcomes.funnels.items()
    }
    return {about: one for about, one in every.items() if one.units.height >= FEWEST_UNITS}


def _placed(one: Funnel) -> Funnel:
    return replace(one, units=one.units.filter(pl.col("why_not").is_null()))


def _rounded(one: Funnel) -> Funnel:
    if one.units.is_empty():
        return one
    coarsest = STEP if one.adjusted_for else 100
    step = pl.Series([min(step_of(size), coarsest) / 100 for size in one.units["size"]])
    units = one.units.select(
        "place",
        "why_not",
        size=(pl.col("size") / STEP).round() * STEP,
        **{name: ((pl.col(name) / step).round() * step).round(2) for name in ("rate", "shrunken")},
    ).sort("size", "rate", "shrunken")
    rate, between = stepped(one.rate, 0.01), stepped(one.between_sd, 0.01)
    return replace(
        one, units=units, limits=_limits(units["size"], rate, between), rate=rate,
        between_sd=between,
    )  # fmt: skip


def _limits(sizes: pl.Series, rate: float, between: float) -> pl.DataFrame:
    first, last = max(float(sizes.min() or 0) - STEP, STEP), float(sizes.max() or 0) + STEP  # type: ignore[arg-type]
    size = np.arange(first, last + 1)
    low, high = chance_limits(rate, size, between, INNER)
    outer_low, outer_high = chance_limits(rate, size, between, OUTER)
    return pl.DataFrame(
        {"size": size, "low": low, "high": high, "outer_low": outer_low, "outer_high": outer_high}
    )


def funnel_figures(every: Shown) -> Iterator[Row]:
    """Count units by place, and say what holds over all."""
    for (unit, outcome), one in every.items():
        name = f"funnel/{unit}/{outcome}"
        yield Row(
            figure=f"{name}/units", what=f"{unit}s drawn", told=ROUNDED, value=one.units.height,
            unit="count",
        )  # fmt: skip
        for place in PLACES:
            yield Row(
                figure=f"{name}/{place}",
                what=f"{unit}s {place}",
                told=ROUNDED,
                value=one.units.filter(pl.col("place") == place).height,
                unit="count",
            )
        yield Row(
            figure=f"{name}/rate", what=f"{outcome.replace('_', ' ')} over all {unit}s",
            told=ROUNDED, value=one.rate,
        )  # fmt: skip
        yield Row(
            figure=f"{name}/between_sd", what=f"SD between {unit}s beyond chance", told=ROUNDED,
            value=one.between_sd,
        )  # fmt: skip
