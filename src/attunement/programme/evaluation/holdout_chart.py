"""The picture of a hold-out."""

import altair as alt
import polars as pl

from attunement.charts.palette import ACCENT, INK, QUIET
from attunement.programme.drawing import finished
from attunement.programme.evaluation.holdout import Holdout


def holdout_chart(found: Holdout, *, offer: str = "offered it") -> alt.LayerChart:
    """Draw the risk in both arms with their intervals, and the difference in words.

    The picture is our own; it estimates nothing.

    Parameters
    ----------
    found
        From :func:`attunement.programme.evaluation.holdout.holdout`.
    offer
        What the first arm is called.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.programme.evaluation.holdout import holdout
    >>> rows = pl.DataFrame({"offered": [1] * 100 + [0] * 100,
    ...                      "outcome": [1] * 12 + [0] * 88 + [1] * 20 + [0] * 80})
    >>> holdout_chart(holdout(rows, event="dropped out")).title.text
    'Who dropped out'
    """
    arms = {offer: found.offered, "held out": found.held_out}
    rows = pl.DataFrame(
        [
            {
                "arm": name,
                "rate": arm.rate,
                "low": arm.low,
                "high": arm.high,
                "said": f"{arm.rate:.1%}, {arm.events:,} of {arm.n - arm.missing:,}",
            }
            for name, arm in arms.items()
        ]
    ).to_pandas()
    y = alt.Y("arm:N", title=None, sort=list(arms))
    top = max(arm.high for arm in arms.values())
    scale = alt.Scale(domain=[0, top * 1.1], nice=False)
    base = alt.Chart(rows)
    interval = base.mark_rule(color=QUIET.light, strokeWidth=2).encode(
        x=alt.X("low:Q", title=f"{found.event}, with interval", scale=scale).axis(
            format=".0%", tickCount=5
        ),
        x2="high:Q",
        y=y,
    )
    dot = base.mark_circle(color=ACCENT.light, size=130, opacity=1).encode(x="rate:Q", y=y)
    word = base.mark_text(color=INK.light, dy=-16).encode(x="rate:Q", y=y, text="said:N")
    change = found.difference
    subtitle = (
        f"difference {change.value * 100:+.1f} points ({change.low * 100:+.1f} to "
        f"{change.high * 100:+.1f})"
    )
    return finished(
        alt.layer(interval, dot, word), f"Who {found.event}", subtitle, width=440, height=150
    )
