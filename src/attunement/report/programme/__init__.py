"""A report on a whole programme: a page for a board, one for an analyst, methods and limits."""

from attunement.report.programme.asking import Asked
from attunement.report.programme.computing import Programme, programme
from attunement.report.programme.drawings import drawings
from attunement.report.programme.figures import figures, figures_table
from attunement.report.programme.page import to_html
from attunement.report.programme.pdf import to_pdf
from attunement.report.programme.writing import document

__all__ = [
    "Asked",
    "Programme",
    "document",
    "drawings",
    "figures",
    "figures_table",
    "programme",
    "to_html",
    "to_pdf",
]
