"""Goals written blind on a phone and a desktop, revealed, paired, agreed on, and followed."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.goals.models import Goal, Rating, Round, Written
from clinic.journeys.hands import DESKTOP, PHONE
from support import house

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
SCREENS = [(PHONE, DESKTOP, True), (DESKTOP, PHONE, False)]


@pytest.fixture
def theirs(therapist):
    """Maya, who has an account and has come once."""
    episode = house.episode(therapist, "Maya R.", account=house.person("Maya R."))
    house.session(episode, 1, days_ago=2)
    return episode


def press(page, name):
    """Press a button that sends a form, and see the page that comes of it."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def unfold(page, name, within=None):
    (within or page.locator("main")).locator("summary").filter(has_text=name).first.click()


@pytest.mark.parametrize(("phone", "desk", "script"), SCREENS)
def test_written_blind_revealed_paired_agreed_and_rated(
    visit, faultless, theirs, phone, desk, script
):
    place = reverse("goals", args=[theirs.pk])
    maya = visit(reverse("own"), by=theirs.client.account, screen=phone, script=script)
    maya.get_by_role("link", name="To your goals").click()
    maya.get_by_label("What I want").nth(0).fill("Sleep through the night")
    maya.get_by_label("What this is for").nth(0).fill("Patience with the children")
    maya.get_by_label("What I want").nth(1).fill("Be honest with my sister")
    press(maya, "Keep it, I am still writing")
    dana = visit(place, by=theirs.therapist, screen=desk, script=script)
    assert "Sleep through the night" not in dana.content()
    dana.get_by_label("The goal as you see it").nth(0).fill("Sleep without tablets")
    dana.get_by_label("The goal as you see it").nth(1).fill("Go back to work")
    press(dana, "I am ready to look")
    assert "Sleep through the night" not in dana.content()
    maya.reload()
    expect(maya.get_by_text("Dana Levi is ready to look.")).to_be_visible()
    assert "tablets" not in maya.content()
    if script:
        faultless(maya)
        faultless(dana)
    press(maya, "I am ready to look")
    expect(maya.locator(".side-row dd", has_text="Sleep without tablets")).to_be_visible()
    dana.reload()
    expect(dana.get_by_role("heading", name="These two may belong together")).to_be_visible()
    press(dana, "They belong together")
    expect(dana.get_by_text("you share 67")).to_be_visible()
    first = dana.locator(".side-row").first
    expect(first).to_contain_text("Only")
    row = dana.locator(".side-row").filter(has_text="Sleep through the night")
    unfold(dana, "Make it a shared goal", row)
    words = row.get_by_label("The goal, in words that suit you both")
    words.fill("Sleep five nights a week")
    propose(dana, row)
    maya.reload()
    expect(maya.get_by_text("Dana Levi proposes these words.")).to_be_visible()
    press(maya, "Yes, this is our goal")
    maya.locator(".numbers label").nth(4).click()
    maya.get_by_label("In your own words").fill("A calmer week")
    press(maya, "Keep this number")
    dana.reload()
    expect(dana.get_by_text("4 of 10 at session 1.")).to_be_visible()
    expect(dana.get_by_text("A calmer week")).to_be_visible()
    assert Goal.objects.get().state == "agreed"
    assert Rating.objects.get().value == 4
    if script:
        faultless(maya)
        faultless(dana)
    assert maya.complaints == dana.complaints == []


def propose(page, row):
    with page.expect_navigation():
        row.get_by_role("button", name="Propose these words").click()


def test_someone_without_an_account_writes_after_a_check_in(visit, maya, therapist):
    due = house.checkin(house.session(maya))
    secret = invite(checkin=due, purpose="link", by=house.actor(therapist)).secret
    page = visit(f"/c/{secret}", script=False)
    page.locator("fieldset.question").first.locator(".numbers label").nth(7).click()
    with page.expect_navigation(url="**/thanks"):
        page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="To your goals").click()
    page.get_by_label("What I want").nth(0).fill("Find my feet")
    press(page, "I am ready to look")
    expect(page.get_by_text("Find my feet")).to_be_visible()
    assert Round.objects.get().client_ready_at
    assert page.complaints == []


def test_a_tablet_is_handed_over_and_forgets(visit, maya, therapist):
    page = visit(reverse("goals", args=[maya.pk]), by=therapist)
    press(page, "Hand over this device for their list")
    assert page.url.endswith("/tablet/goals")
    page.get_by_label("What I want").nth(0).fill("Find my feet")
    press(page, "I am ready to look")
    press(page, "Finish, and give the tablet back")
    expect(page.get_by_text("Please give the tablet back")).to_be_visible()
    page.goto("/caseload/")
    assert "/account/login" in page.url
    page.goto("/tablet/goals")
    assert "Find my feet" not in page.content()
    assert Written.objects.get().text == "Find my feet"
    assert page.complaints == []
