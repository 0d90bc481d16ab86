"""What is sent in is not trusted: forged, redirected, stuffed, or laced with formulas."""

import csv
import io
import json
import zipfile

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from attunement.clinic.checkins.models import Comment
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client as Cared
from attunement.clinic.people.models import Episode, Membership, Person, Site
from attunement.clinic.people.permissions import Role
from attunement.clinic.privacy.cells import as_csv, cell
from attunement.clinic.privacy.export import export
from support import house, world

LOGIN = "/account/login/"


@pytest.fixture
def made(here, elsewhere):
    return world.build(here, elsewhere)


@pytest.mark.parametrize("who", [None, "therapist", "supervisor", "client", "administrator"])
def test_every_post_without_the_forms_own_token_is_refused_and_changes_nothing(who, made):
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if who:
        house.sign_in(browser, made.people[who])
        browser.get("/")
    before = world.everything()
    for place, _view in world.routes():
        if "(" in place:
            continue
        answer = browser.post(world.address(place, made.objects | {"secret": made.token}))
        assert answer.status_code in {403, 405, 429}, (who, place, answer.status_code)
    assert world.everything() == before


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "http://testserver.evil.example/",
    ],
)
def test_sign_in_and_language_send_nobody_to_another_site(client, maya, there):
    account = house.person()
    maya.client.account = account
    maya.client.save()
    answers = [
        client.post(LOGIN, {"login": account.email, "password": house.PASSWORD, "next": there}),
        client.post(reverse("set_language"), {"language": "de", "next": there}),
        client.post(reverse("account_logout"), {"next": there}),
    ]
    for answer in answers:
        assert answer.status_code in {302, 204}
        assert "evil" not in answer.get("Location", "")
        assert "alert" not in answer.get("Location", "")


def test_a_sign_in_asked_for_on_the_way_leads_back(client, administrator):
    assert client.get(reverse("people"))["Location"] == f"{LOGIN}?next=/people/"


def test_more_fields_than_the_form_has_change_nothing_more(
    client, administrator, elsewhere, therapist
):
    house.sign_in(client, administrator)
    values = {
        "part": "settings",
        "name": "Harbour",
        "language": "de",
        "time_zone": "UTC",
        "safety_minutes": 30,
        "alert_hours": 72,
        "link_days": 7,
        "retention_months": 120,
        "synthetic": "on",
        "id": str(elsewhere.pk),
        "norms": '{"x": 1}',
        "crisis_contacts": "[]",
    }
    client.post(reverse("site"), values)
    site = Site.objects.get(name="Harbour")
    assert (site.language, site.safety_minutes) == ("de", 30)
    assert (site.synthetic, site.norms, site.crisis_contacts) == (False, {}, house.CONTACTS)
    assert Site.objects.get(pk=elsewhere.pk).name == "Hillside"

    new = {"name": "New", "email": "new@example.org", "roles": ["therapist"]}
    stuffed = {"is_active": "", "site": str(elsewhere.pk), "password": "x", "is_staff": "on"}
    client.post(reverse("people"), new | stuffed)
    person = Person.objects.get(email="new@example.org")
    assert not person.has_usable_password()
    assert [held.site for held in person.memberships.all()] == [site]


def test_nobody_gives_a_role_that_staff_cannot_have(client, administrator):
    house.sign_in(client, administrator)
    for role in ("client", "anyone", "superuser"):
        client.post(reverse("people"), {"name": "N", "email": "n@example.org", "roles": [role]})
    assert not Person.objects.filter(email="n@example.org").exists()


def test_an_administrator_names_nobody_of_another_site(client, administrator, therapist, elsewhere):
    house.sign_in(client, administrator)
    there = house.staff(Role.SUPERVISOR, elsewhere)
    taker = house.staff(Role.THERAPIST, elsewhere)
    episode = house.episode(therapist)
    place = reverse("person", args=[therapist.person.pk])
    client.post(place, {"change": "supervisors", "supervisors": [str(there.pk)]})
    client.post(place, {"change": "hand-over", "taker": str(taker.pk)})
    assert not therapist.supervised_by.exists()
    assert Episode.objects.get(pk=episode.pk).therapist == therapist


def test_nobody_works_at_a_site_by_naming_it(client, therapist, elsewhere):
    house.sign_in(client, therapist)
    assert client.post(reverse("choose_site"), {"site": str(elsewhere.pk)}).status_code == 404


def test_a_therapist_cannot_make_themselves_more(client, therapist):
    house.sign_in(client, therapist)
    place = reverse("person", args=[therapist.person.pk])
    assert client.post(place, {"change": "roles", "roles": ["administrator"]}).status_code == 403
    assert [held.role for held in Membership.objects.filter(person=therapist.person)] == [
        "therapist"
    ]


@pytest.mark.parametrize(
    "address",
    ["a@example.org\nBcc: all@example.org", "a@example.org%0aBcc: b@example.org", "a\r\n@b.org"],
)
def test_no_header_of_an_e_mail_can_be_added(client, administrator, address):
    house.sign_in(client, administrator)
    client.post(reverse("people"), {"name": "N", "email": address, "roles": ["therapist"]})
    client.post(reverse("account_reset_password"), {"email": address})
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_an_invitation_names_no_one_in_its_subject_and_goes_out_once(client):
    site = house.site()
    house.sign_in(client, house.staff(Role.ADMINISTRATOR, site))
    client.post(
        reverse("people"),
        {
            "name": "Secret Name\nBcc: x@example.org",
            "email": "new@example.org",
            "roles": ["manager"],
        },
    )
    work_once()
    assert len(mail.outbox) == 1
    message = mail.outbox[0]
    assert message.to == ["new@example.org"]
    assert "Secret" not in message.subject
    assert "\n" not in message.subject
    assert "/account/password/reset/key/" in message.body


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1"]
)
def test_a_text_is_never_a_formula_in_a_table(text):
    assert str(cell(text)).startswith("'")
    (_head, (found,)) = list(csv.reader(io.StringIO(as_csv(["x"], [{"x": text}])), strict=False))[
        :2
    ]
    assert found.startswith("'")
    assert cell(-1.5) == -1.5


def test_a_clients_formula_comes_out_as_text_and_unchanged_as_json(therapist, maya):
    asked = house.checkin(house.session(maya))
    Comment.objects.create(checkin=asked, text='=HYPERLINK("http://evil.example")')
    packed = zipfile.ZipFile(io.BytesIO(export(client=maya.client, by=house.actor(therapist))))
    assert "'=HYPERLINK" in packed.read("csv/comments.csv").decode()
    (row,) = json.loads(packed.read("json/comments.json"))
    assert row["text"].startswith("=HYPERLINK")


def test_what_people_write_is_shown_as_text(client, administrator):
    house.sign_in(client, administrator)
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    client.post(reverse("people"), {"name": bad, "email": "x@example.org", "roles": ["therapist"]})
    text = client.get(reverse("people")).content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text


def test_a_link_holder_is_nobody_elsewhere(maya):
    holder = Actor.holder(maya.client)
    assert not holder.roles - {Role.ANYONE}
    assert Cared.objects.count() == 1
