"""The report in a real browser: for everyone, on any screen, and without the network."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from attunement.report import to_html
from support.browsing import WCAG
from support.made_up import EVERY_STATE, report, some

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(to_html(report(**some(*EVERY_STATE))), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def visit(browser, address):
    opened = []

    def go(*, width=1280, height=900, scheme="light", part=""):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        opened.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(address + part)
        return page

    yield go
    for context in opened:
        context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_no_rule_of_accessibility_is_broken(visit, scheme, width):
    page = visit(scheme=scheme, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert found.violations_count == 0, found.generate_report()


def test_the_page_asks_for_nothing_but_itself(visit, address):
    page = visit()
    assert page.asked == [address]
    assert page.complaints == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_has_to_be_scrolled_sideways(visit, width):
    page = visit(width=width)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width


def test_writing_stays_large_enough_to_read_on_a_phone(visit):
    page = visit(width=390)
    sizes = page.evaluate(
        "[...document.querySelectorAll('main p, main dd, main a, main li, main td, figcaption')]"
        ".map(part => parseFloat(getComputedStyle(part).fontSize))"
    )
    assert min(sizes) >= 16
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    drawn = page.evaluate(
        "[...document.querySelectorAll('figure text')].map(part => "
        "part.getBoundingClientRect().height)"
    )
    assert min(drawn) >= 11


def test_the_keyboard_leads_from_the_list_to_a_client_and_back(visit):
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the people to look at first")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    urgent = page.get_by_role("region", name="Answers that need a person today")
    expect(urgent.get_by_role("link", name="Tara B.")).to_be_focused()
    page.keyboard.press("Tab")
    name = page.get_by_role("link", name="Maya R.", exact=True).first
    expect(name).to_be_focused()
    page.keyboard.press("Enter")
    section = page.get_by_role("article", name="Maya R.")
    expect(section).to_be_in_viewport()
    back = section.get_by_role("link", name="Back to the list from Maya R.")
    back.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()


def test_a_screen_reader_hears_what_the_chart_shows(visit):
    section = visit().get_by_role("article", name="Maya R.")
    expect(section.get_by_role("img").first).to_have_accessible_name(
        "Working relationship. After session 7, the working relationship was clearly below "
        "Maya R.'s usual (4.9, usually about 7.6)."
    )


@pytest.mark.parametrize(("scheme", "red"), [("light", "163, 18, 42"), ("dark", "255, 154, 148")])
def test_red_is_kept_for_safety_and_never_speaks_alone(visit, scheme, red):
    page = visit(scheme=scheme)
    coloured = page.evaluate(
        "red => [...document.querySelectorAll('body *')].filter(part => ['color',"
        "'borderLeftColor', 'backgroundColor', 'fill', 'stroke'].some(name =>"
        " getComputedStyle(part)[name] == `rgb(${red})`))"
        ".map(part => part.closest('.safety') ? part.closest('.safety').innerText : '')",
        red,
    )
    assert coloured
    assert all("Safety" in text or "need a person" in text for text in coloured)


def test_dark_paper_turns_every_colour(visit):
    def colours(scheme):
        return visit(scheme=scheme).evaluate(
            "[document.body, ...document.querySelectorAll('figure svg *')].map(part => {"
            "const style = getComputedStyle(part);"
            "return [part.tagName, style.backgroundColor, part.getAttribute('fill') ?? '',"
            " style.fill, part.getAttribute('stroke') ?? '', style.stroke]})"
        )

    light, dark = colours("light"), colours("dark")
    assert light[0][1] == "rgb(251, 250, 246)"
    assert dark[0][1] == "rgb(21, 25, 24)"
    for before, after in zip(light[1:], dark[1:], strict=True):
        for attribute, shown in ((2, 3), (4, 5)):
            if before[attribute] not in {"", "none", "transparent"}:
                assert before[shown] != after[shown], before


def test_on_paper_the_page_is_light_and_charts_are_whole(visit):
    page = visit(scheme="dark", width=800)
    page.emulate_media(media="print")
    paper = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink')")
    assert paper.strip() == "#1e2523"
    assert (
        page.evaluate("getComputedStyle(document.querySelector('figure')).breakInside") == "avoid"
    )
    expect(page.get_by_role("link", name="Skip to the people")).to_be_hidden()
