"""The form as a page: in every language, without a script, and with every mistake told."""

import re

import pytest

from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.models import Answer
from support import house


@pytest.fixture
def link(maya, therapist):
    def make(*instruments, moment="after"):
        around = house.session(maya, number=maya.sessions.count() + 1, status="planned")
        due = house.checkin(around, moment=moment, instruments=instruments or ("session-check-in",))
        return "/c/" + invite(checkin=due, purpose="link", by=house.actor(therapist)).secret

    return make


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "I felt heard."), ("es", "Sentí que me escuchaban."), ("de", "Mir wurde wirklich")],
)
def test_our_own_questions_come_in_the_client_s_language(client, link, maya, language, words):
    maya.client.language = language
    maya.client.save()
    page = text(client.get(link()))
    assert words in page
    assert f'<html lang="{language}"' in page


@pytest.mark.parametrize("language", ["en", "es", "de"])
def test_a_question_that_follows_on_another_is_asked_by_a_number_that_a_script_can_read(
    client, link, maya, language
):
    maya.client.language = language
    maya.client.save()
    page = text(client.get(link("session-check-in", "phq9")))
    follows = re.findall(
        r'data-asked-if="[^"]+" data-operator="([^"]+)" data-value="([^"]+)"', page
    )
    assert follows == [("&gt;", "0")]
    read = re.findall(r'(?:data-(?:low|high|step|middle|value)|value|min|max)="([^"]*)"', page)
    assert not [one for one in read if re.fullmatch(r"-?\d+,\d+", one)]


@pytest.mark.parametrize(
    ("record", "phone", "language", "offered"),
    [
        ("", "es-MX,es;q=0.9,en;q=0.5", "es", False),
        ("", "fr-FR,de;q=0.4", "de", False),
        ("", "fr", "en", False),
        ("en", "es-MX,es;q=0.9", "en", True),
    ],
)
def test_without_a_language_on_the_record_the_phone_s_is_spoken(
    client, link, maya, record, phone, language, offered
):
    maya.client.language = record
    maya.client.save()
    page = text(client.get(link(), headers={"accept-language": phone}))
    assert f'<html lang="{language}"' in page
    top = page.partition("<main")[0]
    assert ('lang="es" class="link">Español' in top) is offered


def test_a_language_chosen_in_the_browser_comes_before_the_record(client, link):
    client.cookies["django_language"] = "de"
    assert "Mir wurde wirklich zugehört." in text(client.get(link()))


def test_questions_without_a_translation_are_marked_as_english_and_it_is_said(client, link):
    client.cookies["django_language"] = "de"
    page = text(client.get(link("phq9", moment="before")))
    assert '<legend tabindex="-1" lang="en">Little interest or pleasure' in page
    english = text(client.__class__().get(link("phq9", moment="before")))
    assert "not available in your language" not in english


def test_without_a_script_all_questions_stand_on_one_page_and_are_sent_at_once(client, link):
    address = link("session-check-in")
    page = text(client.get(address))
    assert page.count("<fieldset") == 10
    assert page.count('type="range"') == 0
    assert page.count('type="radio"') == 10 * 12
    assert "checked" not in page
    client.post(address, {"answer:session-check-in:heard": "0"})
    assert Answer.objects.get().value == 0


def test_a_wrong_answer_is_told_beside_its_question_and_the_others_stay(client, link):
    address = link()
    fields = {"answer:session-check-in:heard": "99", "answer:session-check-in:safe": "4"}
    answer = client.post(address, fields | {"comment": "Mine"})
    assert answer.status_code == 422
    page = text(answer)
    assert "Choose a number from 0 to 10, or leave it out." in page
    assert 'name="answer:session-check-in:safe" value="4" checked' in page
    assert ">Mine</textarea>" in page
    assert not Answer.objects.exists()
    asked = client.post(address, fields, headers={"accept": "application/json"})
    assert asked.json() == {"wrong": ["answer:session-check-in:heard"]}


def test_everything_may_be_left_out(client, link):
    assert client.post(link(), {}).status_code == 302
    assert not Answer.objects.exists()


def test_nothing_in_the_page_runs_or_styles_itself(client, link):
    page = text(client.get(link("session-check-in", "phq9")))
    assert "style=" not in page
    assert " onclick" not in page
    assert "<script>" not in page


def test_the_page_says_that_nobody_reads_in_real_time_before_anything_is_asked(client, link):
    page = text(client.get(link("phq9", moment="before")))
    place = page.index("Thoughts that you would be better off dead")
    assert "Nobody reads it in real time." in page[:place]
    assert "Crisis line" in page


def test_where_someone_else_was_quicker_it_is_said_in_a_sentence(client, link, maya):
    address = link()
    client.get(address)
    maya.sessions.get().checkins.update(state="withdrawn")
    answer = client.post(address, {"answer:session-check-in:heard": "3"})
    assert answer.status_code == 410
    assert "no longer needed" in text(answer)


def test_a_comment_is_kept_encrypted_and_for_whom_it_was_meant(client, link, maya):
    from django.db import connection

    client.post(link(), {"comment": "Between us", "comment-audience": "later"})
    kept = maya.sessions.get().checkins.get().comments.get()
    assert (kept.text, kept.audience) == ("Between us", "later")
    with connection.cursor() as cursor:
        cursor.execute("select text from checkins_comment")
        assert "Between us" not in cursor.fetchone()[0]


def test_a_session_s_page_and_its_reading_are_on_record(client, therapist, maya):
    from attunement.clinic.audit.models import Event

    around = house.session(maya, status="planned")
    house.checkin(around)
    house.sign_in(client, therapist)
    assert "Show a QR code" in text(client.get(f"/sessions/{around.pk}"))
    assert Event.objects.get(action="session.read").client_id == str(maya.client.pk)


def test_a_qr_code_is_drawn_in_the_page(client, therapist, maya):
    due = house.checkin(house.session(maya, status="planned"))
    house.sign_in(client, therapist)
    page = client.post(f"/check-ins/{due.pk}/invite", {"purpose": "qr"})
    assert '<svg viewBox="0 0' in text(page)
    assert "no-store" in page["Cache-Control"]


def test_it_is_said_where_just_me_is_kept_with_and_without_an_account(client, link, maya):
    assert "you get a code" in text(client.get(link()))
    maya.client.account = house.person()
    maya.client.save()
    house.sign_in(client, maya.client.account)
    assert "you get a code" in text(client.get(link()))
    due = maya.sessions.latest("number").checkins.get()
    page = text(client.get(f"/me/check-ins/{due.pk}"))
    assert "on your own page" in page
    assert "you get a code" not in page
