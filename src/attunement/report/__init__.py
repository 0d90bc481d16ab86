"""A report that shows whom to look at first, and why: as a page or a PDF."""

from attunement.report.build import build
from attunement.report.model import FalseAlarms, Report
from attunement.report.page import to_html
from attunement.report.pdf import to_pdf

__all__ = ["FalseAlarms", "Report", "build", "to_html", "to_pdf"]
