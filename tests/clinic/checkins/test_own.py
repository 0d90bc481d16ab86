"""The client's own page: their answers, their line, and who sees what."""

import pytest
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import Answer, CheckIn
from attunement.clinic.noticing.actions import resolve
from attunement.clinic.noticing.models import Alert, Score
from support import house

NAME = "answer:session-check-in:"
ITEMS = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")


@pytest.fixture
def account(here):
    return house.person("Maya")


@pytest.fixture
def mine(therapist, account):
    return house.episode(therapist, "Maya R.", account=account)


@pytest.fixture
def signed_in(client, account, mine):
    return house.sign_in(client, account)


def answered(browser, episode, number=1, **fields):
    due = house.checkin(
        house.session(episode, number=number, days_ago=20 - number, status="planned")
    )
    browser.post(f"/me/check-ins/{due.pk}", {NAME + item: "6" for item in ITEMS} | fields)
    due.refresh_from_db()
    return due


def text(answer):
    return answer.content.decode()


def test_the_page_begins_with_what_is_due(signed_in, mine):
    due = house.checkin(house.session(mine, status="planned"))
    assert f"/me/check-ins/{due.pk}" in text(signed_in.get("/me/"))


def test_answering_thanks_and_then_shows_what_was_said(signed_in, mine):
    due = answered(signed_in, mine)
    assert due.state == "answered"
    assert "Thank you" in text(signed_in.get(f"/me/check-ins/{due.pk}"))
    assert "6 (from 0 to 10)" in text(signed_in.get(f"/me/check-ins/{due.pk}"))


def test_their_line_is_told_in_words_and_predicts_nothing(signed_in, mine):
    answered(signed_in, mine, 1)
    answered(signed_in, mine, 2, **{NAME + "heard": "9"})
    page = text(signed_in.get("/me/"))
    assert "Over your last 2 check-ins, your answers went from 6 to 6.4." in page
    for word in ("risk", "predict", "signal", "rupture", "limit"):
        assert word not in page.split("<main")[1].split("</main")[0].lower()


def test_an_answer_can_be_taken_back_from_the_therapist_and_the_shared_score_follows(
    signed_in, mine
):
    due = answered(signed_in, mine, **{NAME + "heard": "0"})
    shared = Score.objects.get(scale="session-check-in.alliance", private=False)
    before = shared.value
    answer = Answer.objects.get(item="heard")
    signed_in.post(f"/me/check-ins/{due.pk}/share", {f"audience-{answer.pk}": "self"})
    answer.refresh_from_db()
    shared.refresh_from_db()
    assert answer.audience == "self"
    assert shared.value > before
    assert Score.objects.get(scale="session-check-in.alliance", private=True).value == before
    assert Event.objects.filter(action="answer.audience-changed").count() == 1


def test_an_answer_that_must_reach_a_person_cannot_be_taken_back(signed_in, mine):
    due = house.checkin(
        house.session(mine, status="planned"), moment="before", instruments=["phq9"]
    )
    signed_in.post(f"/me/check-ins/{due.pk}", {"answer:phq9:9": "1"})
    answer = Answer.objects.get()
    signed_in.post(f"/me/check-ins/{due.pk}/share", {f"audience-{answer.pk}": "self"})
    answer.refresh_from_db()
    assert answer.audience == "therapist"


def test_a_safety_answer_shows_the_crisis_contacts_at_once(signed_in, mine):
    due = house.checkin(
        house.session(mine, status="planned"), moment="before", instruments=["phq9"]
    )
    page = text(signed_in.get(f"/me/check-ins/{due.pk}"))
    assert "always reaches a person" in page
    assert "Nobody reads" in page
    signed_in.post(f"/me/check-ins/{due.pk}", {"answer:phq9:9": "1"})
    thanks = text(signed_in.get(f"/me/check-ins/{due.pk}"))
    assert "safety-box" in thanks
    assert 'href="tel:000000"' in thanks


