"""A whole check-in, and taking on what it opened, with nothing but Tab, arrows, Enter and space."""

import pytest
from playwright.sync_api import expect

from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.models import Answer
from attunement.clinic.noticing.models import Alert
from clinic.journeys import hands
from support import house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLIDER, NEXT, SEND = "input[type=range]", "button.next", "button.send"


def focus_is_seen(page):
    """Say whether whatever has the focus is drawn with a line around it, and within sight."""
    return page.evaluate(
        """() => {
          const one = document.activeElement, look = getComputedStyle(one);
          const box = one.getBoundingClientRect();
          return parseFloat(look.outlineWidth) > 0 && look.outlineStyle !== "none"
            && box.bottom > 0 && box.top < innerHeight;
        }"""
    )


@pytest.fixture
def link(maya, therapist):
    hands.history(maya)
    due = house.checkin(house.session(maya, 6, status="planned"))
    return "/c/" + invite(checkin=due, purpose="link", by=house.actor(therapist)).secret


def test_from_the_first_question_to_the_alert_without_a_mouse(visit, maya, therapist, link):
    page = visit(link, screen=hands.DESKTOP)
    for value in (2, 1, 2, 3, 2, 2, 1, 2):
        hands.tab_to(page, SLIDER)
        assert focus_is_seen(page)
        page.keyboard.press("Home")
        for _ in range(value):
            page.keyboard.press("ArrowRight")
        hands.tab_to(page, NEXT)
        assert focus_is_seen(page)
        page.keyboard.press("Space")
    expect(page.get_by_text("Question 9 of 9")).to_be_visible()
    hands.tab_to(page, NEXT)
    page.keyboard.press("Enter")
    hands.tab_to(page, "textarea")
    page.keyboard.type("We talked past each other.")
    hands.tab_to(page, SEND)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert Answer.objects.filter(checkin__session__number=6).count() == 8

    page = visit(hands.caseload(), by=therapist, screen=hands.DESKTOP)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    hands.tab_to(page, "ol.people li:first-child .who a")
    assert focus_is_seen(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Maya R.")).to_be_visible()
    hands.tab_to(page, ".banner.look a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What you can do")).to_be_visible()
    hands.tab_to(page, "main button.first")
    assert focus_is_seen(page)
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("taken on")
    hands.tab_to(page, "details.step[open] textarea")
    page.keyboard.type("I asked what had not sat right.")
    hands.tab_to(page, "details.step[open] button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("I asked what had not sat right.")).to_be_visible()
    assert Alert.objects.get().state == "acted"
