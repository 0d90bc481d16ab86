"""What people do with a page: answer, and go where the keyboard leads."""

from django.urls import reverse

from support import house
from support.noticing_help import course

PHONE, DESKTOP = (390, 844), (1280, 800)
LINK = "#link"


def history(episode, values=(8, 8.5, 8, 8.5, 8)):
    """Let someone have come every week, and have answered after every session."""
    weeks = len(values)
    for number in range(1, weeks + 1):
        house.session(episode, number, days_ago=7 * (weeks + 1 - number))
    course(episode, values)
    return episode


def path_of(page):
    """Read a link off the page on which it is shown, as whoever copies it."""
    return "/c/" + page.locator(LINK).input_value().rpartition("/c/")[2]


def answer(page, values, *, script=True):
    """Answer one question after another, and send."""
    for place, value in enumerate(values):
        if script:
            slide(page.locator("input[type=range]:visible"), value)
            page.get_by_role("button", name="Next").click()
        else:
            question = page.locator("fieldset.question").nth(place)
            question.locator(".numbers label").nth(value).click()
    while script and page.get_by_role("button", name="Next").is_visible():
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send").click()


def slide(slider, value):
    """Set a slider by its keys."""
    slider.press("Home")
    for _ in range(value):
        slider.press("ArrowRight")


def tab_to(page, what, most=80):
    """Press Tab until the focus is where a selector matches; whoever cannot get there fails."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
    raise AssertionError(f"{most} times Tab do not lead to {what}")


def caseload():
    """Give the address of a therapist's caseload."""
    return reverse("caseload")
