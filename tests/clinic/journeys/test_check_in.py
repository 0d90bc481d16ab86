"""A check-in in a real browser: by keyboard, after a lost connection, with and without a script."""

import re

import pytest
from playwright.sync_api import expect

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.models import Answer, CheckIn
from support import house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESKTOP = (1280, 800)


@pytest.fixture
def link(maya, therapist):
    def make(*instruments, moment="after"):
        around = house.session(maya, number=maya.sessions.count() + 1, status="planned")
        due = house.checkin(around, moment=moment, instruments=instruments or ("session-check-in",))
        return "/c/" + invite(checkin=due, purpose="link", by=house.actor(therapist)).secret

    return make


def answers():
    return {one.item: one.value for one in Answer.objects.all()}


def slider(page, name="I felt heard."):
    return page.get_by_role("slider", name=name)


def go_on(page):
    page.get_by_role("button", name="Next").click()


def to_the_end(page):
    for _ in range(30):
        if page.get_by_role("button", name="Next").is_hidden():
            return
        go_on(page)
    raise AssertionError("there is no end")


@pytest.mark.sqlite
def test_one_question_at_a_time_and_the_progress_is_told(visit, link):
    page = visit(link())
    expect(page.get_by_text("Question 1 of 9")).to_be_visible()
    expect(page.locator("legend:visible")).to_have_count(1)
    go_on(page)
    expect(page.get_by_text("Question 2 of 9")).to_be_visible()
    expect(page.locator("legend:visible")).to_be_focused()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_text("Question 1 of 9")).to_be_visible()
    assert page.complaints == []


@pytest.mark.sqlite
def test_a_slider_that_nobody_touched_is_no_answer(visit, link):
    page = visit(link())
    expect(page.locator("output:visible")).to_have_text("Not answered yet")
    expect(slider(page)).to_have_attribute("aria-valuetext", "Not answered yet")
    to_the_end(page)
    expect(page.get_by_text("You have left all questions out.")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert answers() == {}
    assert CheckIn.objects.get().state == "answered"


def test_a_slider_by_keyboard_alone_from_start_to_thanks(visit, link):
    page = visit(link(), screen=DESKTOP)
    slider(page).focus()
    page.keyboard.press("ArrowRight")
    expect(slider(page)).to_have_attribute("aria-valuetext", "6 of 10")
    expect(slider(page)).to_have_accessible_description(
        re.compile("0: not at all ?, 10: completely")
    )
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("9 of 10")).to_be_visible()
    go_on(page)
    page.keyboard.press("Tab")  # from the question to its slider, or to what stands between
    middle = slider(page, "My therapist understood what it is like for me.")
    middle.focus()
    page.keyboard.press("Enter")
    to_the_end(page)
    page.get_by_role("button", name="Send").press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert answers() == {"heard": 9, "understood": 5}


def test_answers_outlive_being_asked_for_a_yes_in_between(visit, link, maya):
    page = visit(link())
    slider(page).focus()
    page.keyboard.press("End")
    maya.client.consents.all().delete()
    to_the_end(page)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Yes, I agree").click()
    expect(page.get_by_text("Your answers from before are still here.")).to_be_visible()
    assert answers() == {}
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert answers() == {"heard": 10}


@pytest.mark.sqlite
def test_an_answer_can_be_left_out_again(visit, link):
    page = visit(link())
    slider(page).press("Home")
    page.get_by_role("button", name="Leave it out").click()
    expect(page.get_by_text("Left out")).to_be_visible()
    to_the_end(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert answers() == {}


@pytest.mark.sqlite
def test_whether_it_was_settled_is_asked_after_tension_alone(visit, link):
    page = visit(link())
    for _ in range(8):
        go_on(page)
    expect(page.get_by_text("Question 9 of 9")).to_be_visible()
    page.get_by_role("slider").press("ArrowRight")
    go_on(page)
    expect(page.get_by_text("More on question 9 of 9")).to_be_visible()
    expect(page.get_by_text("How far was it settled by the end?")).to_be_visible()


@pytest.mark.sqlite
def test_all_on_one_page_is_remembered_on_the_device(visit, link):
    page = visit(link())
    page.get_by_role("button", name="All questions on one page").click()
    expect(page.get_by_role("slider")).to_have_count(9)
    page.goto(link())
    expect(page.get_by_role("slider")).to_have_count(9)
    page.get_by_role("button", name="One question at a time").click()
    expect(page.get_by_role("slider")).to_have_count(1)


def test_a_closed_tab_is_taken_up_where_it_was_left(visit, link):
    address = link()
    page = visit(address)
    slider(page).press("End")
    page.locator("select:visible").select_option("later")
    go_on(page)
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_text("Question 2 of 9")).to_be_visible()
    again.get_by_role("button", name="Back").click()
    expect(again.get_by_text("10 of 10")).to_be_visible()
    to_the_end(again)
    again.get_by_role("button", name="Send").click()
    expect(again.get_by_role("heading", name="Thank you")).to_be_visible()
    assert answers() == {"heard": 10}
    assert Answer.objects.get().audience == "later"
    kept = again.evaluate("Object.keys(localStorage).filter(key => key !== 'attunement:one-page')")
    assert kept == []


