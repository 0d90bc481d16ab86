"""Charts for a narrow page, with their labels in the reader's words."""

from collections.abc import Iterator, Mapping
from typing import Any

from attunement.charts.palette import QUIET

WIDTH, HEIGHT, SIZE = 290, 210, 13
LEGEND = {"orient": "bottom", "columns": 1, "title": None}
INHERITED = ("$schema", "config", "datasets", "background")

Spec = dict[str, Any]


def slim(
    spec: Spec, *, x: str, y: str, words: Mapping[str, str], size: tuple[int, int] = (WIDTH, HEIGHT)
) -> Spec:
    """Give a chart of one panel a size that a phone has room for, and other labels.

    The title of the vertical axis stands above the drawing, so that it may be long.

    Parameters
    ----------
    spec
        A Vega-Lite description of a single or a layered chart; it stays as it is.
    x, y
        Titles of the axes.
    words
        What stands in place of a text in the data and legends, by that text.
    size
        Width and height of the drawing without its labels, in pixels.
    """
    width, height = size
    title = {"text": y, "anchor": "start", "frame": "bounds", "fontSize": SIZE, "offset": 10,
             "fontWeight": "normal", "color": QUIET.light}  # fmt: skip
    labelled: Spec = _labelled(_reworded(spec, words), x)
    return labelled | {"width": width, "height": height, "title": title}


def panels(spec: Spec) -> list[Spec]:
    """Take apart panels that stand side by side, so that a page may put them one below another.

    Of data that all share, each panel has what it names.
    """
    shared = {name: spec[name] for name in INHERITED if name in spec}
    return [_with_own_data(shared | panel) for panel in spec["hconcat"]]


def _with_own_data(spec: Spec) -> Spec:
    if "datasets" not in spec:
        return spec
    named = set(_named({name: part for name, part in spec.items() if name != "datasets"}))
    return spec | {"datasets": {name: spec["datasets"][name] for name in named}}


def _named(part: Any) -> Iterator[str]:
    """Name the data that a part of a description draws, wherever it stands."""
    if isinstance(part, list):
        for value in part:
            yield from _named(value)
    elif isinstance(part, dict):
        if "name" in part.get("data", {}):
            yield part["data"]["name"]
        for value in part.values():
            yield from _named(value)


def _reworded(part: Any, words: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _reworded(value, words) for name, value in part.items()}
    if isinstance(part, list):
        return [_reworded(value, words) for value in part]
    return words.get(part, part) if isinstance(part, str) else part


def _labelled(part: Any, x: str) -> Any:
    """Set every title of an axis, in all layers alike: else they would be joined."""
    if isinstance(part, list):
        return [_labelled(value, x) for value in part]
    if not isinstance(part, dict):
        return part
    found = {name: _labelled(value, x) for name, value in part.items()}
    for name, channel in found.get("encoding", {}).items():
        if name in ("x", "y") and "value" not in channel:
            channel["title"] = x if name == "x" else None
        if channel.get("legend"):
            channel["legend"] |= LEGEND
    return found
