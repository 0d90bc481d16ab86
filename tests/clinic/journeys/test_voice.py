"""The client's own voice through the browser: private, heard, and answered by people."""

import pytest
from playwright.sync_api import expect

from attunement.clinic.voice.models import Matter, Word
from clinic.journeys import hands
from support import house

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
HIDDEN = "I was afraid you would laugh."


@pytest.fixture
def maya(therapist, manager):
    """Maya has an account and five sessions behind her."""
    return hands.history(house.episode(therapist, "Maya R.", account=house.person("Maya")))


def due(episode, number):
    return house.checkin(house.session(episode, number, status="planned"))


def answer_alone(page, kept="safe"):
    """Answer all at 8, but one at 1, for oneself alone."""
    page.get_by_role("button", name="All questions on one page").click()
    for slider in page.locator("input[type=range]:visible").all():
        name = slider.evaluate("one => one.closest('section').dataset.name")
        if name.endswith(("tension", "settled")):
            continue
        hands.slide(slider, 1 if name.endswith(f":{kept}") else 8)
    page.locator(f"#who-q-session-check-in-{kept}").select_option("self")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def test_a_private_answer_shapes_the_clients_own_page_and_nothing_else(
    visit, maya, therapist, manager, supervisor, faultless
):
    asked = due(maya, 6)
    page = visit(f"/me/check-ins/{asked.pk}", by=maya.client.account)
    answer_alone(page)
    expect(page.get_by_text("One answer stands out")).to_be_visible()
    expect(page.get_by_text("feeling safe to speak")).to_be_visible()
    faultless(page)
    page.get_by_label("Help me bring it up myself").check()
    page.get_by_label("A sentence to bring").fill(HIDDEN)
    page.get_by_role("button", name="Keep my choice").click()
    expect(page.get_by_text("Your words are kept for you.")).to_be_visible()
    page.goto("/me/")
    expect(page.get_by_text(HIDDEN)).to_be_visible()

    pages = (hands.caseload(), f"/clients/{maya.pk}/", f"/clients/{maya.pk}/print/", "/alerts/")
    for person in (therapist, supervisor):
        theirs = visit("/", by=person, screen=hands.DESKTOP)
        for place in pages:
            if theirs.goto(place).status != 200:
                continue
            seen = theirs.content()
            assert HIDDEN not in seen
            assert "Asked to talk" not in seen
    for place in ("/service/", "/words/", "/tables/"):
        theirs = visit(place, by=manager, screen=hands.DESKTOP)
        assert "Maya" not in theirs.locator("main").inner_text()

    page.goto("/me/voice")
    page.get_by_text("I have brought it up").click()
    page.get_by_label("It did me good").check()
    page.get_by_label("We slowed down").check()
    page.locator("form", has_text="How did it go?").get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Raised, It did me good, We slowed down")).to_be_visible()
    faultless(page)
    assert page.complaints == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_after_three_poor_sessions_a_request_reaches_the_service_past_the_therapist(
    visit, maya, therapist, manager, script, faultless
):
    by = maya.client.account
    for number in (6, 7, 8):
        asked = due(maya, number)
        page = visit(f"/me/check-ins/{asked.pk}", by=by, script=script)
        hands.answer(page, [2, 3, *[6] * 4, 3, 2], script=script)
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        shown = page.get_by_role("link", name="Look at the three ways")
        expect(shown).to_have_count(int(number == 8))
    shown.click()
    expect(page.get_by_text("In 3 of your last sessions")).to_be_visible()
    expect(page.get_by_role("heading", level=2)).to_have_count(3)
    if script:
        faultless(page)
    page.get_by_label("What would fit you better?").fill("Someone who speaks Spanish.")
    page.get_by_role("button", name="Send my request to the service").click()
    expect(page.get_by_text("Your therapist does not see it.").first).to_be_visible()

    theirs = visit(f"/clients/{maya.pk}/", by=therapist, screen=hands.DESKTOP, script=script)
    assert "Spanish" not in theirs.content()
    reader = visit("/words/", by=manager, screen=hands.DESKTOP, script=script)
    reader.get_by_role("link", name="A request for another therapist").click()
    expect(reader.get_by_text("Someone who speaks Spanish.")).to_be_visible()
    expect(reader.get_by_text("Dana Levi")).to_be_visible()
    reader.get_by_label("Your answer").fill("I will ring you on Thursday.")
    reader.get_by_role("button", name="Send the answer").click()
    expect(reader.locator("h1 + .lead")).to_contain_text("answered")
    page.goto("/me/voice")
    expect(page.get_by_text("I will ring you on Thursday.")).to_be_visible()
    assert Word.objects.get().state == "answered"
    assert (*page.complaints, *reader.complaints) == ()


def test_a_case_is_seen_through_two_lenses_and_one_part_is_shared(
    visit, maya, therapist, faultless
):
    page = visit(f"/clients/{maya.pk}/", by=therapist, screen=hands.DESKTOP)
    page.get_by_role("link", name="Formulation").first.click()
    page.get_by_role("link", name="Begin Cognitive behavioural").click()
    page.get_by_label("Thoughts", exact=True).fill("They will find out that I know nothing.")
    page.get_by_label("Shared with the client: Thoughts").check()
    page.get_by_label("Beliefs", exact=True).fill("I must never need anyone.")
    page.get_by_role("button", name="Keep this version").click()
    faultless(page)
    page.get_by_role("link", name="Formulation").click()
    page.get_by_role("link", name="Begin Psychodynamic").click()
    page.get_by_label("The wish", exact=True).fill("To be held without having to earn it.")
    page.get_by_role("button", name="Keep this version").click()
    page.get_by_role("link", name="Formulation").click()
    asked = page.locator(".questions")
    expect(asked.get_by_role("listitem")).to_have_count(3)
    expect(asked).to_contain_text("I must never need anyone.")
    faultless(page)
    end = "document.querySelector('main').lastElementChild.getBoundingClientRect().bottom"
    high = page.evaluate(end)
    assert high <= hands.DESKTOP[1], f"the page needs {high} px"

    own = visit("/me/", by=maya.client.account, screen=hands.PHONE)
    own.get_by_role("link", name="What your therapist has written down").click()
    expect(own.get_by_text("They will find out that I know nothing.")).to_be_visible()
    assert "never need" not in own.content()
    own.get_by_text("Add my own words").click()
    own.get_by_label("What went through your mind?").fill("Only at work. Not with friends.")
    own.get_by_role("button", name="Keep").click()
    page.reload()
    expect(page.get_by_text("Only at work. Not with friends.")).to_be_visible()
    assert (*page.complaints, *own.complaints) == ()


def test_by_a_link_without_a_script_what_is_kept_comes_back_with_the_code(visit, maya, therapist):
    from attunement.clinic.checkins.actions.invitations import invite

    def link(number):
        by = house.actor(therapist)
        return "/c/" + invite(checkin=due(maya, number), purpose="link", by=by).secret

    page = visit(link(6), script=False)
    hands.answer(page, [2, *[8] * 7], script=False)
    page.get_by_label("Help me bring it up myself").check()
    page.get_by_label("A sentence to bring").fill(HIDDEN)
    page.get_by_role("button", name="Keep my choice").click()
    code = page.locator(".code").first.inner_text()
    assert Matter.objects.get().text == HIDDEN
    other = visit(link(7) + "/brought", script=False)
    assert HIDDEN not in other.content()
    other.get_by_label("Code").fill(code)
    other.get_by_role("button", name="Show it").click()
    expect(other.get_by_text(HIDDEN)).to_be_visible()
