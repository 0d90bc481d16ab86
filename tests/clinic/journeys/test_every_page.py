"""No page breaks a rule of WCAG 2.2 AA: light and dark, in every language, on phone and desktop."""

from contextlib import closing

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from attunement.clinic.people.models import Client, Person
from clinic.journeys import pages
from clinic.journeys.conftest import DESKTOP, PHONE, WAITED, WCAG, cookie
from support.world import address, routes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.django_db(transaction=True),
]
NARROW = (320, 640)
# Each language in both schemes; each scheme on both screens. The first look is for every rule, the
# second for those that another scheme or screen could break.
LOOKS = {
    "en": (("light", DESKTOP), ("dark", PHONE)),
    "de": (("dark", DESKTOP), ("light", PHONE)),
    "es": (("light", PHONE), ("dark", PHONE)),
}
ALL = {"type": "tag", "values": WCAG}
# What a scheme's colours, a screen's width, or a part that one screen alone shows could break.
ANOTHER_LOOK = {
    "type": "rule",
    "values": [
        "color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable",
        "aria-hidden-focus", "nested-interactive", "button-name", "input-button-name", "link-name",
        "label", "select-name", "image-alt", "role-img-alt", "svg-img-alt", "summary-name",
        "region", "landmark-one-main", "page-has-heading-one", "heading-order", "empty-heading",
        "bypass", "skip-link",
    ],
}  # fmt: skip
LOOK = """
async (only) => {
  const found = await axe.run(document, {
    runOnly: only, resultTypes: ["violations"], preload: false, elementRef: false,
  });
  return found.violations.flatMap((one) => one.nodes.map((node) =>
    `${one.id}: ${node.html.slice(0, 160)} (${node.failureSummary.split("\\n")[1] || ""})`));
}"""
UNFOLD = """
() => {
  document.querySelectorAll("details:not(.me)").forEach((one) => { one.open = true });
  return document.documentElement.lang;
}"""
WIDE = """
() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const wide = [...document.querySelectorAll("body *")].filter((one) =>
    one.getBoundingClientRect().right > innerWidth && !one.closest(".wide"));
  return [document.body, ...wide].map((one) =>
    `has to be scrolled sideways: ${one.outerHTML.slice(0, 160)}`);
}"""


def test_every_route_is_a_page_that_is_looked_at_or_is_none():
    known = {place for place, _view in routes()}
    assert set(pages.PAGES) | set(pages.NO_PAGE) == known
    assert not set(pages.PAGES) & set(pages.NO_PAGE)


@pytest.mark.parametrize("language", LOOKS)
def test_every_page_is_for_everyone(browser, live_server, here, elsewhere, language):
    site = pages.filled(here, elsewhere)
    for speaks in (Person, Client):
        speaks.objects.update(language=language)
    eye = Eye(browser, live_server.url, site, language, LOOKS[language])
    with closing(eye):
        for place, page in {**pages.PAGES, **pages.ALSO}.items():
            eye.visit(place, page)
        for name in pages.TROUBLE:
            eye.trouble(name)
    assert not eye.wrong, "\n".join(eye.wrong)


class Eye:
    """Someone who looks at pages in one language: first at one look, then at the other."""

    def __init__(self, browser, url, site, language, looks):
        self.url, self.site, self.language, self.looks = url, site, language, looks
        self.context = browser.new_context(base_url=url, locale=language)
        self.tab, self.who, self.wrong = self.open(), None, []

    def open(self):
        tab = self.context.new_page()
        tab.set_default_timeout(WAITED)
        tab.on("pageerror", lambda error: self.wrong.append(f"{tab.url}: {error}"))
        tab.on("console", lambda said: self.hear(tab.url, said))
        return tab

    def hear(self, address, said):
        """Note what a page complains of, unless it is that the page itself was to be refused."""
        refused = "status of 40" in said.text and "/static/" not in said.location["url"]
        if said.type == "error" and not refused:
            self.wrong.append(f"{address}: {said.text}")

    def become(self, who):
        """Leave all that a browser remembers of someone, and sign somebody else in, or nobody."""
        self.who = who
        self.context.clear_cookies()
        name = settings.LANGUAGE_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": self.language, "url": self.url}])
        if who:
            self.context.add_cookies([cookie(self.site.people[who], self.url)])

    def visit(self, place, page):
        if page.via:
            self.come(place, page)
            return
        if page.who != self.who:
            self.become(page.who)
        asked = address(place, self.site.objects)
        self.put(*self.looks[0])
        self.check(place, page, self.tab.goto(asked))
        if not self.tab.url.endswith(asked):
            self.wrong.append(f"{place}: leads on to {self.tab.url.removeprefix(self.url)}")
        self.look(place)

    def come(self, place, page):
        """Come to a page by a way of its own, which may end in another session, or in none."""
        self.become(page.who)
        self.put(*self.looks[0])
        self.check(place, page, page.via(self.tab, self.site))
        self.look(place)
        self.who = None

    def check(self, place, page, answer):
        if answer.status != page.status or "html" not in answer.headers["content-type"]:
            self.wrong.append(f"{place}: {answer.status} {answer.headers['content-type']}")

    def trouble(self, name):
        """Look at a page that is shown when something is wrong."""
        with translation.override(self.language):
            body = render_to_string(f"{name}.html")
        self.tab.route("**/trouble", lambda way: way.fulfill(body=body, content_type="text/html"))
        self.put(*self.looks[0])
        self.tab.goto("/trouble")
        self.look(f"{name}.html")
        self.tab.unroute("**/trouble")

    def put(self, scheme, screen):
        self.tab.emulate_media(color_scheme=scheme)
        self.tab.set_viewport_size({"width": screen[0], "height": screen[1]})

    def look(self, place):
        tab = self.tab
        said = tab.evaluate(UNFOLD)
        tab.evaluate(AXE_SCRIPT)
        if said != self.language:
            self.wrong.append(f"{place}: is in {said}, not in {self.language}")
        first, second = self.looks
        self.note(place, *first, tab.evaluate(LOOK, ALL))
        self.put(*second)
        self.note(place, *second, tab.evaluate(LOOK, ANOTHER_LOOK))
        self.put(second[0], NARROW)
        self.note(place, second[0], NARROW, tab.evaluate(WIDE))

    def note(self, place, scheme, screen, found):
        self.wrong += [
            f"{place} ({self.language}, {scheme}, {screen[0]} px): {one}" for one in found
        ]

    def close(self):
        self.context.close()
