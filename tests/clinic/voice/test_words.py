"""A word to the service: past the therapist, answered by people, taken back at any time."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from attunement.clinic.audit.models import Event
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.mails import SOON
from attunement.clinic.people.models import Membership
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.voice import mails
from attunement.clinic.voice.actions.choosing import bring_up
from attunement.clinic.voice.actions.words import MOST_WAITING, change, write
from attunement.clinic.voice.models import Word
from attunement.clinic.voice.readers import readers, words_for
from attunement.clinic.voice.states import CHANGES, Action
from support import house
from support.noticing_help import answer

WORDS = "The heating is always off on Fridays"


@pytest.fixture
def mine(therapist, manager):
    return house.episode(therapist, "Maya R.", account=house.person("Maya"))


@pytest.fixture
def by(mine):
    return house.own(mine.client)


@pytest.fixture
def word(mine, by):
    return write(client=mine.client, kind="word", text=WORDS, by=by)


def text(page):
    return page.content.decode()


def test_a_word_is_read_answered_and_settled_and_the_client_sees_each_step(
    client, mine, manager, by
):
    browser = house.sign_in(client, mine.client.account)
    sent = {"what": "write", "kind": "word", "text": WORDS}
    page = text(browser.post("/me/voice", sent, follow=True))
    assert "Your therapist does not see it" in page
    assert "not read yet" in page
    assert "Nobody reads this in real time" in page
    assert "000 000" in page
    one = Word.objects.get()
    browser = house.sign_in(client, manager)
    assert "Maya R." in text(browser.get("/words/"))
    assert WORDS in text(browser.get(f"/words/{one.pk}/"))
    one.refresh_from_db()
    assert one.state == "read"
    browser.post(f"/words/{one.pk}/", {"action": "answer", "text": "We will look into it."})
    browser.post(f"/words/{one.pk}/", {"action": "close", "text": "It is mended."})
    page = text(house.sign_in(client, mine.client.account).get("/me/voice"))
    assert "We will look into it." in page
    assert "It is mended." in page
    assert "closed" in page


def test_the_list_names_people_so_looking_at_it_is_recorded(client, manager, word):
    house.sign_in(client, manager).get("/words/")
    event = Event.objects.get(action="voice.words-listed")
    assert (event.actor, event.detail) == (f"person {manager.person.pk}", {"words": 1})
    assert event.target_id == str(manager.site_id)


def test_without_a_name_the_reader_sees_neither_name_nor_therapist(client, mine, manager, by):
    one = write(client=mine.client, kind="word", text=WORDS, named=False, by=by)
    browser = house.sign_in(client, manager)
    page = text(browser.get("/words/")) + text(browser.get(f"/words/{one.pk}/"))
    assert "Maya" not in page
    assert "Dana" not in page
    assert "without a name" in page


def test_a_request_for_another_therapist_carries_the_name_and_who_they_are_with(
    client, mine, manager, by
):
    one = write(client=mine.client, kind="change", text="", named=False, by=by)
    page = text(house.sign_in(client, manager).get(f"/words/{one.pk}/"))
    assert "Maya R." in page
    assert "Dana Levi" in page
    assert "Please do not tell the therapist unless the client agrees" in page
    with pytest.raises(Refused, match="already"):
        write(client=mine.client, kind="change", text="Again", by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Word.objects.filter(pk=one.pk).update(named=False)


def test_a_reader_who_is_the_therapist_does_not_see_it(client, mine, manager, therapist, by, word):
    house.staff(Role.MANAGER, therapist.site, therapist.person)
    mine.ended_on = mine.started_on
    mine.save()
    browser = house.sign_in(client, therapist)
    assert WORDS not in text(browser.get("/words/"))
    assert "Maya" not in text(browser.get("/words/"))
    assert browser.get(f"/words/{word.pk}/").status_code == 404
    assert list(readers(mine.client)) == [manager]


def test_a_request_that_waits_is_shown_with_its_state_instead_of_the_form(
    client, mine, manager, by, therapist
):
    browser = house.sign_in(client, mine.client.account)
    assert "Send my request to the service" in text(browser.get("/me/voice/ways"))
    one = write(client=mine.client, kind="change", text="", by=by)
    page = text(browser.get("/me/voice/ways"))
    assert "Your request is with the service already" in page
    assert "not read yet" in page
    assert "Send my request" not in page
    change(word=one, action=Action.WITHDRAW, by=by)
    assert "Send my request" in text(browser.get("/me/voice/ways"))
    assert "Ask my therapist" in text(browser.get("/me/voice/ways"))
    bring_up(episode=mine, choice="other-way", text="", by=by)
    assert "Ask my therapist" not in text(browser.get("/me/voice/ways"))


def test_the_clients_first_page_says_that_the_service_wrote_and_that_there_are_ways_on(
    client, mine, manager, by, word
):
    browser = house.sign_in(client, mine.client.account)
    page = text(browser.get("/me/"))
    assert "has written back" not in page
    assert "three ways" not in page
    staff = house.actor(manager)
    change(word=word, action=Action.READ, by=staff)
    change(word=word, action=Action.ANSWER, text="We will mend it.", by=staff)
    for number in (1, 2, 3):
        answer(mine, number=number, by=by, value=7, heard=1)
    page = text(browser.get("/me/"))
    assert "The service has written back to you." in page
    assert "Look at the three ways" in page
    assert "We will mend it." not in page


def test_where_nobody_but_the_therapist_would_read_the_way_is_closed_and_says_so(
    client, mine, manager, therapist, by
):
    Membership.objects.filter(pk=manager.pk).update(active=False)
    house.staff(Role.MANAGER, therapist.site, therapist.person)
    with pytest.raises(Refused, match="nobody could read this"):
        write(client=mine.client, kind="word", text=WORDS, by=by)
    browser = house.sign_in(client, mine.client.account)
    assert "So this way is closed" in text(browser.get("/me/voice"))
    page = text(browser.get("/me/voice/ways"))
    assert "So it cannot be sent from here" in page
    assert "Send my request" not in page


def test_it_can_be_taken_back_and_then_nobody_reads_it(client, mine, manager, by, word):
    browser = house.sign_in(client, mine.client.account)
    browser.post("/me/voice", {"what": "withdraw", "id": word.pk})
    word = Word.objects.get()
    assert (word.state, word.text) == ("withdrawn", "")
    assert not words_for(house.actor(manager)).exists()
    assert house.sign_in(client, manager).get(f"/words/{word.pk}/").status_code == 404


@pytest.mark.parametrize("before", list(Word.State))
@pytest.mark.parametrize("action", list(Action))
def test_a_step_is_taken_exactly_where_the_table_allows_it(before, action, mine, manager, by, word):
    Word.objects.filter(pk=word.pk).update(state=before)
    word.refresh_from_db()
    step = CHANGES[action]
    who = by if action == Action.WITHDRAW else house.actor(manager)
    if before in step.before:
        assert change(word=word, action=action, text="Said", by=who).state == step.after
        return
    with pytest.raises((Refused, Http404)):
        change(word=word, action=action, text="Said", by=who)
    assert Word.objects.get().state == before


def test_an_answer_needs_words_and_whoever_is_slower_is_told(mine, manager, word):
    staff = house.actor(manager)
    change(word=word, action=Action.READ, by=staff)
    with pytest.raises(Refused, match="few words"):
        change(word=word, action=Action.ANSWER, text=" ", by=staff)
    with pytest.raises(Refused, match="meanwhile"):
        change(word=word, action=Action.READ, by=staff)


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_other_roles_do_not_read_it(role, client, here, word):
    member = house.staff(role, here)
    browser = house.sign_in(client, member)
    assert browser.get("/words/").status_code == 403
    with pytest.raises(PermissionDenied):
        change(word=word, action=Action.READ, by=house.actor(member))


def test_a_manager_of_another_site_does_not_read_it(elsewhere, word):
    there = house.actor(house.staff(Role.MANAGER, elsewhere))
    assert not words_for(there).exists()
    with pytest.raises(Http404):
        change(word=word, action=Action.READ, by=there)


def test_nobody_is_flooded_and_nothing_empty_is_sent(mine, by):
    with pytest.raises(Refused, match="few words"):
        write(client=mine.client, kind="word", text=" ", by=by)
    for number in range(MOST_WAITING):
        write(client=mine.client, kind="word", text=f"{number}", by=by)
    with pytest.raises(Refused, match="wait to be read"):
        write(client=mine.client, kind="word", text="one more", by=by)


def test_the_audit_tells_each_step_and_hides_it_from_the_therapist_who_is_an_administrator(
    client, mine, manager, therapist, word
):
    change(word=word, action=Action.READ, by=house.actor(manager))
    actions = Event.objects.filter(action__startswith="voice.").values_list("action", flat=True)
    assert sorted(actions) == ["voice.word-read", "voice.word-written"]
    house.staff(Role.ADMINISTRATOR, therapist.site, therapist.person)
    assert "voice.word" not in text(house.sign_in(client, therapist).get("/audit/"))
    other = house.staff(Role.ADMINISTRATOR, therapist.site)
    assert "voice.word-written" in text(house.sign_in(client, other).get("/audit/"))


def test_a_word_that_waits_is_told_by_mail_once_a_day_and_never_at_night(
    word, mine, manager, by, mailoutbox, monkeypatch
):
    monkeypatch.setattr(mails, "FROM_HOUR", 24)
    mails.remind_all()
    assert not Job.objects.filter(kind=mails.KIND).exists()
    monkeypatch.setattr(mails, "FROM_HOUR", 0)
    manager.person.language = "de"
    manager.person.save()
    mails.remind_all()
    write(client=mine.client, kind="change", text="", by=by)
    mails.remind_all()
    work_once(kinds={mails.KIND})
    (sent,) = mailoutbox
    assert sent.to == [manager.person.email]
    said = f"{sent.subject} {sent.body}"
    assert not [one for one in (WORDS, "Maya", mine.client.code, str(word.pk)) if one in said]


@pytest.mark.parametrize(
    ("named", "account", "sent"), [(True, True, 1), (False, True, 0), (True, False, 0)]
)
def test_whoever_wrote_with_their_name_in_their_account_is_told_that_an_answer_waits(
    mine, manager, mailoutbox, named, account, sent
):
    who = house.own(mine.client) if account else Actor.holder(mine.client)
    one = write(client=mine.client, kind="word", text=WORDS, named=named, by=who)
    staff = house.actor(manager)
    change(word=one, action=Action.READ, by=staff)
    change(word=one, action=Action.ANSWER, text="We will mend it.", by=staff)
    change(word=one, action=Action.CLOSE, by=staff)
    work_once(kinds={SOON})
    assert len(mailoutbox) == sent
    for mail in mailoutbox:
        assert mail.to == [mine.client.account.email]
        said = f"{mail.subject} {mail.body}".lower()
        told = (WORDS, "mend", "Maya", "Dana", "therap", "voice", "word", str(one.pk))
        assert not [part for part in told if part.lower() in said]
        assert "/me/" in said


def test_no_mail_is_sent_about_what_has_been_read_or_is_not_theirs(
    word, mine, manager, mailoutbox, monkeypatch
):
    monkeypatch.setattr(mails, "FROM_HOUR", 0)
    mails.remind_all()
    change(word=word, action=Action.READ, by=house.actor(manager))
    work_once(kinds={mails.KIND})
    assert mailoutbox == []
    Word.objects.update(state=Word.State.OPEN)
    mine.therapist.person.memberships.create(site=mine.client.site, role=Role.MANAGER)
    Job.objects.all().delete()
    mails.remind_all()
    assert Job.objects.get(kind=mails.KIND).payload == {"membership": str(manager.pk)}
