"""Sign-in: passwords, second factors, sessions, resets, and limits that spare a whole clinic."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import Token
from attunement.clinic.checkins.tokens import hashed
from attunement.clinic.conf import settings as written
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.people import accounts, sign_in
from attunement.clinic.people.accounts import SECRETS
from attunement.clinic.people.permissions import Role
from attunement.clinic.privacy.keys import current
from support import house

LOGIN = "/account/login/"
ARGON = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"]}


@pytest.fixture(autouse=True)
def fresh(db):
    cache.clear()


@pytest.mark.parametrize("page", ["account_login", "account_reset_password"])
def test_the_address_is_asked_for_by_the_same_word_as_everywhere(client, page):
    asked = client.get(reverse(page)).text
    assert ">E-mail</label>" in asked
    assert ">Email<" not in asked


def enter(browser, person, password=house.PASSWORD, **more):
    return browser.post(LOGIN, {"login": person.email, "password": password}, **more)


def code(secret):
    counters = list(yield_hotp_counters_from_time())
    counter = counters[len(counters) // 2]
    return format_hotp_value(hotp_value(secret, counter))


def signed_in(browser):
    return "_auth_user_id" in browser.session


def test_every_address_of_sign_in_that_is_named_exists_and_no_other_is_kept():
    arguments = {"uidb36": "a", "key": "b", "pk": 1}
    for name in sign_in.NEEDED:
        for given in ({}, {"pk": 1}, {"uidb36": "a", "key": "b"}):
            try:
                reverse(name, kwargs=given)
                break
            except NoReverseMatch:
                continue
        else:
            pytest.fail(f"{name} is no address {arguments}")
    for name in ("account_signup", "account_email", "account_confirm_login_code"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_passwords_are_hashed_with_argon2_and_nothing_else():
    assert ARGON["PASSWORD_HASHERS"] == written.PASSWORD_HASHERS
    with override_settings(**ARGON):
        assert get_hasher().algorithm == "argon2"
        assert house.person().password.startswith("argon2$argon2id$")


def test_a_client_signs_in_with_a_password_alone(client, maya):
    account = house.person()
    maya.client.account = account
    maya.client.save()
    assert enter(client, account)["Location"] == "/"
    assert signed_in(client)
    assert Event.objects.filter(action="person.signed-in").count() == 1


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, therapist):
    wrong = enter(client, therapist.person, "not the password")
    nobody = client.post(LOGIN, {"login": "nobody@example.org", "password": "not the password"})
    said = [
        re.findall(r'class="problem".*?</div>', a.content.decode(), re.S) for a in (wrong, nobody)
    ]
    assert said[0] == said[1]
    assert said[0]
    assert Event.objects.filter(action="person.sign-in-refused").count() == 1


def test_staff_without_a_second_factor_can_do_nothing_but_set_one_up(client, administrator):
    enter(client, administrator.person)
    for place in ("/", reverse("people"), reverse("audit")):
        assert client.get(place)["Location"] == reverse("mfa_index")
    page = client.get(reverse("mfa_index")).content.decode()
    assert "First, a second step." in page
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_staff_set_up_an_app_and_are_asked_for_it_ever_after(client, administrator):
    enter(client, administrator.person)
    page = client.get(reverse("mfa_activate_totp"))
    assert 'src="data:image/svg+xml' in page.content.decode()
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("people")).status_code == 200
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept
    assert current().open(kept, SECRETS) == secret
    client.post(reverse("account_logout"))

    assert enter(client, administrator.person)["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        right = client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert right["Location"] == "/"
    assert signed_in(client)


def test_a_recovery_code_lets_in_once(client, administrator):
    enter(client, administrator.person)
    TOTP.activate(administrator.person, "JBSWY3DPEHPK3PXP")
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    one = RecoveryCodes.activate(administrator.person).get_unused_codes()[0]
    client.post(reverse("account_logout"))
    for allowed in (True, False):
        enter(client, administrator.person)
        client.post(reverse("mfa_authenticate"), {"code": one})
        assert signed_in(client) is allowed
        client.post(reverse("account_logout"))


def test_someone_who_signed_in_a_while_ago_shows_again_who_they_are(client, administrator):
    enter(client, administrator.person)
    with time_machine.travel(time.time() + 15 * 60):
        answer = client.get(reverse("mfa_activate_totp"))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_whoever_removes_their_last_factor_sets_up_another_at_once(client, administrator):
    enter(client, administrator.person)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert client.get(reverse("people")).status_code == 200
    client.post(reverse("account_reauthenticate"), {"password": house.PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(type="totp").exists()
    assert client.get(reverse("people"))["Location"] == reverse("mfa_index")


def test_without_the_second_factor_every_page_says_so_loudly(client, administrator):
    with override_settings(SECOND_FACTOR=False):
        client.force_login(administrator.person)
        assert (
            "Signing in needs no second step here" in client.get(reverse("people")).content.decode()
        )
        client.post(reverse("account_logout"))
        assert "Signing in needs no second step here" in client.get(LOGIN).content.decode()


def test_sign_in_gives_a_new_session_so_that_none_can_be_planted(client, maya):
    account = house.person()
    maya.client.account = account
    maya.client.save()
    client.get(LOGIN)
    client.session["planted"] = "x"
    session = client.session
    session["planted"] = "x"
    session.save()
    before = client.session.session_key
    client.cookies["sessionid"] = before
    enter(client, account)
    assert client.session.session_key != before
    assert not Client(cookies={"sessionid": before}).session.get("_auth_user_id")


def test_a_session_ends_after_the_minutes_without_activity_and_lives_on_with_it(
    client, administrator
):
    start = time.time()
    minutes = written.SESSION_COOKIE_AGE
    with time_machine.travel(start, tick=False) as clock:
        house.sign_in(client, administrator)
        for _ in range(3):
            clock.shift(minutes - 120)
            assert client.get(reverse("stay")).status_code == 200
        clock.shift(minutes + 1)
        assert client.get(reverse("people"))["Location"].startswith(LOGIN)


def test_a_page_that_looks_by_itself_how_far_something_is_keeps_no_session_alive(client, manager):
    start = time.time()
    with time_machine.travel(start, tick=False) as clock:
        house.sign_in(client, manager)
        client.get(reverse("service"))
        for _ in range(written.SESSION_COOKIE_AGE // 300):
            clock.shift(300)
            client.get(reverse("service"), headers={"HX-Request": "true"})
        clock.shift(1)
        assert client.get(reverse("service"))["Location"].startswith(LOGIN)


def test_a_session_ends_after_twelve_hours_in_any_case(client, administrator):
    start = time.time()
    with time_machine.travel(start, tick=False) as clock:
        house.sign_in(client, administrator)
        for _ in range(12 * 60 // 20):
            client.get(reverse("stay"))
            clock.shift(20 * 60)
        client.get(reverse("stay"))
        clock.shift(10)
        assert client.get(reverse("people"))["Location"].startswith(LOGIN)


def test_signing_out_everywhere_else_ends_the_other_sessions(client, maya):
    account = house.person()
    maya.client.account = account
    maya.client.save()
    other = Client()
    enter(other, account)
    enter(client, account)
    client.get("/")
    other.get("/")
    assert UserSession.objects.filter(user=account).count() == 2
    client.post(reverse("usersessions_list"))
    assert other.get(reverse("mfa_index"))["Location"].startswith(LOGIN)
    assert client.get(reverse("mfa_index")).status_code == 200


def test_a_password_is_reset_by_a_link_that_works_once_and_ends_all_sessions(client, maya):
    account = house.person("Maya Secret")
    maya.client.account = account
    maya.client.save()
    other = Client()
    enter(other, account)
    client.post(reverse("account_reset_password"), {"email": account.email})
    assert account.email not in str(Job.objects.get(kind="sign-in.mail").payload)
    work_once(kinds={"sign-in.mail"})
    message = mail.outbox[0]
    assert "Maya" not in message.subject
    link = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", message.body)[1]
    form = client.get(link, follow=True)
    chosen = {"password1": "another long password", "password2": "another long password"}
    client.post(form.request["PATH_INFO"], chosen)
    assert "no longer works" in Client().get(link, follow=True).content.decode()
    assert other.get(reverse("mfa_index"))["Location"].startswith(LOGIN)
    assert enter(client, account, "another long password")["Location"] == "/"


@pytest.mark.parametrize("host", ["127.0.0.1:9999", "testserver:8443"])
def test_a_link_of_a_reset_leads_to_the_clinic_whatever_host_was_named(client, maya, host):
    maya.client.account = house.person()
    maya.client.save()
    asked = {"email": maya.client.account.email}
    client.post(reverse("account_reset_password"), asked, HTTP_HOST=host)
    work_once(kinds={"sign-in.mail"})
    (link,) = re.findall(r"https?://\S+", mail.outbox[0].body)
    assert link.startswith(written.ADDRESS + "/account/")


def test_a_few_failed_sign_ins_are_not_forgotten_for_many_others(db):
    cache.set("0", 1)
    for number in range(400):
        cache.set(f"other-{number}", 1)
    assert cache.get("0") == 1


def test_nobody_learns_by_a_reset_whether_an_address_has_an_account(client, db):
    answer = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert answer["Location"] == reverse("account_reset_password_done")
    work_once(kinds={"sign-in.mail"})
    assert mail.outbox == []


@pytest.mark.parametrize("password", ["short", "password1234", "aaaaaaaaaaa"])
def test_weak_passwords_are_refused(client, therapist, password):
    house.sign_in(client, therapist)
    chosen = {"oldpassword": house.PASSWORD, "password1": password, "password2": password}
    assert client.post(reverse("account_change_password"), chosen).status_code == 200
    therapist.person.refresh_from_db()
    assert therapist.person.check_password(house.PASSWORD)


def test_someone_deactivated_is_signed_out_and_cannot_sign_in(client, therapist):
    house.sign_in(client, therapist)
    therapist.person.is_active = False
    therapist.person.save()
    assert client.get("/")["Location"].startswith(LOGIN)
    assert enter(client, therapist.person)["Location"] == reverse("account_inactive")
    assert client.get(reverse("account_inactive")).status_code == 200


def test_a_few_wrong_passwords_close_the_account_for_that_address_only(client, maya):
    account = house.person()
    maya.client.account = account
    maya.client.save()
    for _ in range(9):
        enter(client, account, "not the password", REMOTE_ADDR="10.0.0.1")
    enter(client, account, REMOTE_ADDR="10.0.0.1")
    assert not signed_in(client)
    enter(client, account, REMOTE_ADDR="10.0.0.2")
    assert signed_in(client)


def test_very_many_wrong_passwords_from_everywhere_slow_an_account_and_do_not_close_it(
    client, maya, monkeypatch
):
    account, waits = house.person(), []
    maya.client.account = account
    maya.client.save()
    monkeypatch.setattr(accounts, "sleep", waits.append)
    few = written.ACCOUNT_RATE_LIMITS | {"login_everywhere": "5/h/key"}
    with override_settings(ACCOUNT_RATE_LIMITS=few):
        for number in range(20):
            enter(Client(), account, "not the password", REMOTE_ADDR=f"10.0.1.{number}")
        assert len(waits) == 15
        with accounts.LINE:
            enter(client, account, REMOTE_ADDR="10.0.0.2")
        assert not signed_in(client)
        enter(client, account, REMOTE_ADDR="10.0.0.2")
        assert signed_in(client)


def test_fifty_people_behind_one_address_sign_in_within_a_minute_and_many_mistype(here):
    people = [house.staff(Role.THERAPIST, here).person for _ in range(50)]
    for person in people:
        browser = Client(REMOTE_ADDR="192.0.2.7")
        for _ in range(3):
            enter(browser, person, "mistyped password")
        assert enter(browser, person).status_code == 302
        assert signed_in(browser)


def test_very_many_unknown_links_from_one_address_are_slowed_down(client, db):
    with override_settings(ACCOUNT_RATE_LIMITS={"unknown_link": "3/m/ip"}):
        answers = [
            client.get(f"/c/guess-{n}", REMOTE_ADDR="10.0.0.9").status_code for n in range(5)
        ]
        assert answers[-1] == 429
        assert client.get("/c/guess", REMOTE_ADDR="10.0.0.8").status_code != 429
        assert client.post("/c/guess", REMOTE_ADDR="10.0.0.9").status_code == 404


def test_links_that_are_over_are_no_guesses(client, maya):
    due = house.checkin(house.session(maya))
    Token.objects.create(
        checkin=due, purpose="link", hash=hashed("once"), expires_at=timezone.now()
    )
    with override_settings(ACCOUNT_RATE_LIMITS={"unknown_link": "2/m/ip"}):
        answers = {client.get("/c/once").status_code for _ in range(4)}
    assert answers == {410}
