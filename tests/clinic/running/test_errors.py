"""When something goes wrong, people are told in plain words, and nothing else."""

import pytest
from django.db import OperationalError, connections
from django.template.loader import render_to_string

from support import house


def test_what_is_not_there_has_a_page(client, therapist):
    house.sign_in(client, therapist)
    answer = client.get("/nothing/here")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_what_is_not_open_has_a_page(client, therapist):
    house.sign_in(client, therapist)
    answer = client.get("/imports/")
    assert answer.status_code == 403
    assert "not open to you" in answer.content.decode()


def test_a_mistake_of_ours_has_a_page_that_needs_no_database(client, db, monkeypatch):
    monkeypatch.setattr("attunement.clinic.people.middleware.who", lambda _request: 1 / 0)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


@pytest.mark.parametrize("page", ["413.html", "500.html", "503.html", "403_csrf.html"])
def test_pages_for_trouble_ask_nothing_of_the_database(page):
    assert "<h1>" in render_to_string(page)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client, db):
    answer = client.post(
        "/account/login/", data=b"x", content_type="text/plain",
        headers={"Content-Length": "13000000"},
    )  # fmt: skip
    assert answer.status_code == 413
    assert "default-src" in answer["Content-Security-Policy"]
    assert "too large" in answer.content.decode()


def test_without_its_token_a_form_is_refused_in_words(db):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "x"})
    assert answer.status_code == 403
    assert "Please send it again" in answer.content.decode()


def test_alive_needs_nothing_and_ready_needs_the_database(client, db, monkeypatch):
    assert client.get("/ready").json() == {"ready": True, "database": True, "migrations": True}

    def broken(*_args, **_options):
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(type(connections["default"]), "cursor", broken)
        assert client.get("/alive").json() == {"alive": True}
        answer = client.get("/ready")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "database": False})
