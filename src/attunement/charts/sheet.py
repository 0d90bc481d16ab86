"""The sheet that every chart over sessions is drawn on: sessions across, no frame, quiet lines."""

from typing import Any

from attunement.charts.layers import Layers
from attunement.charts.layout import Frame
from attunement.charts.palette import INK, QUIET, RULE

SIZE = 14.5
LEFT, RIGHT = 34, 84

CONFIG = {
    "background": "transparent",
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "title": {"color": INK.light, "fontSize": 16, "fontWeight": 600, "lineHeight": 21},
    "axis": {
        "domain": False,
        "ticks": False,
        "gridColor": RULE.light,
        "labelColor": QUIET.light,
        "labelFontSize": SIZE,
        "labelPadding": 8,
    },
    "text": {"fontSize": SIZE, "color": INK.light},
}


def sheet(
    drawn: Layers,
    frame: Frame,
    *,
    top: int,
    bottom: int,
    axis: dict[str, Any] | None = None,
    title: str = "",
) -> dict[str, Any]:
    """Put layers on a sheet, as a Vega-Lite specification.

    Parameters
    ----------
    drawn
        Layers with the fields ``session`` and ``score``.
    frame
        What of sessions and scores is shown, and how large in pixels.
    top, bottom
        Room above and below, in pixels.
    axis
        How the scores' axis looks; without one it is not drawn.
    title
        One sentence; empty where the page says it.
    """

    def channel(field: str, bounds: tuple[float, float], axis: dict[str, Any] | None) -> Any:
        scale = {"domain": list(bounds), "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}

    spec: dict[str, Any] = {
        "layer": drawn,
        "encoding": {
            "x": channel("session", frame.sessions, None),
            "y": channel("score", frame.scores, axis),
        },
        "width": frame.width,
        "height": frame.height,
        "autosize": "pad" if title else "none",
        "padding": {"left": LEFT, "right": RIGHT, "top": top, "bottom": bottom},
        "config": CONFIG,
    }
    if title:
        spec["title"] = {"text": title, "anchor": "start", "frame": "bounds"}
    return spec
