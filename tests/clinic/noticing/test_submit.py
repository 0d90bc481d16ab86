"""A check-in is taken in once, with all that follows from it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import Answer, CheckIn
from attunement.clinic.noticing.models import Alert, Rupture, Score
from attunement.clinic.noticing.submit import Given, NotDue, recompute, submit
from attunement.clinic.people.actor import Actor
from attunement.problems import Problem
from support import house
from support.noticing_help import ALLIANCE, answer, course

pytestmark = pytest.mark.django_db


def test_answers_scores_signals_and_audit_are_there_together(maya):
    done = answer(maya, number=1, value=8)
    assert done.checkin.state == CheckIn.State.ANSWERED
    assert Answer.objects.filter(checkin=done.checkin).count() == 10
    assert {(one.scale, one.value) for one in Score.objects.all()} == {
        (ALLIANCE, 8.0),
        ("session-check-in.tension", 0.0),
    }
    assert Event.objects.filter(action="checkin.answered", client_id=maya.client_id).count() == 1


def test_the_same_submission_twice_is_taken_in_once(maya):
    made = house.checkin(house.session(maya))
    first = answer(maya, checkin=made, value=8, submission="one")
    again = answer(maya, checkin=made, value=8, submission="one")
    assert (first.again, again.again) == (False, True)
    assert [one.value for one in again.scores] == [one.value for one in first.scores]
    assert Answer.objects.count() == 10
    assert Event.objects.filter(action="checkin.answered").count() == 1


def test_a_check_in_is_answered_at_most_once(maya):
    made = house.checkin(house.session(maya))
    answer(maya, checkin=made, submission="one")
    with pytest.raises(NotDue):
        answer(maya, checkin=made, submission="two")


@pytest.mark.parametrize("state", ["expired", "withdrawn"])
def test_what_is_over_cannot_be_answered(maya, state):
    made = house.checkin(house.session(maya))
    CheckIn.objects.filter(pk=made.pk).update(state=state)
    with pytest.raises(NotDue):
        answer(maya, checkin=made)


def test_a_drop_below_ones_own_limit_opens_one_alert(maya):
    course(maya, [8, 8.5, 8, 8.5, 8])
    answer(maya, number=6, value=2)
    alert = Alert.objects.get()
    assert (alert.kind, alert.onset, alert.scale, alert.owner) == (
        "drop", 6, ALLIANCE, maya.therapist,
    )  # fmt: skip
    assert alert.evidence[ALLIANCE]["score"] == 2
    assert Score.objects.get(scale=ALLIANCE, number=6).signal == "review"
    assert Rupture.objects.get().status == "open"
    answer(maya, number=7, value=8)
    assert Rupture.objects.get().status == "repaired"
    assert Alert.objects.count() == 1


def test_a_safety_answer_reaches_a_person(maya):
    done = answer(maya, instrument="phq9", moment="before", value=0, **{"9": 1})
    alert = Alert.objects.get()
    assert done.safety
    assert (alert.kind, alert.level, alert.evidence) == ("safety", "urgent", {"phq9": {"9": 1.0}})


def test_what_is_kept_from_the_therapist_stays_out_of_what_the_therapist_sees(maya):
    course(maya, [8, 8.5, 8, 8.5, 8])
    given = [
        Given(instrument="session-check-in", item=item, value=8)
        for item in ("heard", "understood", "safe", "goals", "way", "depth")
    ] + [
        Given(instrument="session-check-in", item=item, value=0, audience="self")
        for item in ("progress", "takeaway")
    ]
    made = house.checkin(house.session(maya, 6))
    submit(checkin=made, answers=given, submission="x", by=Actor.holder(maya.client))
    rows = Score.objects.filter(number=6, scale=ALLIANCE)
    assert rows.get(private=False).value == 8
    assert rows.get(private=True).value == 6
    assert not Alert.objects.exists()
    Answer.objects.filter(checkin=made).update(audience="therapist")
    recompute(made, Actor.worker(maya.client.site))
    assert Score.objects.get(number=6, scale=ALLIANCE).value == 6


def test_told_tension_opens_an_alert_unless_it_was_settled(maya):
    answer(maya, number=1, value=8, tension=6, settled=1)
    answer(maya, number=2, value=8, tension=0)
    answer(maya, number=3, value=8, tension=7, settled=9)
    alert = Alert.objects.get()
    assert (alert.kind, alert.onset) == ("told", 1)
    assert alert.evidence == {"client": {"tension": 6.0, "settled": 1.0}}


def test_a_gap_unlike_the_pairs_usual_opens_an_alert(maya):
    for number in range(1, 6):
        answer(maya, number=number, value=8)
        answer(maya, number=number, value=7.5 + number % 2, rater="therapist")
    assert not Alert.objects.exists()
    answer(maya, number=6, value=8)
    answer(maya, number=6, value=1, rater="therapist")
    alert = Alert.objects.get()
    assert (alert.kind, alert.onset) == ("gap", 6)
    assert alert.evidence[ALLIANCE]["signal"] == "therapist-lower"


def test_a_session_that_comes_in_late_is_noticed_as_if_it_had_come_in_time(maya, therapist):
    other = house.episode(therapist, "Ana P.")
    course(maya, [8, 8.5, 8, 8.5, 8, 2, 8])
    values = {1: 8, 2: 8.5, 3: 8, 4: 8.5, 5: 8, 6: 2, 7: 8}
    for number in (1, 2, 4, 5, 6, 7, 3):
        answer(other, number=number, value=values[number])
    fields = ("number", "value", "prior_n", "prior_mean", "sigma", "signal", "cusum")
    rows = Score.objects.filter(scale=ALLIANCE).order_by("number").values_list(*fields)
    assert list(rows.filter(episode=maya)) == list(rows.filter(episode=other))


def test_only_whoever_is_asked_may_answer(maya, colleague, therapist):
    made = house.checkin(house.session(maya), rater="therapist")
    other = house.episode(therapist).client
    with pytest.raises(Http404):
        answer(maya, checkin=made, by=house.actor(colleague))
    with pytest.raises(PermissionDenied):
        answer(maya, checkin=made, by=Actor.holder(maya.client))
    mine = house.checkin(house.session(maya, 2))
    with pytest.raises(Http404):
        answer(maya, checkin=mine, by=Actor.holder(other))
    with pytest.raises(PermissionDenied):
        answer(maya, checkin=mine, by=Actor.unknown())


@pytest.mark.parametrize(
    "wrong",
    [
        {"instrument": "phq9", "item": "1", "value": 1},
        {"instrument": "session-check-in", "item": "nothing", "value": 1},
        {"instrument": "session-check-in", "item": "heard", "value": 11},
        {"instrument": "session-check-in", "item": "heard", "value": 3.5},
        {"instrument": "session-check-in", "item": "heard", "value": float("nan")},
        {"instrument": "session-check-in", "item": "heard", "value": 1, "audience": "all"},
        {"instrument": "phq9", "item": "9", "value": 1, "audience": "self", "form": "phq9"},
    ],
)
def test_an_answer_that_cannot_be_given_is_refused(maya, wrong):
    wrong = dict(wrong)
    form = wrong.pop("form", "session-check-in")
    made = house.checkin(house.session(maya), instruments=(form,))
    with pytest.raises(Problem):
        submit(
            checkin=made,
            answers=[Given(**wrong)],
            submission="x",
            by=Actor.holder(maya.client),
        )


QUERIES = (
    "begin", "hold the episode", "mark as answered", "answers", "earlier scores", "scores",
    "hold the audit's chain", "audit event", "lengthen the chain", "end",
)  # fmt: skip


def test_a_submission_asks_the_database_no_more_than_it_must(maya, django_assert_num_queries):
    from attunement.clinic.checkins.models import CheckIn

    course(maya, [8, 8.5, 8, 8.5, 8])
    made = house.checkin(house.session(maya, 6))
    known = CheckIn.objects.select_related("session__episode__client__site").get(pk=made.pk)
    with django_assert_num_queries(len(QUERIES)):
        answer(maya, checkin=known, value=8)


def test_plans_are_ready_before_the_first_request(db):
    from attunement.clinic.noticing.instruments import score_plan
    from attunement.clinic.noticing.warm import warm

    warm()
    before = score_plan.cache_info().misses
    score_plan(("session-check-in",))
    assert score_plan.cache_info().misses == before


def test_other_answers_under_the_same_key_are_refused_and_still_heeded(maya):
    from attunement.clinic.noticing.submit import heed

    made = house.checkin(house.session(maya), moment="before", instruments=("phq9",))
    zero = Given(instrument="phq9", item="9", value=0)
    grave = Given(instrument="phq9", item="9", value=2)
    by = Actor.holder(maya.client)
    submit(checkin=made, answers=[zero], submission="one", by=by)
    with pytest.raises(NotDue):
        submit(checkin=made, answers=[grave], submission="one", by=by)
    assert not heed(checkin=made, answers=[zero], by=by)
    assert heed(checkin=made, answers=[grave], by=by)
    assert heed(checkin=made, answers=[grave], by=by)
    assert Alert.objects.get().kind == "safety"
    assert Answer.objects.get().value == 0


@pytest.mark.parametrize("value", [2, 1])
def test_what_is_sent_anew_after_all_was_settled_asks_a_person_once(maya, value):
    from attunement.clinic.jobs.models import Job
    from attunement.clinic.noticing.actions import resolve
    from attunement.clinic.noticing.submit import heed

    def sent(value, sending):
        worry = [Given(instrument="phq9", item="9", value=value)]
        assert heed(checkin=made, answers=worry, by=Actor.holder(maya.client), sending=sending)
        alert = Alert.objects.get()
        return alert.state, alert.steps.count()

    made = house.checkin(house.session(maya), moment="before", instruments=("phq9",))
    answer(maya, checkin=made, value=0, **{"9": 2})
    assert sent(value, "in time") == ("open", 1)
    resolve(alert=Alert.objects.get(), by=house.actor(maya.therapist), words="I rang")
    assert sent(value, "in time") == ("resolved", 2)
    Job.objects.all().delete()
    assert sent(value, "late") == ("open", 3)
    assert Job.objects.get().kind == "mail.alert"
    resolve(alert=Alert.objects.get(), by=house.actor(maya.therapist), words="I rang again")
    assert sent(value, "late") == ("resolved", 4)
    assert sent(value, "") == ("open", 5)


def test_leaving_the_course_to_be_expected_twice_running_opens_one_alert(maya, here):
    import json

    import polars as pl

    from attunement.course.expected.model import ExpectedCourse, fit
    from attunement.measures import find_scale
    from attunement.synthetic.cohort import simulate
    from attunement.synthetic.plan import Plan

    scores = simulate(Plan(clients=60), seed=7).scores.filter(pl.col("scale") == "phq9")
    expected = fit(scores, find_scale("phq9"))
    assert isinstance(expected, ExpectedCourse)
    here.norms = {"expected:phq9": json.loads(expected.to_json())}
    here.save()
    maya.client.site.refresh_from_db()
    for number, value in enumerate([1, 1, 3, 3, 3], start=1):
        answer(maya, number=number, instrument="phq9", moment="before", value=value, **{"9": 0})
    alert = Alert.objects.get(kind="off-track")
    assert alert.onset == 4
    assert alert.evidence["phq9"]["score"] > alert.evidence["phq9"]["high"]


def test_an_untouched_alert_that_visible_answers_no_longer_call_for_is_withdrawn(maya):
    course(maya, [8, 8.5, 8, 8.5, 8])
    done = answer(maya, number=6, value=2, tension=8)
    quoted = {alert.kind: alert.evidence for alert in Alert.objects.all()}
    assert quoted["told"]["client"]["tension"] == 8
    done.checkin.answers.update(audience="self")
    recompute(done.checkin, Actor.worker(maya.client.site))
    assert not Alert.objects.exists()
    told = Event.objects.filter(action="voice.alert-withdrawn")
    assert [one.detail for one in told] == [{}, {}]
    done.checkin.answers.update(audience="therapist")
    recompute(done.checkin, Actor.worker(maya.client.site))
    assert {alert.kind: alert.evidence for alert in Alert.objects.all()} == quoted


@pytest.mark.parametrize("close", [False, True])
def test_one_that_somebody_took_on_stays_without_saying_what_it_was_about(maya, close):
    from attunement.clinic.caseload.reasons import from_alert
    from attunement.clinic.caseload.records import records
    from attunement.clinic.noticing.actions import acknowledge, resolve

    course(maya, [8, 8.5, 8, 8.5, 8])
    done = answer(maya, number=6, value=2, tension=8)
    told = Alert.objects.get(kind="told")
    quoted, me = told.evidence, house.actor(maya.therapist)
    (resolve if close else acknowledge)(alert=told, by=me)
    done.checkin.answers.update(audience="self")
    recompute(done.checkin, Actor.worker(maya.client.site))
    alert = Alert.objects.get()
    assert (alert.taken_back, alert.state) == (True, "resolved" if close else "acknowledged")
    assert not alert.overdue(timezone.now() + timedelta(days=400))
    (record,) = records([maya], since=timezone.now())
    assert [one.words for one in from_alert(alert, record)] == [
        "What was noticed here no longer stands. Nothing has to be done about it."
    ]
    assert not record.open_alerts
    done.checkin.answers.update(audience="therapist")
    recompute(done.checkin, Actor.worker(maya.client.site))
    alert = Alert.objects.get(kind="told")
    assert (alert.evidence, alert.state) == (quoted, "open")
    assert Alert.objects.count() == 2


def test_what_other_visible_answers_still_call_for_stays_in_the_alert(maya):
    from attunement.clinic.noticing.findings import Finding
    from attunement.clinic.noticing.withdrawing import withdraw

    answer(maya, number=1, value=8, tension=8)
    alert = Alert.objects.get()
    alert.evidence = alert.evidence | {"therapist": {"tension": 7}}
    alert.save()
    parts, by = {"client"}, Actor.worker(maya.client.site)
    still = Finding(kind=Alert.Kind.TOLD, onset=1, evidence={"therapist": {"tension": 7}})
    withdraw(maya, [alert], parts, [still], by)
    assert Alert.objects.get().evidence == {"therapist": {"tension": 7}}


def test_an_alert_about_safety_is_never_withdrawn(maya):
    due = house.checkin(house.session(maya, 1), instruments=("phq9",))
    done = answer(maya, checkin=due, value=0, instrument="phq9", **{"9": 2})
    assert Alert.objects.get().kind == "safety"
    recompute(done.checkin, Actor.worker(maya.client.site))
    done.checkin.answers.all().delete()
    recompute(done.checkin, Actor.worker(maya.client.site))
    assert Alert.objects.get().evidence == {"phq9": {"9": 2}}


def test_the_low_answers_are_named_until_the_relationship_is_back(maya):
    from attunement.clinic.caseload.reasons import from_alert
    from attunement.clinic.caseload.records import records

    def said():
        (record,) = records([maya], since=timezone.now())
        return next(one.words for one in from_alert(Alert.objects.get(kind="drop"), record))

    course(maya, [8, 8.5, 8, 8.5, 8, 2])
    assert "elow usual:" in said()
    answer(maya, number=7, value=8)
    assert said().endswith("was back to Maya R.'s usual after session 7.")
