"""What was tried is noted in one press, can be taken back, and is read against later check-ins."""

import json
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.history import history
from attunement.clinic.checkins.models import Session
from attunement.clinic.guidance.actions import Said, mark, prefer, work_in
from attunement.clinic.guidance.helping import helping, school_of
from attunement.clinic.guidance.models import Attempt
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Episode
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from attunement.guidance.followup import Outcome
from attunement.guidance.strategies import Step, strategies
from clinic.guidance.conftest import Case
from support import house

pytestmark = pytest.mark.django_db
WHAT = "say-back-and-check"
USUAL_AGAIN = 8


def look(case):
    return helping(history(case.episode, reader=case.by))


def press(browser, case, to, back="", strategy=WHAT, **more):
    house.sign_in(browser, case.therapist)
    sent = {"strategy": strategy, "to": to, "strain": 7, "back": back, **more}
    return browser.post(reverse("attempt_mark", args=[case.episode.pk]), sent)


def test_a_low_session_gives_reasons_and_three_suggestions_at_most(case):
    found = look(case)
    assert {"not_heard", "not_understood"} & {one.id for one in found.reasons.found}
    assert 1 <= len(found.suggested) <= 3
    assert found.strain == 7
    for one in found.suggested:
        assert one.whys
        assert sum(value for _words, value in one.whys) == pytest.approx(one.advice.score)


def test_while_a_rupture_is_open_nothing_is_suggested_that_works_for_change(case):
    case.low()
    found = look(case)
    assert any(one["status"] == "open" for one in found.history.ruptures)
    assert Step.CHANGE not in [one.strategy.step for one in found.suggested]


def test_an_undisturbed_course_gives_no_suggestion(therapist, case):
    calm = type(case)(therapist).steady()
    assert look(calm).suggested == []


def test_one_press_notes_it_and_the_next_check_ins_say_what_followed(client, case):
    assert press(client, case, "tried").status_code == 302
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.strain, attempt.session) == ("tried", 7, 7)
    assert look(case).done[0].follow_up.outcome is Outcome.TOO_EARLY
    case.session(heard=USUAL_AGAIN, understood=USUAL_AGAIN)
    (done,) = look(case).done
    assert (done.follow_up.outcome, done.follow_up.session) == (Outcome.EASED, 8)
    page = client.get(reverse("episode", args=[case.episode.pk])).content.decode()
    assert "At session 8 it was back near what is usual" in page


def test_when_it_does_not_ease_the_page_says_so(client, case):
    press(client, case, "tried")
    case.low().low()
    assert look(case).done[0].follow_up.outcome is Outcome.NOT_YET


def test_pressing_twice_changes_nothing_more(client, case):
    press(client, case, "planned")
    press(client, case, "planned")
    assert Attempt.objects.count() == 1
    assert Event.objects.filter(action="attempt.planned").count() == 1


def test_what_is_planned_counts_among_the_three_that_a_page_shows(case):
    for planned in range(1, 4):
        name = look(case).suggested[0].strategy.id
        mark(episode=case.episode, strategy=name, to="planned", strain=7, by=case.by)
        assert len(look(case).suggested) == max(3 - planned, 1)


def test_what_is_planned_is_asked_about_on_the_caseload(client, case):
    press(client, case, "planned", back="caseload")
    page = client.get(reverse("caseload")).content.decode()
    assert strategies()[WHAT].title in page
    assert press(client, case, "tried", back="caseload").url == reverse("caseload")
    assert Attempt.objects.get().state == "tried"


def test_what_was_turned_down_is_not_suggested_again_and_can_be_taken_back(client, case):
    first = look(case).suggested[0].strategy.id
    press(client, case, "declined", strategy=first)
    assert first not in [one.strategy.id for one in look(case).suggested]
    press(client, case, "taken-back", strategy=first)
    assert first in [one.strategy.id for one in look(case).suggested]


def test_a_note_is_kept_encrypted_and_in_no_audit(case):
    said = Said(session=6, how="well", note="She cried a little, and stayed.")
    mark(episode=case.episode, strategy=WHAT, to="tried", strain=7, said=said, by=case.by)
    kept = Attempt.objects.get()
    assert (kept.note, kept.how, kept.session) == (said.note, "well", 6)
    raw = Attempt.objects.raw("SELECT id, note AS sealed FROM guidance_attempt")[0].sealed
    assert b"cried" not in (raw if isinstance(raw, bytes) else str(raw).encode())
    event = Event.objects.get(action="attempt.tried")
    assert event.detail in ({}, "{}")
    assert "cried" not in json.dumps(str(event.__dict__))


