"""From a planned session to an alert that is looked after, through the browser alone."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from attunement.clinic.checkins.models import Answer, CheckIn
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.noticing.models import Alert
from clinic.caseload.test_caseload import alert
from clinic.journeys import hands
from support import house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
USUAL, DROPPED = [8] * 8, [8, 2, 2, 3, 4, 5, 6, 3]


@pytest.fixture
def clock():
    """Give a clock that goes on, and can be put forward."""
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield traveller


def later(clock, **ahead):
    clock.shift(timedelta(**ahead))


def plan_for_tomorrow(page):
    """Plan a session on the pages of a client, and take the link to its check-in."""
    page.get_by_role("link", name="Plan a session").click()
    day = timezone.localdate() + timedelta(days=1)
    page.get_by_label("Day").fill(day.isoformat())
    page.get_by_label("Time").fill("10:00")
    page.get_by_role("button", name="Plan").click()
    expect(page.get_by_text("The session is planned.")).to_be_visible()
    after = page.locator("section.card", has_text="Client, after the session")
    after.get_by_role("button", name="Copy a link").click()
    expect(page.get_by_role("heading", name="A link to give")).to_be_visible()
    return hands.path_of(page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_drop_brings_a_person_to_the_top_and_into_someones_hands(
    visit, clock, therapist, maya, script
):
    hands.history(maya)
    maya.client.consents.all().delete()
    for name in ("Ana P.", "Tom K."):
        alert(house.episode(therapist, name), "missed", 1, evidence={"sessions": {"count": 2}})
    page = visit(hands.caseload(), by=therapist, screen=hands.DESKTOP, script=script)
    page.get_by_role("link", name="Maya R.", exact=True).click()
    link = plan_for_tomorrow(page)

    early = visit(link, screen=hands.PHONE, script=script)
    expect(early.get_by_role("heading", name="A little early")).to_be_visible()
    later(clock, days=1, hours=12)
    phone = visit(link, screen=hands.PHONE, script=script)
    expect(phone.get_by_role("heading", name="Before you begin")).to_be_visible()
    phone.get_by_role("button", name="Yes, I agree").click()
    hands.answer(phone, DROPPED, script=script)
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    assert "Maya" not in phone.locator("main").inner_text()

    page = visit(hands.caseload(), by=therapist, screen=hands.DESKTOP, script=script)
    first = page.locator("ol.people > li").first
    expect(first.get_by_role("link", name="Maya R.", exact=True)).to_be_visible()
    expect(first).to_contain_text("understood")
    first.get_by_role("link", name="Maya R.", exact=True).click()
    expect(page.locator(".banner.look")).to_contain_text("session 6")
    expect(page.locator(".eight li.low")).not_to_have_count(0)
    page.locator(".banner.look").get_by_role("link").click()
    page.get_by_role("button", name="I will look after it").click()
    expect(page.locator(".messages")).to_contain_text("taken on")
    expect(page.get_by_text("In whose hands")).to_be_visible()
    page.goto(hands.caseload())
    expect(page.locator("ul.hand li")).to_contain_text("Maya R.")
    found = Alert.objects.get(kind="drop")
    assert (found.state, found.level, found.owner) == ("acknowledged", "review", therapist)
    assert (*phone.complaints, *page.complaints) == ()


def test_a_client_with_an_account_answers_from_their_own_page(visit, therapist):
    account = house.person("Maya")
    mine = hands.history(house.episode(therapist, "Maya R.", account=account))
    house.checkin(house.session(mine, 6))
    page = visit("/", screen=hands.PHONE)
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password", exact=True).fill(house.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Hello, Maya")).to_be_visible()
    page.get_by_role("link", name="Answer", exact=True).click()
    hands.slide(page.locator("input[type=range]:visible"), 9)
    page.locator("select:visible").select_option("self")
    page.get_by_role("button", name="Next").click()
    hands.answer(page, USUAL[1:])
    expect(page.get_by_text("One answer is not shown to your therapist.")).to_be_visible()
    expect(page.get_by_role("heading", name="Your own line")).to_be_visible()

    theirs = visit(reverse("episode", args=[mine.pk]), by=therapist, screen=hands.DESKTOP)
    expect(theirs.locator(".eight li").first).to_contain_text("no answer to show")
    page.get_by_role("link", name="See my answers").click()
    page.locator("select").first.select_option("therapist")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("From now on they are shown as you chose.")).to_be_visible()
    theirs.reload()
    expect(theirs.locator(".eight li").first).to_contain_text("9")
    page.goto(reverse("own"))
    expect(page.get_by_text("Nothing just now.")).to_be_visible()
    assert (*page.complaints, *theirs.complaints) == ()


def test_an_answer_about_safety_reaches_a_person_and_then_another(
    visit, clock, therapist, supervisor, maya, link_before
):
    phone = visit(link_before, screen=hands.PHONE)
    for _ in range(8):
        phone.get_by_role("radio", name="Not at all").check()
        phone.get_by_role("button", name="Next").click()
    phone.get_by_role("radio", name="More than half the days").check()
    hands.answer(phone, [])
    expect(phone.get_by_role("heading", name="You do not have to wait")).to_be_visible()
    expect(phone.get_by_role("link", name="000 000").first).to_have_attribute("href", "tel:000000")

    page = visit(hands.caseload(), by=therapist, screen=hands.DESKTOP)
    expect(page.locator("ol.people > li.safety")).to_contain_text("Maya R.")
    assert Alert.objects.get().level == "urgent"
    none = visit(reverse("supervision"), by=supervisor, screen=hands.DESKTOP)
    expect(none.locator("ol.alerts")).to_contain_text("open")

    later(clock, minutes=maya.client.site.safety_minutes + 1)
    while work_once():
        pass
    told = [one for one in mail.outbox if supervisor.person.email in one.to]
    assert told
    assert not any("Maya" in one.subject + one.body for one in mail.outbox)
    page = visit(reverse("supervision"), by=supervisor, screen=hands.DESKTOP)
    waiting = page.locator("ol.alerts > li.safety")
    expect(waiting).to_contain_text("passed on")
    waiting.get_by_role("link", name="Maya R.", exact=True).click()
    page.locator("summary", has_text="It is settled").click()
    settle = page.locator("details.step", has=page.locator("[value=resolve]"))
    settle.get_by_role("button", name="It is settled").click()
    assert settle.locator("textarea").evaluate("one => one.validity.valueMissing")
    settle.locator("form").evaluate("form => form.submit()")
    expect(page.get_by_role("alert")).to_have_text("What was done?")
    assert Alert.objects.get().state == "escalated"
    settle.get_by_label("What was done?").fill("Rang at once. She is with her sister tonight.")
    settle.get_by_role("button", name="It is settled").click()
    expect(page.get_by_text("She is with her sister tonight.")).to_be_visible()
    assert Alert.objects.get().state == "resolved"


@pytest.fixture
def link_before(therapist, maya):
    """A link to the questions before a session."""
    from attunement.clinic.checkins.actions.invitations import invite

    due = house.checkin(house.session(maya, status="planned"), "client", "before", ("phq9",))
    return "/c/" + invite(checkin=due, purpose="link", by=house.actor(therapist)).secret


def test_a_check_in_goes_on_while_the_connection_is_gone_and_is_sent_once(visit, link_before):
    page = visit(link_before, screen=hands.PHONE)
    for place in range(6):
        if place == 2:
            page.context.set_offline(True)
        page.get_by_role("radio", name="Several days").check()
        page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Question 7 of")).to_be_visible()
    page.close()
    assert not Answer.objects.exists()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(link_before)
    expect(again.get_by_text("Question 7 of")).to_be_visible()
    hands.answer(again, [])
    expect(again.get_by_role("heading", name="Thank you")).to_be_visible()
    assert list(Answer.objects.values_list("value", flat=True)) == [1.0] * 6
    assert CheckIn.objects.get().state == "answered"
