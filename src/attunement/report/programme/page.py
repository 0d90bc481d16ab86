"""A programme's report as one web page that needs nothing else."""

from html import escape
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from attunement.charts import style
from attunement.report.programme.document import Document, filled
from attunement.report.programme.figures import Figure

_pages = Environment(
    loader=PackageLoader("attunement.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def to_html(report: Document) -> str:
    """Write a report as one self-contained page.

    Every number is a ``data`` element with its exact value and its figure's name.

    The page is our own.

    Returns
    -------
    HTML with its styles and pictures inside; it runs no script and asks nothing of any network,
    which its Content-Security-Policy enforces.

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
    >>> to_html(document(found, drawn_on=date(2026, 3, 2)))[:15]
    '<!doctype html>'
    """

    def fill(text: str) -> Markup:
        return Markup(filled(escape(text, quote=False), report.figures, _data))  # noqa: S704

    templates = files("attunement.report") / "templates"
    css = "".join((templates / name).read_text("utf-8") for name in ("page.css", "programme.css"))
    page = _pages.get_template("programme.html.j2")
    return page.render(report=report, fill=fill, style=style() + css)


def _data(text: str, figure: Figure, part: str, value: float) -> str:
    name = escape(figure.figure, quote=True)
    return f'<data value="{value!r}" data-figure="{name}" data-part="{part}">{text}</data>'
