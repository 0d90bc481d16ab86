"""A report as a tagged PDF (PDF/UA-1), typeset without a browser."""

import json
from dataclasses import asdict
from importlib.resources import files

import typst

from attunement.report.explain import explain
from attunement.report.model import Group, Report, Source
from attunement.report.page import BRIEF

FONT = "Libertinus Serif"


def to_pdf(report: Report) -> bytes:
    """Write a report as an accessible PDF for A4 paper."""
    template = (files("attunement.report") / "templates" / "page.typ").read_bytes()
    compiled = typst.compile(
        template,
        format="pdf",
        sys_inputs={"report": json.dumps(content(report))},
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    if not isinstance(compiled, bytes):
        raise TypeError("typst gave no single document")
    return compiled


def content(report: Report) -> dict[str, object]:
    """Gather all that the typesetting template needs, as plain values."""
    return asdict(report) | {
        "groups": [
            {"name": group.value, "brief": group in BRIEF, "clients": [asdict(c) for c in clients]}
            for group in Group
            if (clients := report.group(group)) or group is Group.FIRST
        ],
        "sources": [source.value for source in Source],
        "methods": [asdict(part) for part in explain(report.methods)],
        "font": FONT,
    }
