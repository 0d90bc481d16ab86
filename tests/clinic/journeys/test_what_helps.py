"""From a drop to a likely reason, to something tried, to a follow-up that says it has eased."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from attunement.clinic.guidance.models import Attempt
from clinic.journeys import hands
from support.noticing_help import answer

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_planted_rupture_is_met_tried_upon_and_followed(
    visit, therapist, maya, script, faultless
):
    for number in range(1, 7):
        answer(maya, number=number, value=7 + number % 2)
    answer(maya, number=7, value=7, heard=1, understood=1, safe=3, tension=7, settled=1)

    page = visit(hands.caseload(), by=therapist, screen=hands.DESKTOP, script=script)
    page.locator("ol.people").get_by_role("link", name="Maya R.", exact=True).click()
    reasons = page.get_by_role("heading", name="Likely reasons")
    expect(reasons).to_be_visible()
    help_ = page.locator("#help")
    expect(help_.locator(".suggested")).to_have_count(3)
    expect(help_).not_to_contain_text("Work for change")
    if script:
        faultless(page)
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": hands.PHONE[0], "height": hands.PHONE[1]})
        faultless(page)
        page.set_viewport_size({"width": hands.DESKTOP[0], "height": hands.DESKTOP[1]})
    first = help_.locator(".suggested").first
    title = first.locator("summary").inner_text()
    first.locator("summary").click()
    expect(first.locator(".why li").first).to_contain_text("It answers")
    first.get_by_role("link", name="How to do it").click()
    expect(page.get_by_role("heading", name="When not to")).to_be_visible()
    page.go_back()

    first.get_by_role("button", name="I will try this").click()
    expect(page.get_by_text("Your caseload will ask you how it went.")).to_be_visible()
    page.goto(hands.caseload())
    row = page.locator("ol.people > li").first
    expect(row).to_contain_text(title)
    row.get_by_role("button", name="I tried this").click()
    expect(page.get_by_text("The next check-ins will be read")).to_be_visible()
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.strain) == ("tried", 7)

    alert = maya.alerts.exclude(kind="safety").order_by("opened_at").first()
    page.goto(reverse("alert", args=[alert.pk]))
    expect(page.get_by_text("Too early to say.")).to_be_visible()
    page.goto(reverse("tried", args=[maya.pk]))
    page.get_by_text("Change when, or how it went").click()
    page.get_by_label("so-so").check()
    page.get_by_label("A note; you and your supervisor read this").fill("She was glad I asked.")
    page.locator("details[open]").get_by_role("button", name="Keep").click()
    expect(page.locator("blockquote")).to_have_text("She was glad I asked.")

    answer(maya, number=8, value=8)
    page.goto(reverse("episode", args=[maya.pk]))
    expect(page.locator("#help")).to_contain_text("At session 8 it was back near what is usual")
    expect(page.locator("#help summary .tag")).to_have_text("eased")
    page.goto(reverse("alert", args=[alert.pk]))
    expect(page.locator("main")).to_contain_text("At session 8 it was back near what is usual")
    assert page.complaints == []
