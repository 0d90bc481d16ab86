"""What a client wants to bring up: kept, changed, raised, and shown to whom they choose alone."""

import re
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from attunement.clinic.checkins.actions.mail import invite_by_mail
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.people.problems import Refused
from attunement.clinic.voice.actions.choosing import bring_up
from attunement.clinic.voice.actions.matters import Outcome, move, reword, talked
from attunement.clinic.voice.models import Matter
from attunement.clinic.voice.states import MATTER_MAY_BECOME
from support import house
from support.noticing_help import answer

WORDS = "Wombats keep me awake"


@pytest.fixture
def mine(therapist):
    return house.episode(therapist, "Maya R.", account=house.person("Maya"))


@pytest.fixture
def by(mine):
    return house.own(mine.client)


@pytest.fixture
def signed_in(client, mine):
    return house.sign_in(client, mine.client.account)


def text(page):
    return page.content.decode()


def main(page):
    return text(page).split("<main")[1].split("</main")[0]


def test_something_written_down_is_on_ones_own_page_until_it_is_raised(signed_in, mine):
    sent = {"what": "bring", "choice": "help", "text": WORDS}
    assert WORDS in text(signed_in.post("/me/voice", sent, follow=True))
    assert WORDS in text(signed_in.get("/me/"))
    one = Matter.objects.get()
    told = {"what": "move", "to": "raised", "id": one.pk, "went": "better", "helped": ["slower"]}
    page = text(signed_in.post("/me/voice", told | {"how": "It was a relief"}, follow=True))
    assert "It did me good" in page
    assert "We slowed down" in page
    assert "It was a relief" in page
    assert WORDS not in text(signed_in.get("/me/"))
    signed_in.post("/me/voice", {"what": "move", "to": "open", "id": one.pk})
    one.refresh_from_db()
    assert (one.state, one.closed_at, one.went, one.helped) == ("open", None, "", [])


def test_before_the_next_session_it_is_there_again_and_in_no_mail(signed_in, mine, therapist):
    mine.client.email = "maya@example.org"
    mine.client.save()
    bring_up(episode=mine, choice="help", text=WORDS, by=house.own(mine.client))
    due = house.checkin(
        house.session(mine, status="planned"), moment="before", instruments=("phq9",)
    )
    page = text(signed_in.get(f"/me/check-ins/{due.pk}"))
    assert "What you wanted to bring up" in page
    assert WORDS in page
    invite_by_mail(checkin=due, by=house.actor(therapist))
    while work_once():
        pass
    (sent,) = mail.outbox
    assert "Wombat" not in sent.subject + sent.body
    assert "bring up" not in sent.subject + sent.body
    link = re.search(r"/c/\S+", sent.body)[0]
    signed_in.logout()
    page = text(signed_in.get(link))
    assert "Look at it with your code" in page
    assert "Wombat" not in page


def test_words_can_be_changed_while_it_is_open(mine, by):
    one = bring_up(episode=mine, choice="help", text=WORDS, by=by)
    assert reword(matter=one, text="Shorter", by=by).text == "Shorter"
    with pytest.raises(Refused):
        reword(matter=one, text=" ", by=by)
    move(matter=one, to="dropped", by=by)
    with pytest.raises(Refused, match="closed"):
        reword(matter=one, text="Longer", by=by)


