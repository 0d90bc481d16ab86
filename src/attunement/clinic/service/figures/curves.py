"""How many have left after so many sessions, in steps of five people and never of fewer than ten.

From a curve in exact steps all its counts can be had (Guyot et al. 2012, *BMC Med. Res. Methodol.*
12:9). So each point is a number of people to the nearest five of those who began, it is there only
where ten or more have left and ten or more have not, and it ends where fewer than ten are seen.
"""

from collections.abc import Iterator

import polars as pl

from attunement.clinic.service.cells import SMALLEST, STEP, rounded
from attunement.clinic.service.figures.rows import ROUNDED, Row, outward, stepped
from attunement.programme.retention.staying import EVERYBODY
from attunement.report.programme.computing import Programme as Found

FEWEST_POINTS = 2


def curves(found: Found) -> dict[str, pl.DataFrame]:
    """Give each definition's curve of everybody as it may be drawn, where it has points enough."""
    if found.retention is None:
        return {}
    every = found.retention.staying.curves.filter(pl.col("by") == EVERYBODY)
    people = rounded(found.began)
    drawn = {
        str(name): _in_fives(own, people)
        for (name,), own in every.group_by("definition", maintain_order=True)
    }
    return {name: one for name, one in drawn.items() if one.height >= FEWEST_POINTS}


def _in_fives(curve: pl.DataFrame, people: int) -> pl.DataFrame:
    left = pl.col("gone") * people
    step, points, last = STEP / people, [], 0.0
    seen = curve.filter(
        left >= SMALLEST, people - left >= SMALLEST, pl.col("at_risk") >= SMALLEST
    ).sort("time")
    for row in seen.iter_rows(named=True):
        gone = stepped(row["gone"], step)
        if gone > last:
            low, high = outward(row["gone_low"] or 0.0, row["gone_high"] or 1.0, step)
            points.append((row["time"], gone, max(low, 0.0), min(high, 1.0)))
            last = gone
    return pl.DataFrame(
        points,
        schema=dict.fromkeys(("time", "gone", "gone_low", "gone_high"), pl.Float64),
        orient="row",
    ).with_columns(
        definition=pl.lit(curve["definition"][0]), by=pl.lit(EVERYBODY), group=pl.lit(EVERYBODY)
    )


def curve_figures(found: Found) -> Iterator[Row]:
    """Give every point of every curve as a figure."""
    for name, curve in curves(found).items():
        for row in curve.iter_rows(named=True):
            yield Row(
                figure=f"left-after/{name}/{row['time']:g}",
                what=f"have left after {row['time']:g} session{'s' * (row['time'] != 1)} ({name})",
                told=ROUNDED,
                value=row["gone"],
                low=row["gone_low"],
                high=row["gone_high"],
                of=rounded(found.began),
            )
