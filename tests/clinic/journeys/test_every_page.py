"""No page breaks a rule of WCAG 2.2 AA: light and dark, in every language, on phone and desktop."""

from contextlib import closing

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from attunement.clinic.people.models import Client, Person
from clinic.journeys import pages
from clinic.journeys.conftest import DESKTOP, PHONE, WCAG, cookie
from support.world import address, routes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.django_db(transaction=True),
]
NARROW = (320, 640)
LOOKS = [("en", "light", DESKTOP, PHONE), ("de", "dark", PHONE, None), ("es", "light", PHONE, None)]
OTHER = {"light": "dark", "dark": "light"}
ALL = {"type": "tag", "values": WCAG}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
LAID_OUT = ["target-size", "scrollable-region-focusable", "color-contrast", "link-in-text-block"]
PLACES = {"type": "rule", "values": LAID_OUT}
LOOK = """
async (only) => {
  const found = await axe.run(document, {
    runOnly: only, resultTypes: ["violations"], preload: false, elementRef: false,
  });
  return found.violations.flatMap((one) => one.nodes.map((node) =>
    `${one.id}: ${node.html.slice(0, 160)} (${node.failureSummary.split("\\n")[1] || ""})`));
}"""
UNFOLD = "document.querySelectorAll('details:not(.me)').forEach((one) => { one.open = true })"
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


@pytest.mark.parametrize(("language", "scheme", "screen", "also"), LOOKS)
def test_every_page_is_for_everyone(
    browser, live_server, here, elsewhere, language, scheme, screen, also
):
    site = pages.filled(here, elsewhere)
    for speaks in (Person, Client):
        speaks.objects.update(language=language)
    eye = Eye(browser, live_server.url, site, language, scheme, screen, also)
    with closing(eye):
        for place, page in {**pages.PAGES, **pages.ALSO}.items():
            eye.visit(place, page)
        for name in pages.TROUBLE:
            eye.trouble(name)
    assert not eye.wrong, "\n".join(eye.wrong)


class Eye:
    """Someone who looks at pages in one language, first in one scheme and then in the other."""

    def __init__(self, browser, url, site, language, scheme, screen, also):
        self.browser, self.url, self.site = browser, url, site
        self.language, self.scheme = language, scheme
        self.screens = [screen, also] if also else [screen]
        self.tabs, self.wrong = {}, []

    def open(self, who, *, anew=False):
        if anew or who not in self.tabs:
            context = self.browser.new_context(base_url=self.url, locale=self.language)
            context.add_init_script(AXE_SCRIPT)
            name = settings.LANGUAGE_COOKIE_NAME
            context.add_cookies([{"name": name, "value": self.language, "url": self.url}])
            if who:
                context.add_cookies([cookie(self.site.people[who], self.url)])
            self.tabs[who] = context.new_page()
            self.tabs[who].set_default_timeout(15_000)
        return self.tabs[who]

    def visit(self, place, page):
        tab = self.open(page.who, anew=page.via is not None)
        self.put(tab, self.screens[0])
        if page.via:
            answer = page.via(tab, self.site)
        else:
            asked = address(place, self.site.objects)
            answer = tab.goto(asked)
            if not tab.url.endswith(asked):
                self.wrong.append(f"{place}: leads on to {tab.url.removeprefix(self.url)}")
        if answer.status != page.status or "html" not in answer.headers["content-type"]:
            self.wrong.append(f"{place}: {answer.status} {answer.headers['content-type']}")
        self.look(tab, place)
        if page.via:
            tab.context.close()
            del self.tabs[page.who]

    def trouble(self, name):
        """Look at a page that is shown when something is wrong."""
        tab = self.open("")
        self.put(tab, self.screens[0])
        with translation.override(self.language):
            body = render_to_string(f"{name}.html")
        tab.route("**/trouble", lambda way: way.fulfill(body=body, content_type="text/html"))
        tab.goto("/trouble")
        self.look(tab, f"{name}.html")
        tab.unroute("**/trouble")

    def put(self, tab, screen):
        tab.emulate_media(color_scheme=self.scheme)
        tab.set_viewport_size({"width": screen[0], "height": screen[1]})

    def look(self, tab, place):
        said = tab.locator("html").get_attribute("lang")
        if said != self.language:
            self.wrong.append(f"{place}: is in {said}, not in {self.language}")
        tab.evaluate(UNFOLD)
        for screen, rules in zip(self.screens, (ALL, PLACES), strict=False):
            self.put(tab, screen)
            self.note(place, screen, self.scheme, tab.evaluate(LOOK, rules))
        tab.emulate_media(color_scheme=OTHER[self.scheme])
        self.note(place, screen, OTHER[self.scheme], tab.evaluate(LOOK, COLOURS))
        self.put(tab, NARROW)
        self.note(place, NARROW, OTHER[self.scheme], tab.evaluate(WIDE))

    def note(self, place, screen, scheme, found):
        self.wrong += [
            f"{place} ({self.language}, {scheme}, {screen[0]} px): {one}" for one in found
        ]

    def close(self):
        for tab in self.tabs.values():
            tab.context.close()
