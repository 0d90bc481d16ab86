"""A programme's report as a tagged PDF (PDF/UA-1), typeset without a browser."""

import json
from dataclasses import asdict
from typing import Any

from attunement.report.pdf import FONT, TEMPLATES, accessible
from attunement.report.programme.document import Block, Document, Picture, filled
from attunement.report.programme.figures import Figures


def to_pdf(report: Document) -> bytes:
    """Write a report as a PDF for A4 paper, like :func:`attunement.report.pdf.to_pdf`.

    The page is our own.

    Examples
    --------
    >>> from datetime import date
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> from attunement.report.programme.asking import Asked
    >>> from attunement.report.programme.computing import programme
    >>> from attunement.report.programme.writing import document
    >>> made = simulate(Plan(clients=60, responses=False), seed=7)
    >>> asked = Asked(alliance=find_scale("session-check-in.alliance"), measures=(PHQ9,),
    ...               learn=False, imputations=0)
    >>> found = programme(made.scores, asked=asked)
    >>> to_pdf(document(found, drawn_on=date(2026, 3, 2)))[:5]
    b'%PDF-'
    """
    return accessible(TEMPLATES / "programme.typ", report=json.dumps(content(report)))


def content(report: Document) -> dict[str, object]:
    """Gather all that the typesetting template needs, with figures filled in."""
    return {
        "title": report.title,
        "synthetic": report.synthetic,
        "drawn_on": report.drawn_on,
        "version": report.version,
        "font": FONT,
        "sheets": [
            {
                "name": sheet.name,
                "title": sheet.title,
                "about": sheet.about,
                "parts": [
                    {
                        "title": part.title,
                        "blocks": [_filled(block, report.figures) for block in part.blocks],
                    }
                    for part in sheet.parts
                ],
            }
            for sheet in report.sheets
        ],
    }


def _filled(block: Block, figures: Figures) -> Any:
    def fill(value: Any) -> Any:
        if isinstance(value, str):
            return filled(value, figures)
        return [fill(one) for one in value] if isinstance(value, tuple | list) else value

    drawn = {"svg": block.svg} if isinstance(block, Picture) else {}
    return {name: fill(value) for name, value in asdict(block).items() if name != "svg"} | drawn
