"""The picture of a stepped-wedge plan."""

import altair as alt
import polars as pl

from attunement.charts.palette import ACCENT, PAPER, USUAL
from attunement.programme.drawing import finished
from attunement.programme.evaluation.intake import Array


def wedge_chart(design: Array) -> alt.LayerChart:
    """Draw which cluster begins when.

    The picture is our own; it estimates nothing.

    Parameters
    ----------
    design : shape (clusters, periods)
        From :func:`attunement.programme.evaluation.wedge_design.steps`.

    Examples
    --------
    >>> from attunement.programme.evaluation.wedge_design import steps
    >>> wedge_chart(steps([2, 2, 2])).title.text
    'Who begins when'
    """
    rows = pl.DataFrame(
        [
            {
                "cluster": cluster + 1,
                "period": period + 1,
                "has": "with" if design[cluster, period] else "not yet",
            }
            for cluster in range(design.shape[0])
            for period in range(design.shape[1])
        ]
    ).to_pandas()
    x = alt.X("period:O", title="period").axis(labelAngle=0)
    y = alt.Y("cluster:O", title="cluster")
    colours = alt.Scale(domain=["not yet", "with"], range=[USUAL.light, ACCENT.light])
    cells = (
        alt.Chart(rows)
        .mark_rect(stroke=PAPER.light, strokeWidth=2)
        .encode(x=x, y=y, color=alt.Color("has:N", scale=colours, legend=None))
    )
    words = (
        alt.Chart(rows[rows["has"] == "with"])
        .mark_text(text="with", color=PAPER.light)
        .encode(x=x, y=y)
    )
    return finished(alt.layer(cells, words), "Who begins when", width=360, height=24 * len(design))
