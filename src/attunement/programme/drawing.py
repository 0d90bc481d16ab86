"""The look that all pictures of the programme share."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from attunement.charts.palette import INK, QUIET, RULE

SIZE = 13
Lines = str | Sequence[str]
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


def titled(
    chart: Any,
    title: str,
    subtitle: Lines = "",
    *,
    width: int = 460,
    height: int = 280,
) -> alt.LayerChart:
    """Give a panel beside others its size and title."""
    shown = alt.TitleParams(title, subtitle=subtitle) if subtitle else alt.TitleParams(title)
    done: alt.LayerChart = chart.properties(width=width, height=height, title=shown)
    return done


def finished(
    chart: Any,
    title: str,
    subtitle: Lines = "",
    *,
    width: int = 460,
    height: int = 280,
) -> alt.LayerChart:
    """Give a layered chart its size, title and the common look."""
    done: alt.LayerChart = titled(chart, title, subtitle, width=width, height=height).configure(
        **CONFIG
    )
    return done


def side_by_side(*panels: alt.LayerChart) -> alt.HConcatChart:
    """Put panels beside each other, in the common look."""
    both: alt.HConcatChart = alt.hconcat(*panels, spacing=60).configure(**CONFIG)
    return both


def stacked(*panels: alt.LayerChart) -> alt.VConcatChart:
    """Put panels below each other, in the common look, their titles above where they begin."""
    config = CONFIG | {"title": CONFIG["title"] | {"frame": "group"}}
    both: alt.VConcatChart = alt.vconcat(*panels, spacing=40).configure(**config)
    return both
