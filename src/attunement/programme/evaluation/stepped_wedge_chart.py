"""The picture of a stepped wedge: who had begun when, and the effect by periods since."""

from math import floor, log10

import altair as alt
import polars as pl

from attunement.charts.palette import ACCENT, INK, PAPER, QUIET, RULE, USUAL
from attunement.programme.drawing import stacked, titled
from attunement.programme.evaluation.stepped_wedge import SteppedWedge

WIDTH, CELL = 480, 24
FEWEST, WIDEST = 5, 12
AVERAGE, CONSTANT = "average", "if the same in all"


def stepped_wedge_chart(found: SteppedWedge) -> alt.VConcatChart:
    """Draw the mean of every cluster and period, and below it the effects with their intervals.

    Means of fewer than five rows are not written, and none where there are more than twelve
    periods.

    The picture is our own; it estimates nothing.

    Parameters
    ----------
    found
        From :func:`attunement.programme.evaluation.stepped_wedge.stepped_wedge`.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.programme.evaluation.stepped_wedge import stepped_wedge
    >>> noise = [2.0, -1, 0, 1, -2, 1, 0, -1, 3, -3]
    >>> rows = pl.DataFrame([
    ...     {"cluster": c, "period": p, "treated": int(p > c % 3),
    ...      "outcome": 10 + c / 2 + p - 2 * (p > c % 3) + noise[(3 * c + 5 * p + i) % 10]}
    ...     for c in range(6) for p in range(4) for i in range(5)])
    >>> len(stepped_wedge_chart(stepped_wedge(rows)).vconcat)
    2
    """
    return stacked(_plan(found), _effects(found))


def _plan(found: SteppedWedge) -> alt.LayerChart:
    few = found.periods <= WIDEST
    places = decimals(found.cells["mean"])
    rows = [
        {
            "cluster": row["cluster"],
            "period": row["period"],
            "has": row["treated"],
            "said": f"{row['mean']:,.{places}f}" if few and row["rows"] >= FEWEST else "",
        }
        for row in found.cells.iter_rows(named=True)
    ]
    order = found.cells["cluster"].unique(maintain_order=True).to_list()
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("period:O", title="period").axis(labelAngle=0),
        y=alt.Y("cluster:N", title=None, sort=order),
    )
    fill = alt.condition("datum.has", alt.value(ACCENT.light), alt.value(USUAL.light))
    ink = alt.condition("datum.has", alt.value(PAPER.light), alt.value(INK.light))
    cells = base.mark_rect(stroke=PAPER.light, strokeWidth=2).encode(color=fill)
    words = base.mark_text().encode(text="said:N", color=ink)
    return titled(
        alt.layer(cells, words),
        f"{found.outcome.capitalize()}: means of clusters",
        "strong colour: begun; faint: not yet",
        width=WIDTH,
        height=CELL * len(order),
    )


def _effects(found: SteppedWedge) -> alt.LayerChart:
    named = {f"{period}": one for period, one in found.by_exposure.items()}
    shown = named | {AVERAGE: found.average, CONSTANT: found.constant}
    rows = pl.DataFrame(
        {
            "name": list(shown),
            "kind": ["each" if name in named else "all" for name in shown],
            **{end: [getattr(one, end) for one in shown.values()] for end in ENDS},
        }
    )
    y = alt.Y("name:N", title="periods since the start", sort=list(shown)).axis(grid=False)
    base = alt.Chart(alt.InlineData(values=rows.to_dicts()))
    none = alt.Chart(alt.InlineData(values=[{"value": 0.0}]))
    colour = alt.condition("datum.kind == 'all'", alt.value(ACCENT.light), alt.value(INK.light))
    layers = [
        none.mark_rule(color=QUIET.light, strokeDash=[4, 4]).encode(x="value:Q"),
        base.mark_rule(strokeWidth=2).encode(
            x=alt.X("low:Q", title=f"further {found.outcome}").axis(
                tickCount=6, gridColor=RULE.light
            ),
            x2="high:Q",
            y=y,
            color=colour,
        ),
        base.mark_circle(size=100, opacity=1).encode(x="value:Q", y=y, color=colour),
    ]
    return titled(
        alt.layer(*layers),
        "The effect, with intervals",
        width=WIDTH,
        height=30 * len(shown),
    )


ENDS = ("value", "low", "high")


def decimals(means: pl.Series) -> int:
    """Count the decimals that give the largest mean three figures, two at most."""
    most = float(means.abs().max() or 0.0)  # type: ignore[arg-type]
    return 2 if most < 1 else max(2 - floor(log10(most)), 0)
