"""The picture of what a recovery costs."""

from math import isfinite

import altair as alt

from attunement.charts.palette import ACCENT, INK, QUIET
from attunement.programme.cost.per_recovery import CostPerRecovery
from attunement.programme.drawing import finished

BEGAN, RECOVERED = "each client who began", "each reliable recovery"


def per_recovery_chart(found: CostPerRecovery) -> alt.LayerChart:
    """Draw the cost of a client and of a reliable recovery, with its interval.

    Where the data do not bound the interval, its line runs to the end and says so.

    The picture is our own; it estimates nothing.

    Parameters
    ----------
    found
        From :func:`attunement.programme.cost.per_recovery.cost_per_recovery`.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.programme.cost.per_recovery import cost_per_recovery
    >>> from attunement.programme.cost.perspective import Perspective
    >>> view = Perspective(payer="the service", counted=["therapists' time"], left_out=[],
    ...                    currency="GBP", price_year=2026)
    >>> clients = pl.DataFrame({"cost": [300.0, 500, 700, 900] * 10,
    ...                         "reliable_recovery": [0, 1, 0, 1, 1, 0, 0, 1] * 5})
    >>> per_recovery_chart(cost_per_recovery(clients, view)).title.text
    'What one recovery costs'
    """
    money = found.perspective.money
    bounded = isfinite(found.high)
    end = found.high if bounded else 2 * found.value
    high = money(found.high) if bounded else "no upper end"
    rows = [
        {"of": BEGAN, "value": found.per_client, "said": money(found.per_client)},
        {"of": RECOVERED, "value": found.value, "low": found.low, "high": end,
         "said": f"{money(found.value)} ({money(found.low)} to {high})"},
    ]  # fmt: skip
    y = alt.Y("of:N", title=None, sort=[BEGAN, RECOVERED]).axis(grid=False)
    x = alt.X(
        "value:Q",
        title=f"costs to {found.perspective.payer}, {found.perspective.currency} of "
        f"{found.perspective.price_year}",
        scale=alt.Scale(domain=[0, 1.3 * end], nice=False),
    ).axis(tickCount=5)
    base = alt.Chart(alt.InlineData(values=rows))
    interval = base.mark_rule(color=QUIET.light, strokeWidth=2)
    layers = [
        interval.encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        base.mark_circle(color=ACCENT.light, size=130, opacity=1).encode(x=x, y=y),
        base.mark_text(color=INK.light, dy=-16).encode(x=x, y=y, text="said:N"),
    ]
    return finished(
        alt.layer(*layers),
        "What one recovery costs",
        f"{found.clients:,} clients began, {found.recovered:,} reliably recovered",
        height=150,
    )