def test_every_step_is_in_the_table_of_states(mine, by):
    assert set(MATTER_MAY_BECOME) == set(Matter.State.values)
    one = bring_up(episode=mine, choice="help", text=WORDS, by=by)
    for to in ("raised", "open", "dropped", "open"):
        one = move(matter=one, to=to, by=by)
    with pytest.raises(Refused, match="changed meanwhile"):
        move(matter=one, to="open", by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Matter.objects.filter(pk=one.pk).update(state="raised")


def test_what_helped_counts_only_where_the_client_lets_it(mine, by):
    one = bring_up(episode=mine, choice="help", text=WORDS, by=by)
    outcome = Outcome(went="some", helped=["slower", "made up"], counts=True)
    one = move(matter=one, to="raised", outcome=outcome, by=by)
    assert (one.went, one.helped, one.counts) == ("some", ["slower"], True)
    one = move(matter=move(matter=one, to="open", by=by), to="raised", by=by)
    assert (one.went, one.helped, one.counts) == ("", [], False)
    one = move(matter=one, to="open", by=by)
    assert not move(matter=one, to="raised", outcome=Outcome(counts=True), by=by).counts


def test_the_therapist_sees_what_they_are_told_and_nothing_else(client, mine, therapist, by):
    bring_up(episode=mine, choice="help", text="For me alone", by=by)
    bring_up(episode=mine, choice="tell", text=WORDS, by=by)
    page = text(house.sign_in(client, therapist).get(f"/clients/{mine.pk}/"))
    assert WORDS in page
    assert "For me alone" not in page


def test_both_see_that_they_have_talked_about_it_and_it_can_be_undone(client, mine, therapist, by):
    one = bring_up(episode=mine, choice="tell", text=WORDS, by=by)
    house.sign_in(client, therapist).post(f"/matters/{one.pk}")
    one.refresh_from_db()
    assert one.talked_at
    assert "Undo: not talked about yet" in text(client.get(f"/clients/{mine.pk}/"))
    browser = house.sign_in(client, mine.client.account)
    assert "Your therapist noted that you talked about it" in text(browser.get("/me/voice"))
    talked(matter=one, by=house.actor(therapist))
    one.refresh_from_db()
    assert one.talked_at is None


def test_what_was_not_told_cannot_be_found_by_its_address(client, mine, therapist, by):
    one = bring_up(episode=mine, choice="help", text=WORDS, by=by)
    browser = house.sign_in(client, therapist)
    gone, private = (browser.post(f"/matters/{pk}") for pk in (uuid4(), one.pk))
    assert gone.status_code == private.status_code == 404
    assert main(gone) == main(private)


def test_another_way_is_asked_for_once_and_the_therapist_is_asked_to_see_anew(
    client, mine, therapist, by
):
    bring_up(episode=mine, choice="other-way", text="", by=by)
    with pytest.raises(Refused, match="already"):
        bring_up(episode=mine, choice="other-way", text="", by=by)
    page = text(house.sign_in(client, therapist).get(f"/clients/{mine.pk}/"))
    assert "Maya R. asks to try another way of working." in page
    assert "See the case anew" in page


def test_nothing_is_kept_for_someone_else_or_after_the_end(mine, by, therapist, colleague):
    other = house.episode(colleague)
    with pytest.raises(Http404):
        bring_up(episode=other, choice="help", text=WORDS, by=by)
    with pytest.raises(PermissionDenied):
        bring_up(episode=mine, choice="tell", text=WORDS, by=house.actor(therapist))
    one = bring_up(episode=mine, choice="help", text=WORDS, by=by)
    with pytest.raises(PermissionDenied):
        move(matter=one, to="raised", by=house.actor(therapist))
    mine.ended_on = mine.started_on
    mine.save()
    with pytest.raises(Http404):
        bring_up(episode=mine, choice="help", text=WORDS, by=by)


def test_another_account_of_the_same_client_does_not_show_what_was_written_in_the_first(
    client, mine, by
):
    bring_up(episode=mine, choice="help", text=WORDS, by=by)
    mine.client.account = house.person("Maya, as someone wrote down")
    mine.client.save()
    browser = house.sign_in(client, mine.client.account)
    assert WORDS not in text(browser.get("/me/voice")) + text(browser.get("/me/"))
    (one,) = Matter.objects.all()
    moved = browser.post("/me/voice", {"what": "move", "to": "dropped", "id": one.pk})
    assert moved.status_code == 404


@pytest.mark.parametrize("sent", [{}, {"what": "x"}, {"what": "move", "to": "x", "id": "y"}])
def test_a_form_that_nobody_made_is_not_understood(signed_in, sent):
    assert signed_in.post("/me/voice", sent).status_code == 404


def poor(episode, number, **given):
    return answer(episode, number=number, value=7, **({"heard": 2} | given))


def test_after_three_poor_sessions_three_ways_are_told_and_before_none(signed_in, mine, by):
    for number in (1, 2):
        due = house.checkin(house.session(mine, number, status="planned"))
        answer(mine, number=number, checkin=due, by=by, value=7, heard=2)
    assert "three ways on, and none" not in text(signed_in.get("/me/voice"))
    page = text(signed_in.get("/me/voice/ways"))
    assert "of your last sessions" not in page
    assert "Look for a therapist who fits you better" in page
    due = house.checkin(house.session(mine, 3, status="planned"))
    answer(mine, number=3, checkin=due, by=by, value=7, heard=2, takeaway=1)
    assert "three ways on, and none" in text(signed_in.get("/me/voice"))
    page = text(signed_in.get("/me/voice/ways"))
    assert "In 3 of your last sessions" in page
    assert "not feeling heard" in page


def test_ways_by_a_link_rest_on_what_may_be_shown_there(client, mine, therapist):
    from attunement.clinic.checkins.actions.invitations import invite

    for number in (1, 2):
        poor(mine, number, audience="self")
    due = house.checkin(house.session(mine, 3, status="planned"))
    link = "/c/" + invite(checkin=due, purpose="link", by=house.actor(therapist)).secret
    client.post(link, {"answer:session-check-in:heard": "2"})
    page = text(client.get(link + "/thanks"))
    assert "feeling heard" in page
    assert "three ways on" not in page


def test_the_caseload_says_who_asked_to_talk_until_they_have(client, mine, therapist, by):
    browser = house.sign_in(client, therapist)
    assert "Asked to talk" not in main(browser.get("/caseload/"))
    bring_up(episode=mine, choice="help", text="For me alone", by=by)
    assert "Asked to talk" not in main(browser.get("/caseload/"))
    one = bring_up(episode=mine, choice="tell", text=WORDS, by=by)
    page = main(browser.get("/caseload/"))
    assert "Asked to talk" in page
    assert WORDS not in page
    talked(matter=one, by=house.actor(therapist))
    assert "Asked to talk" not in main(browser.get("/caseload/"))


def test_after_the_session_the_page_of_thanks_asks_whether_it_was_raised(signed_in, mine, by):
    bring_up(episode=mine, choice="help", text=WORDS, by=by)
    due = house.checkin(house.session(mine, status="planned"))
    signed_in.post(f"/me/check-ins/{due.pk}", {"answer:session-check-in:heard": "8"})
    page = text(signed_in.get(f"/me/check-ins/{due.pk}"))
    assert "There is something that you wanted to bring up. Did you?" in page
