"""Every page of the clinic, as ``gallery.toml`` lists them, and the page that shows them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).parent

NOTICE = "% Written by docs/screenshots.py, which draws the pictures too.\n"
BEGIN = """\
# Every page

Each page on a desktop and on a phone, from the synthetic clinic of `script/run`. A test opens \
every one of them in English, Spanish and German, light and dark, and lets axe look for what \
would keep somebody out; others go through them by keyboard alone, and without JavaScript."""

ANYONE, CLIENTS, THERAPISTS = "Anyone", "Clients", "Therapists"
SUPERVISORS, MANAGERS, ADMINISTRATORS = "Supervisors", "Managers", "Administrators"
LOGIN = {
    CLIENTS: "client",
    THERAPISTS: "therapist",
    SUPERVISORS: "supervisor",
    MANAGERS: "manager",
    ADMINISTRATORS: "administrator",
}


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes
    ----------
    who : str
        Whose page it is.
    name : str
        Its name in file names.
    title, words : str
        What stands above and beside its pictures.
    address : str
        Where it is; ``{episode}`` and the like are found on the way.
    via : str
        The step that leads there, where an address alone does not.
    """

    who: str
    name: str
    title: str
    words: str
    address: str = ""
    via: str = ""


PAGES = tuple(
    Page(**one) for one in tomllib.loads((HERE / "gallery.toml").read_text("utf-8"))["page"]
)


def picture(page: Page, screen: str) -> str:
    """Name a picture."""
    return f"clinic-page-{page.name}-{screen}.png"


def text() -> str:
    """Write the page that shows them all."""
    return "\n\n".join([NOTICE.rstrip() + "\n\n" + BEGIN, *parts()]) + "\n"


def parts() -> Iterator[str]:
    """Give a heading for each kind of people, and the pages of theirs."""
    order = list(dict.fromkeys(page.who for page in PAGES))
    for who, pages in groupby(sorted(PAGES, key=lambda one: order.index(one.who)), key=whose):
        yield f"## {who}"
        for page in pages:
            yield f"### {page.title}\n\n{page.words}"
            yield "\n".join(shown(page, *look) for look in (("desktop", 70), ("phone", 26)))


def whose(page: Page) -> str:
    """Say whose page it is."""
    return page.who


def shown(page: Page, screen: str, width: int) -> str:
    """Show one picture."""
    on = {"desktop": "on a desktop", "phone": "on a phone"}[screen]
    return (
        f":::{{image}} ../images/{picture(page, screen)}\n"
        f":width: {width}%\n:alt: {page.title}, {on}\n:::"
    )
