"""A picture as a file that stands alone: a page, a drawing, dots, or paper."""

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

import altair as alt
import vl_convert

from attunement.charts import style, to_svg
from attunement.charts.palette import PAPER
from attunement.charts.svg import alone
from attunement.problems import Problem
from attunement.report.pdf import FONT, TEMPLATES, accessible

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}
body{{background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;
max-width:60rem;margin:2rem auto;padding:0 1rem}} svg{{max-width:100%;height:auto}}</style></head>
<body><main><h1>{title}</h1>{picture}{sentences}</main></body></html>
"""
SHARPNESS = 2.0
# Readers' fonts may be wider than the one that the drawing was measured with.
MARGIN = {"left": 16, "top": 16, "right": 48, "bottom": 16}
KINDS = (".svg", ".png", ".pdf", ".html")


def picture(
    chart: alt.TopLevelMixin, place: Path, *, title: str, sentences: Sequence[str]
) -> bytes:
    """Draw a chart as the suffix of a file's name says.

    Parameters
    ----------
    chart
        Any Altair chart.
    place
        A name that ends in ``.svg`` (follows the reader's light or dark), ``.png``, ``.pdf``
        (tagged, PDF/UA-1) or ``.html`` (a page that needs nothing else).
    title
        What the picture is of.
    sentences
        What it says: a description for people who listen to it, and the text of a page.

    Raises
    ------
    Problem
        If the suffix is another.

    Examples
    --------
    >>> chart = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_point().encode(x="x:Q")
    >>> picture(chart, Path("one.svg"), title="One point", sentences=["It lies at 1."])[:4]
    b'<svg'
    """
    kind = kind_of(place)
    spec = {"padding": MARGIN} | chart.to_dict(validate=False)
    if kind == ".png":
        dots = spec | {"background": PAPER.light}
        return bytes(vl_convert.vegalite_to_png(json.dumps(dots), scale=SHARPNESS))
    words = " ".join(sentences)
    drawn = to_svg(spec, title)
    if kind == ".svg":
        return alone(drawn, title, words).encode()
    if kind == ".html":
        said = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
        page = PAGE.format(title=escape(title), style=style(), picture=drawn, sentences=said)
        return page.encode()
    given = {"title": title, "spoken": f"{title}. {words}", "svg": drawn}
    return accessible(TEMPLATES / "picture.typ", picture=json.dumps(given | {"font": FONT}))


def kind_of(place: Path) -> str:
    """Read the kind of picture from a file's name.

    Raises
    ------
    Problem
        If it is none of :data:`KINDS`.
    """
    kind = place.suffix.lower()
    if kind not in KINDS:
        raise Problem(
            "the kind of picture is not known",
            f"let its name end in {', '.join(KINDS[:-1])} or {KINDS[-1]}",
            file=place.name,
            field="--picture",
        )
    return kind
