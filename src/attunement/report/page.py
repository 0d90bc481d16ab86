"""A report as one web page that needs nothing else."""

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from attunement.charts import style
from attunement.report.explain import explain
from attunement.report.model import Group, Report, Source

BRIEF = {Group.USUAL, Group.EARLY}
MARKS = {Group.SAFETY: " safety", Group.FIRST: " look"}

_pages = Environment(
    loader=PackageLoader("attunement.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def to_html(report: Report) -> str:
    """Write a report as one self-contained page.

    The page is our own.

    Returns
    -------
    HTML with its styles and pictures inside; it runs no script and asks nothing of any network,
    which its Content-Security-Policy enforces.

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
    >>> page = to_html(build(*noticed, scales, drawn_on=date(2026, 3, 2), norms=norms))
    >>> page[:15]
    '<!doctype html>'
    """
    css = (files("attunement.report") / "templates" / "page.css").read_text("utf-8")
    return _pages.get_template("page.html.j2").render(
        report=report,
        groups=list(Group),
        first=first_of(report),
        urgent=Group.SAFETY,
        safety=Source.SAFETY,
        marks=MARKS,
        brief=BRIEF,
        sources=list(Source),
        methods=explain(report.methods),
        style=style() + css,
    )


def first_of(report: Report) -> Group:
    """Tell under which heading the people stand whom to look at first."""
    return Group.SAFETY if report.group(Group.SAFETY) else Group.FIRST
