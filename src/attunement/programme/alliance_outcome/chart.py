"""The picture of both: within clients on the left, between them on the right."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import polars as pl

from attunement.charts.palette import ACCENT, QUIET, RULE, USUAL
from attunement.programme.alliance_outcome.analysis import AllianceOutcome
from attunement.programme.alliance_outcome.associations import Association
from attunement.programme.alliance_outcome.centring import common_slope, moved
from attunement.programme.drawing import CONFIG

GROUPS = 20
FEWEST_IN_A_GROUP = 5


def alliance_outcome_chart(
    found: AllianceOutcome,
    *,
    alliance: str = "",
    outcome: str = "",
    fewest: int = FEWEST_IN_A_GROUP,
    places: int | None = None,
) -> alt.HConcatChart:
    """Draw the two associations side by side, each with its band, over means of groups.

    Each panel says its association in outcome units per unit of the alliance.

    Each dot is the mean of one twentieth of sessions (left) or clients (right), in the order of
    the alliance, and of ``fewest`` or more, so that no one client can be seen.

    The picture is our own; it estimates nothing.

    Parameters
    ----------
    found
        From :func:`attunement.programme.alliance_outcome.analysis.alliance_outcome`.
    alliance, outcome
        What the scales are called on the axes; their names where empty.
    fewest
        Sessions or clients behind one dot.
    places
        Decimals that the dots are rounded to; not at all where absent.

    Examples
    --------
    >>> from attunement import Plan, alliance_outcome, simulate
    >>> scores = simulate(Plan(clients=100, responses=False), seed=7).scores
    >>> found = alliance_outcome(scores, alliance="session-check-in.alliance", outcome="phq9")
    >>> [panel.title.text for panel in alliance_outcome_chart(found, outcome="PHQ-9").hconcat]
    ['Within clients', 'Between clients, observed']
    """
    alliance, outcome = alliance or found.about.alliance, outcome or found.about.outcome
    of = found.found
    steady = pl.col("outcome") - common_slope(found.rows, "outcome") * pl.col("time")
    rows = found.rows.with_columns(outcome=steady)
    panels = []
    if of.within is not None:
        moves = rows.select(x="within", y=moved("outcome"))
        panels.append(
            _panel(
                moves,
                of.within,
                "Within clients",
                (f"{alliance}, above or below own usual", f"{outcome}, above or below own usual"),
                fewest,
                places,
            )
        )
    means = rows.group_by("client").agg(x=pl.col("between").first(), y=pl.col("outcome").mean())
    between = means.select("x", y=pl.col("y") - pl.col("y").mean())
    panels.append(
        _panel(
            between,
            of.between,
            "Between clients, observed",
            (f"{alliance}, usual level, from the mean", f"{outcome}, usual, from the mean"),
            fewest,
            places,
            beside=", not corrected for noise" if of.latent else "",
        )
    )
    both: alt.HConcatChart = alt.hconcat(*panels, spacing=90, bounds="flush").configure(**CONFIG)
    return both


def _said(one: Association) -> str:
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"


def _panel(
    points: pl.DataFrame,
    one: Association,
    title: str,
    axes: Sequence[str],
    fewest: int,
    places: int | None,
    beside: str = "",
) -> alt.LayerChart:
    groups = max(min(GROUPS, len(points) // fewest), 1)
    ranked = points.with_columns(
        group=((pl.col("x").rank("ordinal") - 1) * groups // pl.len()).cast(pl.Int64)
    )
    dots = ranked.group_by("group").agg(pl.col("x", "y").mean()).sort("group")
    if places is not None:
        dots = dots.with_columns(pl.col("x", "y").round(places))
    ends = np.linspace(dots["x"].min(), dots["x"].max(), 41)  # type: ignore[arg-type]
    line = pl.DataFrame(
        {
            "x": ends,
            "y": ends * one.value,
            "low": np.minimum(ends * one.low, ends * one.high),
            "high": np.maximum(ends * one.low, ends * one.high),
        }
    )
    x = alt.X("x:Q", title=axes[0], scale=alt.Scale(nice=False, zero=False)).axis(tickCount=5)
    y = alt.Y("y:Q", title=axes[1], scale=alt.Scale(zero=False, nice=False)).axis(tickCount=5)
    base = alt.Chart(line.to_pandas())
    band = base.mark_area(color=USUAL.light, opacity=1).encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
    zero = (
        alt.Chart(pl.DataFrame({"y": [0.0]}).to_pandas())
        .mark_rule(color=RULE.light, strokeWidth=2)
        .encode(y="y:Q")
    )
    straight = base.mark_line(color=ACCENT.light, strokeWidth=2.25).encode(x=x, y=y)
    marks = (
        alt.Chart(dots.to_pandas())
        .mark_circle(color=QUIET.light, size=44, opacity=0.9)
        .encode(x=x, y=y)
    )
    shown = alt.TitleParams(title, subtitle=_said(one) + beside, fontSize=14, frame="group")
    panel: alt.LayerChart = alt.layer(zero, band, straight, marks)  # type: ignore[assignment]
    return panel.properties(width=350, height=260, title=shown)
