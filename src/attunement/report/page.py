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

    Returns
    -------
    HTML with its styles and pictures inside; it runs no script and asks nothing of any network,
    which its Content-Security-Policy enforces.
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
