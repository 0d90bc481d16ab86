"""From what was found to a document."""

from collections.abc import Sequence
from datetime import date
from importlib.metadata import version

from attunement.report.programme.analyst import analyst
from attunement.report.programme.board import board
from attunement.report.programme.computing import Programme
from attunement.report.programme.document import Document
from attunement.report.programme.figures import figures
from attunement.report.programme.limits import limits
from attunement.report.words import plain

TITLE = "What holds over everybody"


def document(
    found: Programme,
    *,
    drawn_on: date,
    title: str = TITLE,
    synthetic: bool = False,
    notes: Sequence[str] = (),
) -> Document:
    """Write a report: first for a board, then for an analyst, methods and limits last.

    Parameters
    ----------
    found
        From :func:`attunement.report.programme.computing.programme`.
    drawn_on
        The day of the report.
    title
        Of the report.
    synthetic
        Whether the people in it are made up; it then says so at its top.
    notes
        Sentences to add to the limits, such as how files were read.

    Returns
    -------
    For :func:`attunement.report.programme.page.to_html` and
    :func:`attunement.report.programme.pdf.to_pdf`.
    """
    every = figures(found)
    return Document(
        title=plain(title),
        synthetic=synthetic,
        drawn_on=f"{drawn_on.day} {drawn_on:%B %Y}",
        version=version("attunement"),
        sheets=(board(found, every), analyst(found, every), limits(found, tuple(notes))),
        figures=every,
    )
