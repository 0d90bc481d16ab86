"""The look that all pictures of the programme share."""

from typing import Any

import altair as alt

from attunement.charts.palette import INK, QUIET, RULE

SIZE = 13
CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "color": INK.light,
        "fontSize": 16,
        "fontWeight": 600,
        "subtitleColor": QUIET.light,
        "subtitleFontSize": SIZE,
        "subtitlePadding": 6,
        "offset": 14,
    },
    "axis": {
        "domain": False,
        "ticks": False,
        "gridColor": RULE.light,
        "labelColor": QUIET.light,
        "labelFontSize": SIZE,
        "labelPadding": 6,
        "labelLimit": 320,
        "titleColor": QUIET.light,
        "titleFontSize": SIZE,
        "titleFontWeight": "normal",
        "titlePadding": 10,
    },
    "text": {"fontSize": SIZE, "color": INK.light},
}


def finished(
    chart: Any, title: str, subtitle: str = "", *, width: int = 460, height: int = 280
) -> alt.LayerChart:
    """Give a layered chart its size, title and the common look."""
    shown = alt.TitleParams(title, subtitle=subtitle) if subtitle else alt.TitleParams(title)
    done: alt.LayerChart = chart.properties(width=width, height=height, title=shown).configure(
        **CONFIG
    )
    return done
