"""Charts as pictures that need no browser, no script and no network."""

import json
import re
from html import escape
from typing import Any

import altair as alt
import vl_convert

from attunement.charts.palette import PALETTE, PAPER

ROOT = re.compile(r"<svg [^>]*?viewBox=\"([^\"]*)\"[^>]*>(<rect [^>]*/>)?")
INNER_ROLES = re.compile(r' (?:role|aria-roledescription|aria-label|aria-hidden)="[^"]*"')


def to_svg(chart: alt.TopLevelMixin | dict[str, Any], sentence: str) -> str:
    """Draw a chart as SVG whose accessible name is one sentence.

    Parameters
    ----------
    chart
        Any Altair chart, or its Vega-Lite description.
    sentence
        What the chart says, for people who listen to it.

    Returns
    -------
    One ``svg`` element, as wide as its surroundings allow, on no background of its own.
    """
    spec = chart if isinstance(chart, dict) else chart.to_dict(validate=False)
    drawn = str(vl_convert.vegalite_to_svg(json.dumps(spec)))
    found = ROOT.search(drawn)
    if found is None:
        raise AssertionError("the drawing does not start as an SVG element")
    _, _, width, height = found[1].split()
    spoken = escape(sentence, quote=True)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="{spoken}" '
        f'viewBox="{found[1]}" width="{width}" height="{height}">'
    )
    return head + INNER_ROLES.sub("", drawn[found.end() :])


def alone(svg: str, title: str, description: str) -> str:
    """Let a drawing of :func:`to_svg` stand as a file of its own.

    It gets a title, a description and paper behind it, and turns dark where the reader's screen
    is; a program that knows nothing of that, and a printer, show it light.

    Parameters
    ----------
    svg
        The drawing.
    title, description
        What it is of, and what it says.
    """
    head, end, rest = svg.partition(">")
    dark = "".join(
        f'[{attribute}="{colour.light}"]{{{attribute}:{colour.dark}}}'
        for colour in PALETTE
        for attribute in ("fill", "stroke")
    )
    return (
        f"{head}{end}<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f"<style>@media screen and (prefers-color-scheme:dark){{{dark}}}</style>"
        f'<rect width="100%" height="100%" fill="{PAPER.light}"/>{rest}'
    )
