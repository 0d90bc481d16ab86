"""What a therapist reads fits one screen, 1,280 px wide and 800 px high, folded as first shown.

The client here is the fullest there can be: an open safety answer, two other alerts, and strain
that nothing explains. A caseload of sixty is longer, and so is a list of many alerts: there, what
waits, today's sessions and the first five people to look at stand in the first 800 px. The sheet
for paper is as long as paper.
"""

import pytest
from django.urls import reverse

from attunement.clinic.caseload.actions.notes import write_note
from clinic.journeys import pages
from clinic.journeys.conftest import DESKTOP
from support import house

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
FITS = {
    "caseload": (),
    "client_new": (),
    "alerts": (),
    "strategies": (),
    "break_glass": (),
    "mfa_index": (),
    "alert": ("alert",),
    "session": ("session",),
    "therapist_checkin": ("mine",),
    "strategy": ("strategy",),
    "note": ("note",),
    "worksheet": ("episode", "lens"),
    "strategy_with": ("episode", "strategy"),
    "client_correct": ("episode", "checkin"),
} | dict.fromkeys(
    (
        "episode",
        "client_details",
        "client_account",
        "client_export",
        "episode_plan",
        "episode_end",
        "session_new",
        "note_new",
        "goals",
        "tried",
        "formulation",
    ),
    ("episode",),
)
SUPERVISED = ("supervision", "followed", "break_glass_log")
DECIDES = {
    "caseload": ".day, ol.people > li .do",
    "alert": "#steps-title",
    "episode": ".safety-box, .banner, #reasons, #help, #eight-title",
    "supervision": "#waiting-title, #side-title",
}


def too_tall(page, address, name=""):
    """Give what does not fit: the height of a page, and what decides but stands lower."""
    page.goto(address)
    parts = page.locator(DECIDES.get(name, "h1")).all()[:6]
    low = [part.inner_text() for part in parts if part.bounding_box()["y"] > DESKTOP[1]]
    height = page.evaluate("document.documentElement.scrollHeight")
    return low or ([height] if height > DESKTOP[1] else [])


def test_every_page_that_is_read_fits_a_desktop(visit, here, elsewhere):
    site = pages.filled(here, elsewhere)
    known = {"lens": "cbt", "strategy": "own-your-part", "mine": site.more["mine"].pk}
    known |= site.objects
    page = visit("/caseload/", by=site.people["therapist"], screen=DESKTOP)
    others = page.locator("a.who[href^='/clients/']").evaluate_all(
        "found => found.slice(-6).map(one => one.getAttribute('href'))"
    )
    found = {
        name: too_tall(page, reverse(name, args=[known[one] for one in of]), name)
        for name, of in FITS.items()
    }
    found |= {address: too_tall(page, address) for address in others}
    for one in ("writing", "unwritten"):
        found[f"goals, {one}"] = too_tall(page, reverse("goals", args=[site.more[one].pk]))
    page = visit("/supervision/", by=site.people["supervisor"], screen=DESKTOP)
    found |= {name: too_tall(page, reverse(name), name) for name in SUPERVISED}
    assert {name: tall for name, tall in found.items() if tall} == {}


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
