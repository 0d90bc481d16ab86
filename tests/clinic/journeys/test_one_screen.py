"""What a therapist reads between two sessions fits one screen, folded as it is first shown.

One screen is 900 px of page at a width of 1,280. The caseload may be longer, and so may the client
here, the fullest there can be: an open safety answer, two other alerts, and strain that nothing
explains. What decides stands in the first 800 px of both. Other clients' pages fit.
"""

import pytest
from django.urls import reverse

from attunement.clinic.caseload.actions.notes import write_note
from clinic.journeys import pages
from clinic.journeys.conftest import DESKTOP
from support import house

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
WHOLE, FULLEST, TWO = 900, 1150, 1600
MOST = {
    "caseload": TWO,
    "client_new": WHOLE,
    "alerts": WHOLE,
    "alert": WHOLE,
    "episode": FULLEST,
    "session": WHOLE,
    "goals": WHOLE,
    "tried": WHOLE,
    "formulation": WHOLE,
    "worksheet": WHOLE,
    "strategies": WHOLE,
    "strategy": WHOLE,
    "strategy_with": WHOLE,
}
DECIDES = {
    "caseload": "ol.people > li .do",
    "alert": "#steps-title",
    "episode": ".safety-box, .banner, #reasons, #help, #eight-title",
}
OF = {
    "alert": ["alert"],
    "session": ["session"],
    "worksheet": ["episode", "lens"],
    "strategy": ["strategy"],
    "strategy_with": ["episode", "strategy"],
}
ONCE = {"caseload", "client_new", "alerts", "strategies"}


def test_every_page_that_is_read_fits_a_desktop(visit, here, elsewhere):
    site = pages.filled(here, elsewhere)
    known = {"lens": "cbt", "strategy": "own-your-part"} | site.objects
    page = visit("/caseload/", by=site.people["therapist"], screen=DESKTOP)
    others = page.locator("a.who[href^='/clients/']").evaluate_all(
        "found => found.slice(-6).map(one => one.getAttribute('href'))"
    )
    tall, below = {}, {}
    for name, most in MOST.items():
        objects = [] if name in ONCE else [known[one] for one in OF.get(name, ["episode"])]
        page.goto(reverse(name, args=objects))
        height = page.evaluate("document.documentElement.scrollHeight")
        if height > most:
            tall[name] = height
        for part in page.locator(DECIDES.get(name, "h1")).all()[:5]:
            if part.bounding_box()["y"] > DESKTOP[1]:
                below[name] = part.inner_text()
    for address in others:
        page.goto(address)
        if (height := page.evaluate("document.documentElement.scrollHeight")) > WHOLE:
            tall[address] = height
    assert not tall
    assert not below


def test_what_is_folded_opens_for_a_link_and_for_paper(visit, therapist, maya):
    write_note(episode=maya, text="Ask about the row.", by=house.actor(therapist))
    house.session(maya, 1)
    address = reverse("episode", args=[maya.pk])
    for script in (True, False):
        page = visit(f"{address}#notes", by=therapist, screen=DESKTOP, script=script)
        assert page.locator(".notes > li").is_visible()
    page.goto(address)
    assert not page.locator(".notes > li").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".notes > li").is_visible()
