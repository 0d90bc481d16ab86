"""The picture as a file: a page, a drawing, or dots."""

import json
from html import escape
from pathlib import Path

import vl_convert

from attunement.charts import PALETTE, style, to_svg
from attunement.problems import Problem
from attunement.programme.alliance_outcome.analysis import AllianceOutcome
from attunement.programme.alliance_outcome.chart import alliance_outcome_chart

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}
body{{background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;
max-width:60rem;margin:2rem auto;padding:0 1rem}} svg{{max-width:100%;height:auto}}</style></head>
<body><main><h1>{title}</h1>{picture}{sentences}</main></body></html>
"""
SHARPNESS = 2.0
KINDS = (".html", ".svg", ".png")


def picture(found: AllianceOutcome, place: Path) -> bytes:
    """Draw both associations as the file's suffix says.

    Parameters
    ----------
    found
        From :func:`attunement.programme.alliance_outcome.analysis.alliance_outcome`.
    place
        A name that ends in ``.html`` (a page that needs nothing else), ``.svg`` or ``.png``.

    Raises
    ------
    Problem
        If the suffix is another.
    """
    kind = place.suffix.lower()
    if kind not in KINDS:
        raise Problem(
            "the kind of picture is not known",
            f"let its name end in {', '.join(KINDS)}",
            file=place.name,
            field="--picture",
        )
    chart = alliance_outcome_chart(found)
    if kind == ".png":
        spec = chart.to_dict() | {"background": PALETTE[0].light}
        return bytes(vl_convert.vegalite_to_png(json.dumps(spec), scale=SHARPNESS))
    drawn = to_svg(chart, " ".join(found.sentences))
    return (drawn if kind == ".svg" else _page(found, drawn)).encode()


def _page(found: AllianceOutcome, drawn: str) -> str:
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in found.sentences)
    title = escape(f"{found.about.alliance} and {found.about.outcome}")
    return PAGE.format(title=title, style=style(), picture=drawn, sentences=said)
