"""Everyone is spoken to in their own language, on pages and in e-mails."""

import pytest
from django.core import mail
from django.urls import reverse

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.people.models import Person
from support import house


def text(answer):
    return answer.content.decode()


@pytest.fixture
def german(therapist):
    """The therapist, whose language is German."""
    Person.objects.filter(pk=therapist.person.pk).update(language="de")
    return therapist


def test_signing_in_shows_pages_in_ones_own_language(client, german):
    assert 'lang="en"' in text(client.get(reverse("account_login")))
    house.sign_in(client, german)
    assert '<html lang="de"' in text(client.get(reverse("caseload")))
    client.cookies["django_language"] = "es"
    assert '<html lang="de"' in text(client.get(reverse("caseload")))
    client.logout()
    assert '<html lang="en"' in text(client.get(reverse("account_login")))


def test_the_buttons_store_the_language_of_whoever_is_signed_in(client, german):
    house.sign_in(client, german)
    client.post(reverse("set_language"), {"language": "es"})
    german.person.refresh_from_db()
    assert german.person.language == "es"
    assert '<html lang="es"' in text(client.get(reverse("caseload")))
    assert Event.objects.get(action="preference.changed").detail == {"language": "es"}


@pytest.mark.parametrize("language", ["", "tlh", "de' --"])
def test_no_other_language_is_stored(client, german, language):
    house.sign_in(client, german)
    client.post(reverse("set_language"), {"language": language})
    german.person.refresh_from_db()
    assert german.person.language == "de"


def test_asking_for_the_page_of_languages_changes_nothing(client, german):
    house.sign_in(client, german)
    client.get(reverse("set_language"), {"language": "es"})
    german.person.refresh_from_db()
    assert german.person.language == "de"


def test_a_client_with_an_account_is_written_to_in_the_language_they_choose(client, therapist):
    maya = house.episode(therapist, account=house.person())
    house.sign_in(client, maya.client.account)
    client.post(reverse("set_language"), {"language": "es"})
    maya.client.refresh_from_db()
    assert maya.client.language == "es"
    assert '<html lang="es"' in text(client.get(reverse("own")))


def test_e_mails_about_ones_account_come_in_ones_own_language(client, german):
    client.post(reverse("account_reset_password"), {"email": german.person.email})
    work_once(kinds={"sign-in.mail"})
    assert "Passwort" in mail.outbox[0].subject
    assert "Passwort" in mail.outbox[0].body


def test_questions_speak_the_client_s_language_whoever_is_signed_in_beside(client, german, maya):
    due = house.checkin(house.session(maya, status="planned"))
    maya.client.language = "es"
    maya.client.save()
    secret = invite(checkin=due, purpose="link", by=house.actor(german)).secret
    house.sign_in(client, german)
    assert '<html lang="es"' in text(client.get(f"/c/{secret}"))
    assert '<html lang="de"' in text(client.get(reverse("caseload")))


def test_a_tablet_speaks_the_client_s_language_not_the_last_one_chosen_on_it(client, german, maya):
    due = house.checkin(house.session(maya, status="planned"))
    maya.client.language = "es"
    maya.client.save()
    house.sign_in(client, german)
    client.post(reverse("set_language"), {"language": "de"})
    client.post(reverse("kiosk_start", args=[due.pk]))
    assert '<html lang="es"' in text(client.get(reverse("kiosk")))
