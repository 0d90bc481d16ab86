"""What a therapist reads fits one screen, 1,280 px wide and 800 px high, folded as first shown.

The client here is the fullest there can be: an open safety answer, two other alerts, and strain
that nothing explains. The strategies are those with most to read. A caseload of sixty is longer:
there, what waits, today's sessions and the first five people to look at stand in the first 800 px.
Of many alerts the later ones are folded, though none about safety: with many of those a list is
longer too. The sheet for paper is as long as paper. A synthetic clinic says so in a line above each
page, for which there is room on those of strategies and of supervisors.
"""

import pytest
from django.urls import reverse

from attunement.clinic.caseload.actions.notes import write_note
from attunement.guidance.strategies import strategies
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
    "note": ("note",),
    "worksheet": ("episode", "lens"),
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
        "strategies_with",
        "formulation",
    ),
    ("episode",),
)
SUPERVISED = ("supervision", "alerts", "followed", "break_glass_log")
ALERTS, LONG_AGO, LONGEST = 14, 100, 5
BANNER = "26px"
DECIDES = {
    "caseload": ".day, ol.people > li .do",
    "alert": "#steps-title",
    "episode": ".safety-box, .banner, #reasons, #help, #eight-title",
    "supervision": "#waiting-title, #side-title",
}


def too_tall(page, address, name="", above="0"):
    """Give what does not fit: the height of a page, and what decides but stands lower.

    ``above`` leaves room for a line at the top.
    """
    page.goto(address)
    parts = page.locator(DECIDES.get(name, "h1")).all()[:6]
    low = [part.inner_text() for part in parts if part.bounding_box()["y"] > DESKTOP[1]]
    page.evaluate("high => { document.body.style.paddingBlockStart = high }", above)
    height = page.evaluate("document.documentElement.scrollHeight")
    return low or ([height] if height > DESKTOP[1] else [])


def longest():
    """Give the strategies with most to read before anything is unfolded."""

    def shown(one):
        steps = (*one.do, *one.words, *one.not_when, *one.guards)
        return len(one.title) + len(one.summary) + sum(map(len, steps))

    return sorted(strategies(), key=lambda key: -shown(strategies()[key]))[:LONGEST]


def test_every_page_that_is_read_fits_a_desktop(visit, here, elsewhere):
    site = pages.filled(here, elsewhere)
    known = {"lens": "cbt", "mine": site.more["mine"].pk}
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
    for one in longest():
        found[one] = too_tall(page, reverse("strategy", args=[one]), above=BANNER)
        alone = reverse("strategy_with", args=[site.episode.pk, one])
        found[f"{one}, with a client"] = too_tall(page, alone, above=BANNER)
    for onset in range(50, 50 + ALERTS):
        pages.alert(site.episode, "drop", onset, evidence=pages.DROP, hours=LONG_AGO)
    page = visit("/supervision/", by=site.people["supervisor"], screen=DESKTOP)
    for name in SUPERVISED:
        found[f"{name}, supervisor"] = too_tall(page, reverse(name), name, above=BANNER)
    page = visit(reverse("account_login"), screen=DESKTOP)
    pages.first_app(page, site)
    found["mfa_activate_totp"] = too_tall(page, reverse("mfa_activate_totp"), above=BANNER)
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
