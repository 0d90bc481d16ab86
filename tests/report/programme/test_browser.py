"""The report in a real browser: for everyone, on any screen, and without the network."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from support.browsing import WCAG

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(page, tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(page, encoding="utf-8")
    return file.as_uri()


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_no_rule_of_accessibility_is_broken_and_nothing_is_asked_for(
    browser, address, scheme, width
):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    shown = context.new_page()
    asked = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(address)
    found = Axe().run(shown, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert found.violations_count == 0, found.generate_report()
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [address]
    context.close()