def test_the_same_answers_from_another_browser_ask_a_person_anew(client, signed_in, mine, account):
    due = house.checkin(
        house.session(mine, status="planned"), moment="before", instruments=["phq9"]
    )
    address, said = f"/me/check-ins/{due.pk}", {"answer:phq9:9": "1"}
    signed_in.post(address, said)
    resolve(alert=Alert.objects.get(), by=house.actor(mine.therapist), words="I rang")
    signed_in.post(address, said)
    assert Alert.objects.get().state == "resolved"
    elsewhere = house.sign_in(client.__class__(), account)
    elsewhere.post(address, said)
    assert Alert.objects.get().state == "open"
    assert Answer.objects.count() == 1


def test_nobody_opens_another_s_answers(client, signed_in, mine, therapist):
    other = house.episode(therapist, "Tom K.", account=house.person())
    theirs = house.checkin(house.session(other))
    assert signed_in.get(f"/me/check-ins/{theirs.pk}").status_code == 404
    assert signed_in.post(f"/me/check-ins/{theirs.pk}", {NAME + "heard": "1"}).status_code == 404
    assert signed_in.post(f"/me/check-ins/{theirs.pk}/share").status_code == 404


def test_the_way_of_asking_is_remembered(signed_in, account, mine):
    signed_in.post("/me/asked", {"one_page": "yes"})
    account.refresh_from_db()
    assert account.one_page
    due = house.checkin(house.session(mine, status="planned"))
    assert "data-one-page" in text(signed_in.get(f"/me/check-ins/{due.pk}"))


def test_the_therapist_answers_beside_the_client(client, therapist, maya):
    due = house.checkin(
        house.session(maya, status="planned"),
        rater="therapist",
        instruments=["session-check-in-therapist"],
    )
    house.sign_in(client, therapist)
    assert "My client felt heard." in text(client.get(f"/check-ins/{due.pk}/mine"))
    client.post(f"/check-ins/{due.pk}/mine", {"answer:session-check-in-therapist:heard": "7"})
    assert Answer.objects.get().value == 7


def test_a_colleague_does_not_answer_in_the_therapist_s_place(client, colleague, maya):
    due = house.checkin(
        house.session(maya), rater="therapist", instruments=["session-check-in-therapist"]
    )
    house.sign_in(client, colleague)
    assert client.get(f"/check-ins/{due.pk}/mine").status_code == 404


def test_the_therapist_cannot_answer_for_a_session_that_has_not_been(client, therapist, maya):
    due = house.checkin(
        house.session(maya, days_ago=-3, status="planned"),
        rater="therapist",
        instruments=["session-check-in-therapist"],
    )
    house.sign_in(client, therapist)
    form = f"/check-ins/{due.pk}/mine"
    for page in (f"/sessions/{due.session_id}", f"/clients/{maya.pk}/"):
        shown = text(client.get(page))
        assert form not in shown
        assert "opens " in shown
    assert "A little early" in text(client.get(form))
    sent = client.post(form, {"answer:session-check-in-therapist:heard": "7"})
    assert "A little early" in text(sent)
    assert not Answer.objects.exists()


def test_nobody_is_said_to_look_at_answers_that_are_all_kept_back(signed_in, mine):
    mine.therapist.person.name = "Dana Levi"
    mine.therapist.person.save()
    kept = {f"audience:session-check-in:{item}": "self" for item in ITEMS}
    due = answered(signed_in, mine, **kept)
    thanks = text(signed_in.get(f"/me/check-ins/{due.pk}"))
    assert "8 answers are not shown to your therapist" in thanks
    assert "can see your answers" not in thanks
    other = answered(signed_in, mine, 2)
    assert "can see your answers" in text(signed_in.get(f"/me/check-ins/{other.pk}"))


def test_every_check_in_is_listed_and_counted_however_many_there_are(signed_in, mine):
    first, *others = (
        house.checkin(house.session(mine, number, days_ago=60 - number)) for number in range(1, 23)
    )
    given = {"instrument": "session-check-in", "item": "heard", "value": 5}
    Answer.objects.bulk_create(Answer(checkin=one, **given) for one in (first, *others))
    sent = Concat(Value("sent "), F("pk"), output_field=CharField())
    CheckIn.objects.update(state="answered", answered_at=F("due_at"), submission=sent)
    page = text(signed_in.get("/me/"))
    assert page.count('href="/me/check-ins/') == 22
    assert f'/me/check-ins/{first.pk}"' in page.split("2 earlier check-ins</summary>")[1]
    assert "My therapist, now: 22" in page
