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

    The order and the words are our own; the methods name their sources.

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

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> from attunement.report.programme.asking import Asked
    >>> from attunement.report.programme.computing import programme
    >>> made = simulate(Plan(clients=60, responses=False), seed=7)
    >>> asked = Asked(alliance=find_scale("session-check-in.alliance"), measures=(PHQ9,),
    ...               learn=False, imputations=0)
    >>> found = programme(made.scores, asked=asked)
    >>> document(found, drawn_on=date(2026, 3, 2)).title
    'What holds over everybody'
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
