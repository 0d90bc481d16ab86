"""From a planned session over a link to thanks."""

import re

import house
from attunement.clinic.checkins.models import Answer, CheckIn, Session, Token
from attunement.clinic.checkins.tokens import hashed


def plan(browser, episode, **fields):
    said = {"day": "2026-03-02", "time": "10:00", "times": "1", **fields}
    return browser.post(f"/clients/{episode.pk}/sessions/new", said)


def link_for(browser, checkin, purpose="link"):
    page = browser.post(f"/check-ins/{checkin.pk}/invite", {"purpose": purpose})
    return re.search(r"/c/([\w-]{43})", page.content.decode())[1]


def test_a_session_is_planned_a_link_made_and_the_client_answers(client, therapist, maya):
    around = house.session(maya, status="planned")
    due = house.checkin(around)
    house.sign_in(client, therapist)
    secret = link_for(client, due)
    assert not Token.objects.filter(hash=secret).exists()
    assert Token.objects.get().hash == hashed(secret)
    client.logout()
    page = client.get(f"/c/{secret}")
    assert page.status_code == 200
    assert "I felt heard." in page.content.decode()
    sent = client.post(
        f"/c/{secret}",
        {"answer:session-check-in:heard": "7", "answer:session-check-in:safe": "",
         "audience:session-check-in:heard": "self", "comment": "It was good."},
    )  # fmt: skip
    assert sent.status_code == 302
    thanks = client.get(sent["Location"])
    assert "Thank you" in thanks.content.decode()
    assert [(a.item, a.value, a.audience) for a in Answer.objects.all()] == [("heard", 7, "self")]
    due.refresh_from_db()
    assert due.state == "answered"
    assert due.comments.get().text == "It was good."
    assert Token.objects.get().used_at


def test_planning_makes_the_check_ins_of_the_plan(client, therapist, maya):
    house.sign_in(client, therapist)
    plan(client, maya, day="2099-03-02", times="3")
    assert Session.objects.count() == 3
    assert set(CheckIn.objects.values_list("session__number", "rater", "moment")) == {
        (number, rater, moment)
        for number in (1, 2, 3)
        for rater, moment in (("client", "before"), ("client", "after"), ("therapist", "after"))
    }


def test_the_tablet_signs_out_and_forgets(client, therapist, maya):
    due = house.checkin(house.session(maya, status="planned"))
    house.sign_in(client, therapist)
    assert client.post(f"/check-ins/{due.pk}/tablet")["Location"] == "/tablet"
    assert client.get(f"/sessions/{due.session_id}").status_code == 302
    page = client.get("/tablet")
    assert "I felt heard." in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert client.post("/tablet", {"answer:session-check-in:heard": "7"}).status_code == 302
    assert "Thank you" in client.get("/tablet").content.decode()
    after = client.get("/tablet").content.decode()
    assert "give the tablet back" in after
    assert "Harbour" not in after
