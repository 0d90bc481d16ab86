"""A report as a tagged PDF (PDF/UA-1), typeset without a browser."""

import json
from dataclasses import asdict
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

import typst

from attunement.report.explain import explain
from attunement.report.model import Group, Report, Source
from attunement.report.page import BRIEF, first_of

FONT = "Libertinus Serif"
Standard = Literal["ua-1"]
NO_FONT = "could not be displayed"
TEMPLATES = files("attunement.report") / "templates"


def to_pdf(report: Report) -> bytes:
    """Write a report as an accessible PDF for A4 paper.

    It conforms to PDF/UA-1, unless a name is in a script that no font on this machine has:
    then it is tagged in the same way, but shows an empty box for what it cannot draw and does
    not claim to conform.

    The page is our own.

    Examples
    --------
    >>> from datetime import date
    >>> import polars as pl
    >>> from attunement.course import notice
    >>> from attunement.course.baseline import Norms
    >>> from attunement.measures import find_scale
    >>> from attunement.report.build import build
    >>> name = "session-check-in.alliance"
    >>> scales, norms = {name: find_scale(name)}, {name: Norms(sd=0.6)}
    >>> scores = pl.DataFrame({"client": "A", "scale": name, "session": [1, 2, 3, 4, 5],
    ...                        "score": [8.0, 8.2, 7.9, 8.1, 4.5]})
    >>> noticed = notice(scores, scales, norms)
    >>> pdf = to_pdf(build(*noticed, scales, drawn_on=date(2026, 3, 2), norms=norms))
    >>> pdf[:5]
    b'%PDF-'
    """
    return accessible(TEMPLATES / "page.typ", report=json.dumps(content(report)))


def accessible(template: Traversable, **given: str) -> bytes:
    """Set a template as PDF/UA-1, or, where a script has no font here, as a tagged PDF.

    Parameters
    ----------
    given
        What the template reads from ``sys.inputs``, by name.
    """
    try:
        return typeset(template, given, "ua-1")
    except typst.TypstError as error:
        if NO_FONT not in error.message:
            raise
        return typeset(template, given, None)


def typeset(template: Traversable, given: dict[str, str], standard: Standard | None) -> bytes:
    """Fill a typesetting template and set it."""
    compiled = typst.compile(
        template.read_bytes(),
        format="pdf",
        sys_inputs=given,
        pdf_standards=standard,
        timestamp=0,
    )
    if not isinstance(compiled, bytes):
        raise TypeError("typst gave no single document")
    return compiled


def content(report: Report) -> dict[str, object]:
    """Gather all that the typesetting template needs, as plain values."""
    return asdict(report) | {
        "groups": [
            {
                "name": group.value,
                "brief": group in BRIEF,
                "urgent": group is Group.SAFETY,
                "clients": [asdict(client) for client in clients],
            }
            for group in Group
            if (clients := report.group(group))
            or group in report.unlisted
            or group is first_of(report)
        ],
        "brief": sorted(BRIEF),
        "not_shown": report.not_shown,
        "urgent": Group.SAFETY.value,
        "safety": Source.SAFETY.value,
        "safety_seen": report.methods.safety_seen,
        "sources": [source.value for source in Source],
        "methods": [asdict(part) for part in explain(report.methods)],
        "font": FONT,
    }
