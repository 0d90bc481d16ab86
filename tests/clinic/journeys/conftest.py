"""The clinic in a real browser: a server, pages on any screen, and people who sign in."""

import os
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page

from support import house
from support.browsing import WCAG, browsing

PATIENCE = 5
WAITED = 60_000
"""Milliseconds for anything in a browser: a slow machine is no failure."""
PHONE, DESKTOP = (390, 844), (1280, 800)


@pytest.fixture(scope="module")
def browser(chromium, live_server):
    """One browser for a module; it goes before the server does, and is heard to go."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop in this thread
    with browsing(chromium) as browser:
        yield browser
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(PATIENCE)
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(browser, live_server):
    """Open a page: ``visit("/me/", by=person, screen=PHONE)``.

    The page carries ``complaints``: what its console said, which should be nothing.
    """
    opened = []

    def go(
        address="/", *, by=None, screen=PHONE, scheme="light", language="en", script=True
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": screen[0], "height": screen[1]},
            color_scheme=scheme,
            locale=language,
            java_script_enabled=script,
            has_touch=screen[0] < 800,
        )
        opened.append(context)
        if by is not None:
            who = getattr(by, "person", by)
            type(who).objects.filter(pk=who.pk).update(language=language)
            context.add_cookies([cookie(by, live_server.url)])
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: page.complaints.append(said.text) if said.type == "error" else None,
        )
        page.set_default_timeout(WAITED)
        page.goto(address)
        return page

    yield go
    for context in opened:
        context.close()


def cookie(of, url):
    """Sign a member or a person in, and give the cookie that says so."""
    from django.test import Client

    signed_in = house.sign_in(Client(), of)
    value = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}


@pytest.fixture
def faultless():
    """Say that a page breaks no rule of accessibility and has to be scrolled one way only.

    It looks on SQLite alone, as a page looks the same on any database.
    """
    if connection.vendor != "sqlite":
        return lambda _page: None

    def check(page):
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert found.violations_count == 0, found.generate_report()
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{wide} px have to be scrolled sideways"

    return check