def test_without_a_connection_it_is_said_and_then_sent_exactly_once(visit, link):
    page = visit(link())
    slider(page).press("End")
    to_the_end(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Not sent yet: there is no connection.")).to_be_visible()
    assert answers() == {}
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert answers() == {"heard": 10}
    assert Event.objects.filter(action="checkin.answered").count() == 1


def test_an_answer_lost_on_its_way_back_is_asked_for_again_and_counted_once(visit, link):
    page = visit(link())
    slider(page).press("End")
    to_the_end(page)
    lost = []

    def lose(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort()
        else:
            route.continue_()

    page.route("**/c/*", lose)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert lost == [200]
    assert answers() == {"heard": 10}
    assert Event.objects.filter(action="checkin.answered").count() == 1


def test_a_double_tap_sends_once(visit, link):
    page = visit(link())
    to_the_end(page)
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert Event.objects.filter(action="checkin.answered").count() == 1


def test_without_a_script(visit, link):
    page = visit(link(), script=False)
    expect(page.locator("legend:visible")).to_have_count(10)
    page.get_by_role("group", name="I felt heard.").get_by_role("radio", name="7").check(force=True)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert answers() == {"heard": 7}


@pytest.mark.sqlite
def test_symptoms_are_asked_with_labelled_answers_and_safety_is_answered_at_once(visit, link):
    page = visit(link("phq9", moment="before"))
    for _ in range(8):
        page.get_by_role("radio", name="Not at all").check()
        go_on(page)
    expect(page.get_by_text("always reaches a person at Harbour")).to_be_visible()
    page.get_by_role("radio", name="Several days").check()
    to_the_end(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="You do not have to wait")).to_be_visible()
    expect(page.get_by_role("link", name="000 000").first).to_be_visible()


def test_a_tablet_shows_nothing_else_and_the_way_back_leads_nowhere(visit, therapist, maya):
    due = house.checkin(house.session(maya, status="planned"))
    page = visit(f"/sessions/{due.session_id}", by=therapist, screen=(1024, 768))
    page.get_by_role("button", name="Hand over this tablet").click()
    expect(slider(page)).to_be_visible()
    slider(page).press("End")
    assert page.evaluate("Object.keys(localStorage)") == []
    to_the_end(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    page.get_by_role("link", name="Finish").click()
    expect(page.get_by_role("heading", name="Please give the tablet back")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))") == []
    for _ in range(3):
        page.go_back(wait_until="load")
        if not page.url.startswith("http"):
            break
        shown = page.locator("body").inner_text()
        assert "Maya" not in shown
        assert "10 of 10" not in shown
        assert "I felt heard" not in shown
    assert answers() == {"heard": 10}


@pytest.mark.sqlite
def test_targets_are_large_enough_for_a_thumb(visit, link):
    page = visit(link("session-check-in", "phq9"))
    page.locator("button.mode").click()
    small = page.evaluate(
        "[...document.querySelectorAll('#checkin button, #checkin select, #checkin textarea, "
        "#checkin label:has(input), #checkin input[type=range]')].filter(part => part.offsetParent)"
        ".filter(part => part.getBoundingClientRect().height < 44)"
        ".map(part => part.outerHTML.slice(0, 80))"
    )
    assert small == []
