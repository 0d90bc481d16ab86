"""The pages a therapist lives in: for everyone, on any screen, with a script and without."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from attunement.clinic.caseload.actions.notes import write_note
from attunement.clinic.checkins.models import Comment
from clinic.caseload import seeding
from clinic.caseload.test_caseload import ALLIANCE, alert
from support import house

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
DESKTOP = (1280, 800)


@pytest.fixture
def full(therapist):
    """A caseload of sixty in which every heading has someone; gives one long course."""
    episodes = seeding.fill(therapist, 60)
    longest = max(episodes, key=lambda one: one.scores.count())
    drop = {ALLIANCE: {"score": 3.0, "usual": 8.0, "depth": 6.0}}
    for onset, (kind, evidence) in enumerate(
        [("safety", {"phq9": {"9": 1.0}}), ("drop", drop), ("missed", {"sessions": {"count": 2}})],
        start=40,
    ):
        alert(longest, kind, onset, evidence=evidence, scale=next(iter(evidence)))
    alert(longest, "told", 1, state="resolved", scale="client")
    write_note(episode=longest, text="Ask about the row.", by=house.actor(therapist))
    checkin = longest.sessions.filter(checkins__state="answered").last().checkins.first()
    Comment.objects.create(checkin=checkin, text="I felt rushed.")
    return longest


def test_a_new_therapist_finds_the_way(visit, faultless, colleague):
    page = visit(reverse("caseload"), by=colleague)
    faultless(page)
    page.get_by_role("link", name="Add a client").click()
    page.get_by_label("Code").fill("A-17")
    page.get_by_role("button", name="Add this client").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A-17")
    faultless(page)


@pytest.mark.parametrize("script", [True, False])
def test_clients_are_found_by_name_with_a_script_and_without(visit, full, therapist, script):
    page = visit(reverse("caseload"), by=therapist, screen=DESKTOP, script=script)
    page.get_by_role("searchbox").fill(full.client.name)
    if not script:
        page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status").first).to_contain_text("of 60")
    expect(page.locator("#people a.who, #people .who a").first).to_have_text(full.client.name)
    assert full.client.name not in page.url


def test_one_click_takes_on_what_was_noticed(visit, full, therapist):
    page = visit(reverse("caseload"), by=therapist, screen=DESKTOP)
    page.get_by_role("button", name=f"Take on what was noticed about {full.client.name}").click()
    expect(page.locator(".messages")).to_contain_text("You have taken on")
    assert full.alerts.get(kind="safety").state == "acknowledged"


def test_a_safety_alert_is_closed_by_saying_what_was_done(visit, full, therapist):
    page = visit(reverse("episode", args=[full.pk]), by=therapist)
    page.locator(".safety-box").get_by_role("link", name="Say what you did").click()
    page.get_by_text("It is settled", exact=True).first.click()
    page.get_by_label("What was done?").fill("Rang, and met the same day.")
    page.get_by_role("button", name="It is settled").click()
    expect(page.get_by_text("Rang, and met the same day.")).to_be_visible()
    assert full.alerts.get(kind="safety").state == "resolved"


def test_sixty_clients_need_no_scrolling_sideways_on_any_screen(visit, full, therapist):
    page = visit(reverse("caseload"), by=therapist, screen=DESKTOP)
    for width in (320, 390, 768, 1024, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(reverse("episode", args=[full.pk]))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(reverse("caseload"))


def test_what_is_touched_on_a_phone_is_large_enough(visit, full, therapist):
    page = visit(reverse("caseload"), by=therapist)
    small = page.evaluate(
        "[...document.querySelectorAll('main a, main button, main input:not([type=hidden])')]"
        ".filter(one => { const box = one.getBoundingClientRect();"
        " return box.height > 0 && box.height < 40 }).map(one => one.outerHTML)"
    )
    assert small == []
    drawn = visit(reverse("episode", args=[full.pk]), by=therapist).evaluate(
        "[...document.querySelectorAll('figure text')].map(one =>"
        " one.getBoundingClientRect().height).filter(height => height > 0)"
    )
    assert min(drawn) >= 11


def test_the_printed_page_is_one_sheet(visit, full, therapist):
    page = visit(reverse("episode_print", args=[full.pk]), by=therapist, screen=DESKTOP)
    from io import BytesIO

    from pypdf import PdfReader

    sheet = PdfReader(BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert len(sheet.pages) == 1