@pytest.mark.parametrize(
    ("to", "error"),
    [("eaten", Http404), ("taken-back", Http404)],
)
def test_what_is_no_step_is_not_found(case, to, error):
    with pytest.raises(error):
        mark(episode=case.episode, strategy=WHAT, to=to, strain=7, by=case.by)


def test_an_unknown_strategy_or_session_is_refused(case):
    with pytest.raises(Http404):
        mark(episode=case.episode, strategy="pray", to="tried", strain=7, by=case.by)
    with pytest.raises(Refused):
        mark(
            episode=case.episode,
            strategy=WHAT,
            to="tried",
            strain=7,
            said=Said(session=99),
            by=case.by,
        )


@pytest.mark.parametrize(("status", "days_ago"), [("missed", 1), ("cancelled", 1), ("planned", -1)])
def test_nothing_was_tried_in_a_session_that_did_not_take_place(case, status, days_ago):
    house.session(case.episode, 8, status=status, days_ago=days_ago)
    said = Said(session=8)
    with pytest.raises(Refused, match="took place"):
        mark(episode=case.episode, strategy=WHAT, to="tried", strain=7, said=said, by=case.by)


def test_keeping_a_note_leaves_an_old_try_in_its_session(client, case):
    press(client, case, "tried", session=3)
    for _later in range(9):
        case.session()
    page = client.get(reverse("tried", args=[case.episode.pk])).content.decode()
    assert re.findall(r'<option value="(\d+)" selected', page) == ["3"]
    Session.objects.filter(episode=case.episode, number=3).update(status="cancelled")
    press(client, case, "tried", session=3, note="She was glad.")
    kept = Attempt.objects.get()
    assert (kept.session, kept.note) == (3, "She was glad.")


def test_what_was_turned_down_cannot_be_tried_before_it_is_taken_back(case):
    mark(episode=case.episode, strategy=WHAT, to="declined", strain=7, by=case.by)
    with pytest.raises(Refused):
        mark(episode=case.episode, strategy=WHAT, to="tried", strain=7, by=case.by)


def test_nobody_but_the_therapist_says_what_they_tried(case, here):
    supervisor = house.staff(Role.SUPERVISOR, here)
    house.supervise(supervisor, case.therapist)
    with pytest.raises(PermissionDenied):
        mark(episode=case.episode, strategy=WHAT, to="tried", strain=7, by=house.actor(supervisor))
    stranger = house.staff(Role.THERAPIST, here)
    with pytest.raises(Http404):
        mark(episode=case.episode, strategy=WHAT, to="tried", strain=7, by=house.actor(stranger))


def test_after_care_has_ended_nothing_more_is_noted(case):
    Episode.objects.filter(pk=case.episode.pk).update(ended_on=timezone.localdate())
    with pytest.raises((Refused, PermissionDenied)):
        mark(episode=case.episode, strategy=WHAT, to="tried", strain=7, by=case.by)


def test_what_the_client_prefers_moves_suggestions(case):
    before = look(case).suggested
    prefer(
        episode=case.episode,
        wanted=["feeling", "talking_about_us"],
        unwanted=["support"],
        by=case.by,
    )
    after = look(case).suggested
    assert [one.strategy.id for one in after] != [one.strategy.id for one in before]
    with pytest.raises(Refused):
        prefer(episode=case.episode, wanted=["space"], unwanted=["space"], by=case.by)


@pytest.mark.parametrize(
    ("told", "school"),
    [
        ("", None),
        ("person-centred", "person_centred"),
        ("cognitive-behavioural", "cbt"),
        ("act", "act"),
        ("psychodynamic", "psychodynamic"),
        ("systemic", None),
    ],
)
def test_a_school_is_read_from_how_therapists_describe_their_work(therapist, told, school):
    therapist.orientation = told
    assert school_of(therapist) == school


def test_a_therapist_says_in_which_school_they_work(case):
    work_in(school="act", by=case.by)
    case.therapist.refresh_from_db()
    assert case.therapist.orientation == "act"
    with pytest.raises(Http404):
        work_in(school="astrology", by=case.by)


def test_a_safety_answer_puts_safety_first(case):
    Alert.objects.create(
        episode=case.episode, kind="safety", onset=7, level="urgent", due_at="2030-01-01T00:00Z"
    )
    assert look(case).suggested[0].strategy.id == "safety-first"


