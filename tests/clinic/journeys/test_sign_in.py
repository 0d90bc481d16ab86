"""Sign-in in a real browser: passkey, app, keyboard alone, no script, and a session that ends."""

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from attunement.clinic.people.permissions import Role
from support import house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def newcomer(here):
    """An administrator who has no second factor yet."""
    return house.staff(Role.ADMINISTRATOR, here, house.person("Nora Weiss")).person


def enter(page, person):
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(house.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()


def with_device(page):
    """Give the page's device a fingerprint reader that always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session


def at_localhost(live_server, path):
    """Passkeys belong to a name, not to a number."""
    return f"http://localhost:{live_server.url.rpartition(':')[2]}{path}"


def test_a_passkey_is_set_up_and_then_signs_in_alone(visit, newcomer, live_server, faultless):
    page = visit(at_localhost(live_server, "/people/"))
    with_device(page)
    enter(page, newcomer)
    expect(page.get_by_text("First, a second step.")).to_be_visible()
    page.wait_for_load_state()
    faultless(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.wait_for_load_state()
    faultless(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="People at Harbour")).to_be_visible()
    sign_out(page)
    page.goto(at_localhost(live_server, "/account/login/"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="People at Harbour")).to_be_visible()
    sign_out(page)
    enter(page, newcomer)
    page.wait_for_load_state()
    faultless(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="People at Harbour")).to_be_visible()
    assert page.complaints == []


@pytest.mark.sqlite
def test_a_passkey_that_does_not_come_is_said_on_the_page(visit, newcomer, live_server):
    page = visit(at_localhost(live_server, "/account/login/"))
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = DEVICE | {"isUserVerified": False, "hasUserVerification": False}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("did not work")


def test_an_authenticator_app_is_set_up_by_its_picture_and_asked_for_at_sign_in(visit, newcomer):
    page = visit("/account/login/", scheme="dark")
    enter(page, newcomer)
    page.get_by_role("link", name="Set up an app").click()
    page.wait_for_load_state()
    picture = page.get_by_role("img", name="QR code")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 0
    page.get_by_text("I cannot scan it").click()
    secret = page.locator("#authenticator_secret").inner_text()
    page.get_by_label("Authenticator code").fill(now(secret))
    page.get_by_role("button", name="Use this app").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    spare = page.locator(".codes code").first.inner_text()
    sign_out(page)
    enter(page, newcomer)
    page.get_by_label("Code").fill(spare)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="People at Harbour")).to_be_visible()
    assert page.complaints == []


def now(secret):
    """Give what the app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_sign_in_needs_neither_a_mouse_nor_a_script(visit, newcomer):
    page = visit("/", script=False)
    for text in (newcomer.email, house.PASSWORD):
        while page.evaluate("document.activeElement.type") not in {"email", "password"}:
            page.keyboard.press("Tab")
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_text("First, a second step.")).to_be_visible()


@pytest.mark.sqlite
def test_before_a_session_ends_the_page_asks_and_after_it_shows_nothing_more(
    visit, newcomer, faultless
):
    page = visit("/people/", by=newcomer)
    expect(page.get_by_role("heading", name="People at Harbour")).to_be_visible()
    page.clock.install()
    page.reload()
    page.clock.fast_forward(27 * 60 * 1000 + 5000)
    asked = page.get_by_role("dialog")
    expect(asked).to_be_visible()
    faultless(page)
    asked.get_by_role("button", name="Stay signed in").click()
    expect(asked).to_be_hidden()
    Session.objects.all().delete()
    page.clock.fast_forward(60 * 60 * 1000)
    page.wait_for_url("**/account/login/?next=**")
    assert "Nora" not in page.get_by_role("main").inner_text()


@pytest.mark.sqlite
def test_a_clients_rights_are_on_a_page_for_everyone(visit, therapist, faultless):
    account = house.person("Maya")
    house.episode(therapist, account=account, consent=False)
    page = visit("/me/rights/", by=account)
    faultless(page)
    page.get_by_role("button", name="Yes, I agree").click()
    expect(page.get_by_role("button", name="Take my yes back")).to_be_visible()
    page.get_by_role("button", name="Ask to have my record erased").click()
    expect(page.get_by_role("button", name="Keep it after all")).to_be_visible()
    faultless(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save my record").click()
    assert saved.value.suggested_filename.startswith("my-record-")
