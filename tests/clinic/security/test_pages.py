"""What every page is protected by: a strict policy, no inline code, no framing, no leftovers."""

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from attunement.clinic.conf import settings as written
from support import house, world

READ = []
OPEN_TO = ("therapist", "supervisor", "client", "manager", "administrator")
POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)
INLINE = (
    (re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.I), "inline script"),
    (re.compile(r"<style\b", re.I), "inline style element"),
    (re.compile(r"<[^>]+\sstyle\s*=", re.I), "inline style attribute"),
    (re.compile(r"<[^>]+\son\w+\s*=", re.I), "inline handler"),
    (re.compile(r"(?:href|src|action)\s*=\s*[\"']?javascript:", re.I), "script address"),
    (re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//(?!testserver)", re.I), "foreign address"),
)


@pytest.fixture
def pages(here, elsewhere):
    """Every page that someone can read, as each role sees it; read once for all tests."""
    if READ:
        return READ
    made = world.build(here, elsewhere)
    Authenticator.objects.filter(type="webauthn").delete()
    found = READ
    for who in (None, *OPEN_TO):
        browser = Client(raise_request_exception=False)
        if who:
            house.sign_in(browser, made.people[who])
            browser.post("/account/reauthenticate/", {"password": house.PASSWORD})
        objects = made.objects | {"secret": made.token}
        for place, _view in world.routes():
            if "(" not in place:
                answer = browser.get(world.address(place, objects))
                found.append((who, place, answer))
        found.append((who, "nowhere", browser.get("/nowhere")))
    return found


def test_every_page_is_protected(pages):
    assert sum(answer.status_code == 200 for _who, _place, answer in pages) > 80
    for who, place, answer in pages:
        said = (who, place, answer.status_code)
        assert answer.status_code != 500, said
        if "html" not in answer.get("Content-Type", "") or answer.status_code >= 300:
            continue
        policy = answer["Content-Security-Policy"]
        assert all(part in policy for part in POLICY), said
        assert "unsafe" not in policy, said
        assert answer["X-Frame-Options"] == "DENY", said
        assert answer["X-Content-Type-Options"] == "nosniff", said
        assert answer["Referrer-Policy"] == "same-origin", said
        text = answer.content.decode()
        for pattern, what in INLINE:
            assert not pattern.search(text), (*said, what, pattern.search(text))


def test_refusals_are_protected_pages_too(pages):
    for who, place, answer in pages:
        if (
            who != "client"
            and answer.status_code in {403, 404, 410}
            and "html" in answer["Content-Type"]
        ):
            assert "default-src 'none'" in answer["Content-Security-Policy"], (who, place)
            assert world.NAME not in answer.content.decode(), (who, place)


def test_no_page_of_someone_signed_in_is_kept_by_the_browser(pages):
    for who, place, answer in pages:
        if who and answer.status_code == 200:
            cached = answer.get("Cache-Control", "")
            assert "no-store" in cached or "no-cache" in cached, (who, place, cached)


def test_no_address_names_anyone(pages):
    for _who, _place, answer in pages:
        text = answer.content.decode(errors="replace") if not answer.streaming else ""
        for found in re.findall(r'(?:href|action|src)="([^"]*)"', text):
            assert "Quimbaya" not in found


def test_a_manager_meets_neither_names_nor_texts_but_words_to_the_service(pages):
    for who, place, answer in pages:
        told_them = place.startswith("words/")
        if who == "manager" and answer.status_code == 200 and not (answer.streaming or told_them):
            text = answer.content.decode(errors="replace")
            assert world.NAME not in text, place
            assert world.TEXT not in text, place


def test_an_administrator_meets_neither_answers_nor_texts(pages):
    for who, place, answer in pages:
        if who == "administrator" and answer.status_code == 200 and not answer.streaming:
            assert world.TEXT not in answer.content.decode(errors="replace"), place


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, therapist):
    house.sign_in(client, therapist)
    client.get("/")
    client.get("/account/login/")
    for cookie in client.cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Lax", cookie.key


def test_behind_https_cookies_stay_on_https_and_browsers_come_back_to_it():
    source = Path(written.__file__).read_text()
    for line in ("SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE", "SECURE_SSL_REDIRECT"):
        assert line in source
    assert "31_536_000 if SECURE" in source
