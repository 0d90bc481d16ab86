"""My caseload: the right people, in the right order, in words, and as fast for many as for one."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.caseload.selectors import Show, caseload
from attunement.clinic.caseload.standing import Place
from attunement.clinic.checkins.selectors.kept import scores_shown_after
from attunement.clinic.checkins.selectors.own import own_lines
from attunement.clinic.noticing.actions import acknowledge
from attunement.clinic.noticing.models import Alert, AlertStep, Rupture, Score
from attunement.clinic.noticing.submit import Given, submit
from attunement.clinic.people.actor import Actor
from clinic.caseload import seeding
from support import house
from support.noticing_help import answer, course

pytestmark = pytest.mark.django_db
ALLIANCE = seeding.ALLIANCE


def alert(of, kind="drop", onset=7, *, state="open", hours=3, evidence=None, scale=ALLIANCE):
    at = timezone.now() - timedelta(hours=hours)
    closed = timezone.now() if state in Alert.CLOSED_STATES else None
    return Alert.objects.create(
        episode=of,
        kind=kind,
        onset=onset,
        scale=scale,
        level="urgent" if kind == "safety" else "review",
        state=state,
        owner=of.therapist,
        opened_at=at,
        due_at=at + timedelta(hours=72),
        closed_at=closed,
        evidence=evidence or {},
    )


def scores(of, values, scale=ALLIANCE, *, private=False, sigma=0.5, usual=8.0):
    for number, value in enumerate(values, start=1):
        session = of.sessions.filter(number=number).first() or house.session(
            of, number, days_ago=7 * (len(values) - number) + 1
        )
        known = number > 3
        Score.objects.create(
            episode=of,
            session=session,
            scale=scale,
            number=number,
            on=session.starts_at.date(),
            value=value,
            private=private,
            prior_n=number - 1,
            prior_mean=usual if known else None,
            sigma=sigma if known else None,
            limit_watch=usual - 2 * sigma if known else None,
            limit_review=usual - 2.5 * sigma if known else None,
            signal="review" if known and value is not None and value < usual - 1.25 else "none",
        )


def test_a_drop_is_told_with_its_numbers(therapist, maya):
    scores(maya, [8, 8.1, 7.9, 8, 8, 8.2, 4.9])
    alert(maya, evidence={ALLIANCE: {"score": 4.9, "usual": 8.0, "depth": 6.2}})
    (person,) = caseload(therapist).first
    assert person.reasons[0].words == (
        "After session 7, the working relationship was clearly below Maya R.'s usual "
        "(4.9, usually about 8)."
    )


def test_safety_comes_first_then_agreeing_sources_then_strength_then_silence(therapist):
    names = ["Silent", "Weak", "Strong", "Both", "Safe"]
    silent, weak, strong, both, safe = (house.episode(therapist, name) for name in names)
    alert(silent, "missed", evidence={"sessions": {"count": 2}})
    alert(weak, "told", evidence={"client": {"tension": 4, "settled": 0}})
    alert(strong, evidence={ALLIANCE: {"score": 3.0, "usual": 8.0, "depth": 6.0}})
    alert(both, "told", evidence={"client": {"tension": 3, "settled": 2}})
    alert(both, evidence={ALLIANCE: {"score": 6.5, "usual": 8.0, "depth": 2.6}})
    alert(safe, "safety", scale="phq9", evidence={"phq9": {"9": 1.0}})
    assert [person.name for person in caseload(therapist).first] == names[::-1]


def test_what_was_taken_on_is_in_hand_but_safety_stays_first(therapist):
    taken, safe = house.episode(therapist, "Taken"), house.episode(therapist, "Safe")
    alert(taken, state="acknowledged")
    alert(safe, "safety", state="acted", evidence={"phq9": {"9": 1.0}})
    found = caseload(therapist)
    assert [person.name for person in found.first] == ["Safe"]
    assert [person.name for person in found.in_hand] == ["Taken"]


def test_what_is_in_hand_says_when_it_was_noticed_and_when_it_was_taken_on(client, therapist, maya):
    now = timezone.now()
    older = alert(maya, "gap", evidence={ALLIANCE: {"client_score": 3.0, "therapist_score": 8.0}})
    newer = alert(maya, evidence={ALLIANCE: {"score": 3.0, "usual": 8.0, "depth": 6.0}})
    for one, days in ((older, 21), (newer, 5)):
        Alert.objects.filter(pk=one.pk).update(opened_at=now - timedelta(days=days))
        acknowledge(alert=one, by=house.actor(therapist))
    AlertStep.objects.filter(alert=older).update(at=now - timedelta(days=14))
    house.sign_in(client, therapist)
    page = client.get(reverse("caseload")).text.replace("\xa0", " ")
    assert reverse("alert", args=[newer.pk]) in page
    assert ">just now</span>" in page
    assert "noticed 5 days ago" in page
    told = client.get(reverse("episode", args=[maya.pk])).text.replace("\xa0", " ")
    assert "taken on · just now</a>" in told
    assert "taken on · 2 weeks ago</a>" in told


def test_a_closed_alert_puts_nobody_first_though_the_rupture_is_open(therapist, maya):
    scores(maya, [8, 8, 8, 8, 4])
    Rupture.objects.create(episode=maya, scale=ALLIANCE, onset=5, level=8, status="open")
    assert caseload(therapist).first
    alert(maya, onset=5, state="resolved")
    assert not caseload(therapist).first


def test_a_repair_lately_is_on_their_way_and_one_long_past_is_not(therapist):
    lately, past = house.episode(therapist, "Lately"), house.episode(therapist, "Past")
    scores(lately, [8, 8, 8, 8, 4, 8, 8])
    scores(past, [8, 8, 8, 8, 4, 8, 8, 8, 8, 8])
    for one in (lately, past):
        Rupture.objects.create(
            episode=one, scale=ALLIANCE, onset=5, level=8, repaired=6, status="repaired"
        )
    found = caseload(therapist)
    assert [person.name for person in found.better] == ["Lately"]
    assert [person.name for person in found.others] == ["Past"]
    assert "back to Lately's usual after session 6" in found.better[0].reasons[0].words


def test_symptoms_that_eased_by_more_than_error_are_on_their_way(therapist, maya):
    scores(maya, [16, 14, 12, 11, 10], "phq9", usual=20.0)
    (person,) = caseload(therapist).better
    assert person.reasons[0].words == (
        "Depression (PHQ-9): from 16 to 10, a change for the better beyond error."
    )


def test_what_a_client_keeps_private_changes_nothing(therapist, maya):
    scores(maya, [8, 8, 8, 8, 8])
    before = caseload(therapist).people[0]
    scores(maya, [8, 8, 8, 8, 1], private=True)
    after = caseload(therapist).people[0]
    assert (after.place, after.line, after.reasons) == (before.place, before.line, before.reasons)


def test_only_own_clients_in_care_are_there(therapist, colleague, maya):
    house.episode(colleague, "Not mine")
    house.episode(therapist, "Ended", ended_on=timezone.localdate())
    erased = house.episode(therapist, "Erased")
    erased.client.erased_at = timezone.now()
    erased.client.save()
    assert [person.name for person in caseload(therapist).people] == ["Maya R."]


def test_check_ins_and_sessions_that_wait_are_counted(therapist, maya):
    session = house.session(maya, 1, status="planned")
    house.checkin(session)
    house.checkin(session, rater="therapist", instruments=["session-check-in-therapist"])
    found = caseload(therapist, now=session.starts_at)
    assert len(found.due) == len(found.own_due) == len(found.today) == 1


def test_a_session_of_today_counts_whether_it_was_held_or_is_to_come(therapist, maya):
    for number, status in enumerate(("attended", "late", "planned", "missed", "cancelled"), 1):
        house.session(maya, number, status=status)
    house.session(maya, 6, days_ago=1)
    found = caseload(therapist)
    assert [session.status for session, _ in found.today] == ["attended", "late", "planned"]
    assert found.people[0].next is None


def test_forms_of_sessions_to_come_do_not_wait_yet(therapist, maya):
    for rater in ("therapist", "client"):
        waits = house.checkin(house.session(maya, len(rater)), rater=rater)
        waits.due_at, waits.expires_at = (timezone.now() + timedelta(days=n) for n in (7, 14))
        waits.save()
    found = caseload(therapist)
    assert not found.due
    assert not found.own_due


def test_filters_keep_those_they_name(therapist, maya):
    tom = house.episode(therapist, "Tom K.")
    alert(tom)
    house.checkin(house.session(maya, 1))
    whole = caseload(therapist)
    assert [one.name for one in whole.chosen(Show.ALERTS).people] == ["Tom K."]
    assert [one.name for one in whole.chosen(Show.DUE).people] == ["Maya R."]
    assert [one.name for one in whole.chosen(Show.ALL, "  mAY").people] == ["Maya R."]
    assert [one.name for one in whole.chosen(Show.ALL, tom.client.code).people] == ["Tom K."]


def test_low_answers_that_are_too_few_for_a_score_are_told(client, therapist, maya):
    course(maya, [8, 8, 9, 8])
    five = ("heard", "understood", "safe", "goals", "way")
    thin = house.checkin(house.session(maya, 5))
    given = [Given(instrument="session-check-in", item=one, value=1) for one in five]
    submit(checkin=thin, answers=given, submission="five", by=Actor.holder(maya.client))
    (person,) = caseload(therapist).first
    assert not Alert.objects.exists()
    assert person.reasons[0].words == (
        "Of Maya R.'s answers about the working relationship after session 5, 5 of 8 can be seen: "
        "too few for a score, but 5 of them are far below usual. "
        "Furthest below usual: heard, safe to be honest, my goals."
    )
    house.sign_in(client, therapist)
    assert "too few for a score" in client.get(reverse("caseload")).text
    (line,) = own_lines(maya, scores_shown_after(thin))
    assert "Session 5 has too few answers to make one number." in line.left_out
    answer(maya, number=6, value=8)
    assert not caseload(therapist).first


def test_few_answers_that_are_as_usual_put_nobody_first(therapist, maya):
    course(maya, [8, 8, 9, 8])
    thin = house.checkin(house.session(maya, 5))
    given = [Given(instrument="session-check-in", item="heard", value=8)]
    submit(checkin=thin, answers=given, submission="one", by=Actor.holder(maya.client))
    assert not caseload(therapist).first


def test_a_full_caseload_takes_as_many_queries_as_a_small_one(
    client, therapist, django_assert_max_num_queries
):
    house.sign_in(client, therapist)

    def asked(clients, seed):
        for episode in seeding.fill(therapist, clients, seed):
            alert(episode, onset=99)
        client.get(reverse("caseload"))
        with django_assert_max_num_queries(29) as found:
            assert client.get(reverse("caseload")).status_code == 200
        return len(found)

    assert asked(2, 7) == asked(12, 8)


def test_reading_the_caseload_is_audited(client, therapist, maya):
    house.sign_in(client, therapist).get(reverse("caseload"))
    event = Event.objects.get(action="caseload.read")
    assert event.detail == {"clients": 1}


def test_one_click_takes_on_everything_that_waits(client, therapist, maya):
    alert(maya)
    alert(maya, "told", scale="client")
    house.sign_in(client, therapist)
    answer = client.post(reverse("episode_take_on", args=[maya.pk]), follow=True)
    assert "You have taken on 2 things that were noticed about Maya R.</" in answer.text
    therapist.person.name = "Kim P."
    therapist.person.save()
    assert ", Kim P.</h1>" in client.get(reverse("caseload")).text
    assert set(maya.alerts.values_list("state", flat=True)) == {"acknowledged"}
    assert caseload(therapist).people[0].place is Place.IN_HAND


def test_nobody_takes_on_what_is_not_theirs(client, colleague, maya):
    alert(maya)
    house.sign_in(client, colleague)
    assert client.post(reverse("episode_take_on", args=[maya.pk])).status_code == 404
    assert maya.alerts.get().state == "open"


def test_a_name_that_would_be_code_is_text(client, therapist):
    hostile = house.episode(therapist, '<script>alert("x")</script>')
    scores(hostile, [8, 8, 8, 8, 4])
    alert(hostile)
    page = house.sign_in(client, therapist).get(reverse("caseload")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_new_therapist_is_told_how_to_begin(client, therapist):
    page = house.sign_in(client, therapist).get(reverse("caseload")).text
    assert "Nobody is on your caseload yet." in page
    assert reverse("client_new") in page


def test_what_is_searched_for_never_stands_in_an_address(client, therapist, maya):
    house.sign_in(client, therapist)
    page = client.post(reverse("caseload"), {"name": "zzz", "show": "all"}).text
    assert "No client of yours fits this." in page
    assert "Maya" in client.get(reverse("caseload"), {"name": "zzz"}).text