def test_an_alert_ends_with_what_was_done_and_whether_it_helped(client, case):
    alert = Alert.objects.filter(episode=case.episode).first() or Alert.objects.create(
        episode=case.episode, kind="drop", onset=7, level="review", due_at="2030-01-01T00:00Z"
    )
    answer = press(client, case, "tried", back="alert", alert=str(alert.pk))
    assert answer.url == reverse("alert", args=[alert.pk])
    case.session(heard=USUAL_AGAIN, understood=USUAL_AGAIN)
    page = client.get(answer.url).content.decode()
    assert "What was done, and what followed" in page
    assert "At session 8 it was back near what is usual" in page


def test_a_try_at_a_later_session_is_told_with_the_strain_that_was_open(client, case):
    case.low()
    alert = Alert.objects.get(episode=case.episode, kind="drop")
    assert alert.onset == 7
    press(client, case, "tried", back="caseload", strain=8)
    assert Attempt.objects.get().alert == alert
    case.session(heard=USUAL_AGAIN, understood=USUAL_AGAIN)
    page = client.get(reverse("alert", args=[alert.pk])).content.decode()
    assert "Nothing was noted as tried about this." not in page
    assert strategies()[WHAT].title in page


def test_an_attempt_answers_a_session_that_there_is(case):
    with pytest.raises(Refused, match="no such session"):
        mark(episode=case.episode, strategy=WHAT, to="tried", strain=99999, by=case.by)
    assert not Attempt.objects.filter(episode=case.episode).exists()


def test_a_page_says_who_reads_a_note_and_that_most_strain_eases(client, case):
    press(client, case, "tried")
    page = client.get(reverse("tried", args=[case.episode.pk])).content.decode()
    assert "you and your supervisor read this" in page
    assert "for yourself" not in page
    assert "with or without it" not in page
    case.session(value=USUAL_AGAIN)
    page = client.get(reverse("tried", args=[case.episode.pk])).content.decode()
    assert "Most strain eases in time, with or without it." in page


def test_what_was_noted_is_told_where_the_page_opens(client, case):
    answer = press(client, case, to="planned", back="episode")
    assert answer["Location"].endswith("#noted")
    page = client.get(answer["Location"]).content.decode()
    told = page.index("Your caseload will ask you how it went.")
    assert page.index('id="noted"') < told < page.index('id="help"')
    assert page.count("Your caseload will ask you how it went.") == 1


def test_any_strategy_can_be_noted_with_a_client_though_none_was_suggested(client, therapist):
    calm = Case(therapist).steady()
    house.sign_in(client, therapist)
    where = {"args": [calm.episode.pk]}
    assert look(calm).suggested == []
    assert (
        reverse("strategies_with", **where)
        in client.get(reverse("episode", **where)).content.decode()
    )
    shelves = client.get(reverse("strategies_with", **where)).content.decode()
    for one in strategies():
        assert f'href="{reverse("strategy_with", args=[calm.episode.pk, one])}"' in shelves
    read = reverse("strategy_with", args=[calm.episode.pk, WHAT])
    assert offered(client, read) == ["6"]
    press(client, calm, "tried", strain=6)
    assert offered(client, read) == []
    calm.low()
    assert offered(client, read) == ["7"]
    press(client, calm, "planned")
    calm.low()
    assert offered(client, read) == ["7"]


def test_without_a_check_in_the_page_says_what_is_missing(client, therapist):
    fresh = house.episode(therapist)
    house.sign_in(client, therapist)
    read = reverse("strategy_with", args=[fresh.pk, WHAT])
    assert "from the first check-in that you can read" in client.get(read).content.decode()
    assert offered(client, read) == []


def offered(browser, address):
    """Give the sessions that what a page offers to note would answer."""
    return re.findall(r'name="strain" value="(\w*)"', browser.get(address).content.decode())


def test_a_strategy_reached_from_a_client_leads_back_and_takes_what_was_tried(client, case):
    house.sign_in(client, case.therapist)
    record = reverse("episode", args=[case.episode.pk])
    read = reverse("strategy_with", args=[case.episode.pk, WHAT])
    assert "/strategies/" in client.get(record).content.decode()
    page = client.get(read).content.decode()
    assert f'href="{record}#help"' in page
    assert 'name="to" value="tried"' in page
    press(client, case, to="tried", back="episode")
    assert 'name="to" value="tried"' not in client.get(read).content.decode()
    assert (
        client.get(reverse("strategy_with", args=[case.episode.pk, "unknown"])).status_code == 404
    )
    assert "Back to the client" not in client.get(reverse("strategy", args=[WHAT])).content.decode()
