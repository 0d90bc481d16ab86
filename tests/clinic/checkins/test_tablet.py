"""A tablet handed over shows one check-in and nothing else, and forgets it."""

import pytest
from django.utils import timezone

from attunement.clinic.checkins.models import Token
from support import house

FIELD = "answer:session-check-in:heard"


@pytest.fixture
def handed_over(client, therapist, maya):
    due = house.checkin(house.session(maya, status="planned"))
    house.sign_in(client, therapist)
    client.get("/")
    client.post(f"/check-ins/{due.pk}/tablet")
    return client


def text(answer):
    return answer.content.decode()


def test_the_staff_are_signed_out(handed_over, maya):
    for address in ("/", f"/clients/{maya.pk}/plan", f"/sessions/{maya.sessions.get().pk}"):
        assert handed_over.get(address)["Location"].startswith("/account/login")


def test_nothing_but_the_questions_is_shown(handed_over):
    page = text(handed_over.get("/tablet"))
    assert "I felt heard." in page
    assert "<nav" not in page
    assert "Maya" not in page
    assert 'data-keep=""' in page
    assert 'autocomplete="off"' in page


def test_afterwards_nothing_is_left(handed_over):
    handed_over.post("/tablet", {FIELD: "7"})
    thanks = handed_over.get("/tablet")
    assert "Thank you" in text(thanks)
    assert '"cache", "storage"' in thanks["Clear-Site-Data"]
    assert not handed_over.session.items()
    after = handed_over.get("/tablet")
    assert "give the tablet back" in text(after)
    assert "no-store" in after["Cache-Control"]
    handed_over.post("/tablet", {FIELD: "1"})
    assert Token.objects.get().checkin.answers.get().value == 7


def test_a_safety_answer_shows_the_crisis_contacts_on_the_tablet_too(client, therapist, maya):
    due = house.checkin(house.session(maya, status="planned"), instruments=["phq9"])
    house.sign_in(client, therapist)
    client.post(f"/check-ins/{due.pk}/tablet")
    client.post("/tablet", {"answer:phq9:9": "2"})
    assert "safety-box" in text(client.get("/tablet"))


def test_the_code_of_kept_words_is_there_where_no_line_is(handed_over):
    handed_over.post("/tablet", {"comment": "For me", "comment-audience": "self"})
    assert 'class="code"' in text(handed_over.get("/tablet"))


def test_a_tablet_without_a_check_in_shows_nothing(client, db):
    assert "give the tablet back" in text(client.get("/tablet"))
    assert client.post("/tablet", {FIELD: "1"}).status_code == 302


def test_the_time_of_a_tablet_runs_out(handed_over):
    from django.utils import timezone

    Token.objects.update(expires_at=timezone.now())
    assert "give the tablet back" in text(handed_over.get("/tablet"))


def test_what_comes_too_late_is_said_not_to_be_kept_and_still_forgotten(handed_over):
    Token.objects.update(expires_at=timezone.now())
    page = handed_over.post("/tablet", {FIELD: "7"})
    assert "what you have just sent was not kept" in text(page)
    assert "If you need help now" in text(page)
    assert '"cache", "storage"' in page["Clear-Site-Data"]
    assert "Please give the tablet back" in text(handed_over.get("/tablet"))
