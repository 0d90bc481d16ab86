"""Links: nobody guesses them, nobody uses them twice, and nothing but a hash is kept."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.actions.answering import Said, answer_by_token
from attunement.clinic.checkins.actions.invitations import invite, revoke
from attunement.clinic.checkins.actions.sessions import move_session, plan_sessions
from attunement.clinic.checkins.models import Answer, CheckIn, Token
from attunement.clinic.checkins.selectors.tokens import find_link
from attunement.clinic.checkins.tokens import expiry, hashed, new_token
from attunement.clinic.noticing.models import Alert
from attunement.clinic.noticing.submit import holding
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.problems import Refused
from support import house

FIELD = "answer:session-check-in:heard"


@pytest.fixture
def due(maya):
    return house.checkin(house.session(maya, status="planned"))


@pytest.fixture
def made(due, therapist):
    return invite(checkin=due, purpose="link", by=house.actor(therapist))


def page(client, made):
    return client.get(f"/c/{made.secret}")


def said(answer):
    return re.search(r"<h1>\s*(.+?)\s*</h1>", answer.content.decode())[1]


def test_a_secret_has_256_bits_and_goes_into_an_address_as_it_is():
    secrets = {new_token() for _ in range(200)}
    assert len(secrets) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", one) for one in secrets)


def test_nothing_but_the_hash_is_kept(made):
    kept = [str(value) for row in Token.objects.values() for value in row.values()]
    kept += [str(value) for row in Event.objects.values() for value in row.values()]
    assert made.secret not in " ".join(kept)
    assert Token.objects.get().hash == hashed(made.secret)


def test_a_used_link_takes_no_second_answer_and_shows_nothing(client, made, due):
    client.post(f"/c/{made.secret}", {FIELD: "7"})
    other = client.__class__()
    for answer in (other.get(f"/c/{made.secret}"), other.post(f"/c/{made.secret}", {FIELD: "3"})):
        assert answer.status_code in {302, 410}
    seen = other.get(f"/c/{made.secret}")
    assert said(seen) == "These questions are answered"
    assert "chart" not in seen.content.decode()
    assert said(other.get(f"/c/{made.secret}/thanks")) == "These questions are answered"
    assert Answer.objects.get().value == 7


def test_the_same_answers_sent_again_are_taken_in_once_and_thanked_for_again(client, made):
    given = house.form_of(client, f"/c/{made.secret}") | {FIELD: "7"}
    first = client.post(f"/c/{made.secret}", given, headers={"accept": "application/json"})
    again = client.post(f"/c/{made.secret}", given, headers={"accept": "application/json"})
    assert first.json() == again.json()
    assert said(client.get(again.json()["next"])) == "Thank you"
    assert Answer.objects.count() == 1
    assert Event.objects.filter(action="checkin.answered").count() == 1


def test_a_guessed_link_leads_nowhere(client, made):
    answer = client.get(f"/c/{new_token()}")
    assert answer.status_code == 404
    assert said(answer) == "This link does not work"


def test_a_link_is_looked_up_once_by_its_hash_alone(made, django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        link = find_link(made.secret)
        assert link.checkin.session.episode.client.site.name == "Harbour"
    assert "ORDER BY" not in asked[0]["sql"]


def test_the_hash_is_no_key(client, made):
    assert client.get(f"/c/{made.token.hash}").status_code == 404


def test_an_expired_link_takes_no_answer(client, made, due):
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert page(client, made).status_code == 410
    assert client.post(f"/c/{made.secret}", {FIELD: "7"}).status_code == 410
    assert not Answer.objects.exists()


def test_a_revoked_link_takes_no_answer(client, made, due, therapist):
    assert revoke(checkin=due, by=house.actor(therapist)) == 1
    assert page(client, made).status_code == 410
    assert client.post(f"/c/{made.secret}", {FIELD: "7"}).status_code == 410
    assert not Answer.objects.exists()


def test_a_new_link_takes_the_place_of_the_one_before(client, made, due, therapist):
    new = invite(checkin=due, purpose="link", by=house.actor(therapist))
    assert page(client, made).status_code == 410
    assert page(client, new).status_code == 200


def test_a_tablet_s_secret_is_no_link(client, due, therapist):
    kiosk = invite(checkin=due, purpose="kiosk", by=house.actor(therapist))
    assert page(client, kiosk).status_code == 404


def test_a_link_opens_no_tablet(client, made):
    session = client.session
    session["kiosk"] = made.token.pk
    session.save()
    assert said(client.get("/tablet")) == "Please give the tablet back"


def test_a_link_of_a_withdrawn_check_in_says_that_there_is_nothing_to_do(client, made):
    CheckIn.objects.update(state="withdrawn")
    assert said(page(client, made)) == "These questions are no longer needed"


def test_a_link_can_come_early_and_works_when_it_is_time(client, maya, therapist):
    around = house.session(maya, days_ago=-2, status="planned")
    due = house.checkin(around)
    made = invite(checkin=due, purpose="link", by=house.actor(therapist))
    answer = page(client, made)
    assert said(answer) == "A little early"
    with time_machine.travel(around.starts_at, tick=False):
        assert page(client, made).status_code == 200


def test_a_link_that_was_given_moves_with_its_session(client, maya, therapist):
    by, at = house.actor(therapist), timezone.now() + timedelta(days=1)
    (planned,) = plan_sessions(episode=maya, starts_at=at, by=by)
    due = planned.checkins.get(rater="client", moment="after")
    made = invite(checkin=due, purpose="link", by=by)
    short = invite(checkin=due, purpose="qr", by=by)
    move_session(session=planned, starts_at=at + timedelta(days=30), by=by)
    with time_machine.travel(at + timedelta(days=31), tick=False):
        assert page(client, made).status_code == 200
        assert "I felt heard." in page(client, made).content.decode()
        assert said(page(client, short)) == "The time for these questions is over"
    with time_machine.travel(at + timedelta(days=38), tick=False):
        assert page(client, made).status_code == 410


def test_whoever_invites_and_whoever_answers_hold_the_episode_before_anything_else(
    client, made, due, therapist
):
    def order(do):
        with CaptureQueriesContext(connection) as asked:
            do()
        said_ = [one["sql"] for one in asked]
        holds = holding.written().sql.partition(" WHERE ")[0]
        held = next(n for n, sql in enumerate(said_) if sql.startswith(holds))
        touched = [n for n, sql in enumerate(said_) if sql.startswith(('UPDATE "checkins_',))]
        return held, touched[0]

    for do in (
        lambda: invite(checkin=due, purpose="link", by=house.actor(therapist)),
        lambda: answer_by_token(
            token=Token.objects.get(revoked_at=None), said=Said(), by=Actor.holder(due_client(due))
        ),
    ):
        held, touched = order(do)
        assert held < touched


def due_client(due):
    return due.session.episode.client


def test_a_qr_code_on_the_screen_works_at_once_and_not_for_long(client, due, therapist):
    made = invite(checkin=due, purpose="qr", by=house.actor(therapist))
    assert made.token.expires_at <= timezone.now() + timedelta(hours=2)
    assert page(client, made).status_code == 200


def test_a_link_never_outlives_its_check_in():
    now = timezone.now()
    until = now + timedelta(minutes=5)
    for purpose in Token.Purpose:
        assert expiry(purpose, now, 7, now, until) <= until


def test_a_link_sent_ahead_lasts_from_when_it_can_be_used():
    now = timezone.now()
    due, until = now + timedelta(days=20), now + timedelta(days=22)
    assert expiry("mail", now, 7, due, until) == until
    assert expiry("link", now, 7, due, due + timedelta(days=9)) == due + timedelta(days=7)
    assert expiry("kiosk", now, 7, due, until) == now + timedelta(hours=1)


def test_nobody_is_invited_to_what_is_answered(due, therapist):
    CheckIn.objects.update(state="withdrawn")
    with pytest.raises(Refused):
        invite(checkin=due, purpose="link", by=house.actor(therapist))


def test_a_link_opens_the_check_in_of_its_own_client_alone(client, made, colleague):
    other = house.checkin(house.session(house.episode(colleague, "Tom K."), status="planned"))
    client.post(f"/c/{made.secret}", {FIELD: "7", "checkin": other.pk})
    other.refresh_from_db()
    assert other.state == "due"


def test_pages_behind_a_link_are_kept_nowhere_and_name_no_client(client, made):
    answer = page(client, made)
    assert "no-store" in answer["Cache-Control"]
    assert "Maya" not in answer.content.decode()


def test_whoever_only_looked_at_the_questions_does_not_see_the_clients_line(client, made):
    curious = client.__class__()
    assert page(curious, made).status_code == 200
    client.post(f"/c/{made.secret}", {FIELD: "2", FIELD.replace("answer", "audience"): "self"})
    assert said(page(curious, made)) == "These questions are answered"
    assert said(curious.get(f"/c/{made.secret}/thanks")) == "These questions are answered"
    curious.post(f"/c/{made.secret}", {FIELD: "9"})
    assert said(curious.get(f"/c/{made.secret}/thanks")) == "These questions are answered"


@pytest.fixture
def asked(maya, therapist):
    """A link to questions of which one is about safety, sent once with a harmless answer."""
    around = house.checkin(house.session(maya), moment="before", instruments=("phq9",))
    return invite(checkin=around, purpose="link", by=house.actor(therapist))


@pytest.mark.parametrize("why", ["answered", "expired", "withdrawn", "revoked", "over"])
def test_an_answer_about_safety_reaches_a_person_also_where_it_comes_too_late(client, asked, why):
    assert page(client, asked).status_code == 200
    if why == "answered":
        client.post(f"/c/{asked.secret}", {"answer:phq9:9": "0"})
    elif why == "revoked":
        Token.objects.update(revoked_at=timezone.now())
    elif why == "over":
        Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        CheckIn.objects.update(state=why)
    for _twice in range(2):
        late = client.post(f"/c/{asked.secret}", {"answer:phq9:9": "2"})
        shown = late.content.decode()
        assert late.status_code == 410
        assert "what you have just sent was not kept" in shown
        assert "You do not have to wait" in shown
    assert Alert.objects.get().kind == "safety"
    assert [one.value for one in Answer.objects.all()] == ([0] if why == "answered" else [])


def test_harmless_answers_that_come_too_late_open_nothing(client, asked):
    CheckIn.objects.update(state="expired")
    late = client.post(f"/c/{asked.secret}", {"answer:phq9:9": "0"}).content.decode()
    assert "what you have just sent was not kept" in late
    assert "You do not have to wait" not in late
    assert not Alert.objects.exists()
