"""Alerts are looked after by one person at a time, and closed with a word on what was done."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from attunement.clinic.audit.models import Event
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.noticing.actions import (
    acknowledge,
    act,
    change,
    dismiss,
    pass_on,
    reopen,
    resolve,
)
from attunement.clinic.noticing.escalation import escalate_due
from attunement.clinic.noticing.findings import RULES
from attunement.clinic.noticing.models import Alert
from attunement.clinic.noticing.selectors import (
    alert_for,
    alerts_for,
    choices_for,
    receivers,
    steps_of,
)
from attunement.clinic.noticing.states import CHANGES, CLOSED, OPEN, Action
from attunement.clinic.people.models import Episode
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from support import house
from support.noticing_help import answer, course

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(maya):
    """An alert that waits."""
    course(maya, [8, 8.5, 8, 8.5, 8, 2])
    return Alert.objects.get()


@pytest.fixture
def safety(maya):
    """A safety alert that waits."""
    answer(maya, instrument="phq9", moment="before", value=0, **{"9": 2})
    return Alert.objects.get()


def test_the_table_of_changes_leaves_no_state_without_a_way_out_and_knows_every_action():
    assert set(CHANGES) == set(Action)
    assert set(Alert.State) == OPEN | CLOSED
    for kind in Alert.Kind:
        for state in Alert.State:
            ways = [one for one in CHANGES.values() if state in one.before and kind in one.kinds]
            assert any(one.permission for one in ways), (kind, state)
    assert set(RULES) == set(Alert.Kind)


def test_an_alert_is_taken_on_acted_upon_and_settled_with_every_step_kept(drop, therapist):
    me = house.actor(therapist)
    acknowledge(alert=drop, by=me)
    act(alert=drop, by=me, words="Asked what did not sit right.")
    settled = resolve(alert=drop, by=me, words="We talked it over.")
    assert settled.state == "resolved"
    assert settled.closed_at
    assert [(one.before, one.after, one.text) for one in steps_of(settled)] == [
        ("", "open", ""),
        ("open", "acknowledged", ""),
        ("acknowledged", "acted", "Asked what did not sit right."),
        ("acted", "resolved", "We talked it over."),
    ]
    assert Event.objects.filter(target="noticing.alert").count() == 4
    assert "talked" not in str(list(Event.objects.values_list("detail", flat=True)))


def test_a_safety_alert_is_not_closed_without_saying_what_was_done(safety, therapist):
    me = house.actor(therapist)
    for words in ("", "   "):
        with pytest.raises(Refused):
            resolve(alert=safety, by=me, words=words)
    with pytest.raises(Refused):
        dismiss(alert=safety, by=me, words="A slip of the finger.")
    assert resolve(alert=safety, by=me, words="Rang at once; safe tonight.").state == "resolved"


def test_dismissal_needs_a_reason_and_can_be_taken_back(drop, therapist):
    me = house.actor(therapist)
    with pytest.raises(Refused):
        dismiss(alert=drop, by=me, words="")
    assert dismiss(alert=drop, by=me, words="Answered in a hurry.").state == "dismissed"
    again = reopen(alert=drop, by=me)
    assert (again.state, again.closed_at) == ("open", None)


def test_what_the_table_does_not_allow_changes_nothing(drop, therapist):
    me = house.actor(therapist)
    resolve(alert=drop, by=me)
    for action in (Action.ACKNOWLEDGE, Action.ACT, Action.RESOLVE, Action.DISMISS):
        with pytest.raises(Refused):
            change(alert=drop, action=action, by=me, words="x")
    with pytest.raises(PermissionDenied):
        change(alert=drop, action=Action.ESCALATE, by=me)
    assert {one.action for one in choices_for(alert_for(me, drop.pk), me)} == {Action.REOPEN}


def test_only_those_who_may_see_the_client_may_touch_the_alert(drop, colleague, manager):
    with pytest.raises(Http404):
        acknowledge(alert=drop, by=house.actor(colleague))
    with pytest.raises(PermissionDenied):
        acknowledge(alert=drop, by=house.actor(manager))


def test_an_alert_is_passed_on_to_someone_who_may_see_the_client(
    drop, therapist, supervisor, colleague
):
    me = house.actor(therapist)
    with pytest.raises(Refused):
        pass_on(alert=drop, by=me, to=colleague)
    assert set(receivers(drop)) == {therapist, supervisor}
    passed = pass_on(alert=drop, by=me, to=supervisor, words="Could you have a look?")
    assert (passed.state, passed.owner) == ("escalated", supervisor)
    assert acknowledge(alert=drop, by=house.actor(supervisor)).owner == supervisor


def test_someone_who_was_slower_changes_nothing(drop, therapist, monkeypatch):
    from attunement.clinic.noticing import actions

    me = house.actor(therapist)
    stale = alert_for(me, drop.pk)
    acknowledge(alert=drop, by=me)
    monkeypatch.setattr(actions, "alert_for", lambda *_: stale)
    with pytest.raises(Refused):
        acknowledge(alert=drop, by=me)
    assert drop.steps.count() == 2


def test_a_safety_alert_goes_further_when_the_sites_time_is_over(
    safety, therapist, supervisor, colleague, manager
):
    assert escalate_due() == 0
    colleague.on_call = True
    colleague.save()
    assert safety not in alerts_for(house.actor(colleague))
    Alert.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert escalate_due() == 1
    assert escalate_due() == 0
    alert = Alert.objects.get()
    assert alert.state == "escalated"
    assert alert in alerts_for(house.actor(colleague))
    assert alert in alerts_for(house.actor(supervisor))
    work_once()
    told = {message.to[0] for message in mail.outbox}
    assert told == {one.person.email for one in (therapist, supervisor, colleague)}
    assert "Maya" not in "".join(one.subject + one.body for one in mail.outbox)
    done = resolve(alert=alert, by=house.actor(colleague), words="Rang; safe tonight.")
    assert done.state == "resolved"


def test_taking_on_a_safety_alert_gives_the_sites_time_once_more(safety, therapist, supervisor):
    acknowledge(alert=safety, by=house.actor(therapist))
    assert escalate_due() == 0
    Alert.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert escalate_due() == 1
    act(alert=safety, by=house.actor(supervisor), words="Rang.")
    assert escalate_due() == 0


def test_other_alerts_do_not_go_further_by_themselves(drop, supervisor):
    Alert.objects.update(due_at=timezone.now() - timedelta(days=9))
    assert escalate_due() == 0


def test_where_nobody_supervises_somebody_is_told_all_the_same(safety, administrator):
    Alert.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    escalate_due()
    assert Job.objects.filter(payload__membership=str(administrator.pk)).exists()


def test_more_said_at_the_same_session_joins_the_open_alert_and_asks_to_look_again(maya, therapist):
    me = house.actor(therapist)
    course(maya, [8, 8.5, 8, 8.5, 8])
    for number, value in enumerate([1, 1, 1, 1, 1], start=1):
        answer(maya, number=number, instrument="phq9", moment="before", value=value, **{"9": 0})
    answer(maya, number=6, value=2)
    alert = Alert.objects.get(kind="drop")
    acknowledge(alert=alert, by=me)
    answer(maya, number=6, instrument="phq9", moment="before", value=3, **{"9": 0})
    alert.refresh_from_db()
    assert set(alert.evidence) == {"session-check-in.alliance", "phq9"}
    assert alert.state == "open"
    resolve(alert=alert, by=me)
    assert Alert.objects.filter(kind="drop").count() == 1


def test_what_was_closed_is_not_opened_again_by_scoring_anew(drop, therapist):
    from attunement.clinic.checkins.models import CheckIn
    from attunement.clinic.noticing.submit import recompute
    from attunement.clinic.people.actor import Actor

    me = house.actor(therapist)
    resolve(alert=drop, by=me)
    recompute(CheckIn.objects.get(session__number=6), Actor.worker(therapist.site))
    assert Alert.objects.count() == 1


def test_a_supervisor_sees_the_alerts_of_their_supervisees_alone(drop, supervisor, here):
    other = house.staff(Role.SUPERVISOR, here)
    assert list(alerts_for(house.actor(supervisor))) == [drop]
    assert not alerts_for(house.actor(other))


def test_passing_on_a_safety_alert_tells_the_other_and_does_not_end_the_watch(
    safety, therapist, supervisor, colleague
):
    colleague.on_call = True
    colleague.save()
    work_once()
    mail.outbox.clear()
    pass_on(alert=safety, to=colleague, by=house.actor(therapist))
    work_once()
    assert [one.to for one in mail.outbox] == [[colleague.person.email]]
    assert escalate_due() == 0
    Alert.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert (escalate_due(), escalate_due()) == (1, 0)
    work_once()
    assert supervisor.person.email in {one.to[0] for one in mail.outbox}


def test_a_safety_answer_given_again_opens_its_closed_alert_again(maya, safety, therapist):
    resolve(alert=safety, by=house.actor(therapist), words="Rang.")
    answer(maya, instrument="phq9", moment="after", value=0, **{"9": 2})
    alert = Alert.objects.get()
    assert (alert.state, alert.closed_at, alert.evidence) == ("open", None, {"phq9": {"9": 2}})
    act(alert=alert, by=house.actor(therapist), words="Rang again.")
    assert [step.after for step in steps_of(alert)] == ["open", "resolved", "open", "acted"]


def test_a_graver_answer_is_told_also_where_it_comes_by_a_correction(maya, safety, therapist):
    from attunement.clinic.checkins.models import Answer, CheckIn
    from attunement.clinic.noticing.submit import recompute

    act(alert=safety, by=house.actor(therapist), words="Rang.")
    for value, state in ((1, "acted"), (3, "open")):
        Answer.objects.filter(item="9").update(value=value)
        recompute(CheckIn.objects.get(), house.actor(therapist))
        assert Alert.objects.get().state == state
    assert Alert.objects.get().evidence == {"phq9": {"9": 3}}


@pytest.mark.parametrize("gone", ["no therapist", "inactive"])
def test_where_there_is_no_therapist_a_supervisor_of_the_site_is_told_at_once_and_sees_it(
    maya, therapist, here, gone
):
    other = house.staff(Role.SUPERVISOR, here)
    if gone == "inactive":
        therapist.active = False
        therapist.save()
    else:
        maya.therapist = None
        maya.save()
    answer(maya, instrument="phq9", moment="before", value=0, **{"9": 2})
    assert not alerts_for(house.actor(other)).exists()
    assert escalate_due() == 1
    work_once()
    assert [one.to for one in mail.outbox] == [[other.person.email]]
    assert alerts_for(house.actor(other)).get().state == "escalated"


def test_a_supervisor_sees_no_safety_alert_that_goes_to_someone_else(safety, supervisor, here):
    other = house.staff(Role.SUPERVISOR, here)
    Alert.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    escalate_due()
    assert not alerts_for(house.actor(other)).exists()


def time_is_over(since=1):
    now = timezone.now()
    Alert.objects.update(opened_at=now - timedelta(hours=3), due_at=now - timedelta(minutes=since))


def told_by_mail():
    mail.outbox.clear()
    work_once()
    return {message.to[0] for message in mail.outbox}


def test_what_nobody_takes_up_is_told_again_each_time_until_someone_does(
    safety, therapist, supervisor
):
    work_once()
    for times in range(3):
        time_is_over(since=9 - times)
        assert (escalate_due(), escalate_due()) == (1, 0)
        assert told_by_mail() == {supervisor.person.email}
        alert = Alert.objects.get()
        assert alert.state == "escalated"
        assert alert.overdue(timezone.now())
        assert timedelta() < alert.due_at - timezone.now() <= timedelta(minutes=60)
        assert Event.objects.filter(action="alert.told-again").count() == times
    assert alert.steps.count() == 2
    acknowledge(alert=alert, by=house.actor(supervisor))
    assert escalate_due() == 0
    assert not told_by_mail()


def test_what_was_acted_on_and_is_not_settled_is_told_once(safety, therapist, supervisor):
    act(alert=safety, by=house.actor(therapist), words="Rang; comes on Thursday.")
    work_once()
    alert = Alert.objects.get()
    assert alert.due_at - timezone.now() > timedelta(hours=71)
    assert escalate_due() == 0
    time_is_over()
    assert (escalate_due(), escalate_due()) == (1, 0)
    assert told_by_mail() == {supervisor.person.email}
    assert (Alert.objects.get().state, Alert.objects.get().owner) == ("acted", therapist)
    time_is_over()
    assert escalate_due() == 0


def test_a_late_alert_that_somebody_takes_on_leaves_them_the_sites_time(drop, therapist):
    kept = acknowledge(alert=drop, by=house.actor(therapist))
    assert kept.due_at == drop.due_at
    reopened = pass_on(alert=kept, by=house.actor(therapist), to=therapist)
    time_is_over()
    taken = acknowledge(alert=reopened, by=house.actor(therapist))
    assert not taken.overdue(timezone.now())
    assert timedelta(hours=71) < taken.due_at - timezone.now() <= timedelta(hours=72)


def test_whoever_is_told_of_an_unsettled_alert_can_see_it(safety, therapist, here):
    other = house.staff(Role.SUPERVISOR, here)
    act(alert=safety, by=house.actor(therapist), words="Rang.")
    assert not alerts_for(house.actor(other)).exists()
    time_is_over()
    escalate_due()
    assert other.person.email in told_by_mail()
    assert alerts_for(house.actor(other)).get() == safety


@pytest.fixture
def handed_over(maya, colleague):
    """The client is in care with somebody else now."""
    maya.ended_on = timezone.localdate()
    maya.save()
    return Episode.objects.create(client=maya.client, therapist=colleague)


def test_a_late_answer_about_safety_is_for_whoever_has_the_client_in_care_now(
    maya, handed_over, therapist, colleague, supervisor
):
    above = house.staff(Role.SUPERVISOR, maya.client.site)
    house.supervise(above, colleague)
    answer(maya, instrument="phq9", moment="before", value=0, **{"9": 2})
    alert = Alert.objects.get()
    assert (alert.episode, alert.owner) == (maya, colleague)
    assert told_by_mail() == {colleague.person.email}
    assert alerts_for(house.actor(colleague)).get() == alert
    assert {colleague, above} <= set(receivers(alert))
    time_is_over()
    escalate_due()
    assert told_by_mail() == {above.person.email}
    assert alerts_for(house.actor(above)).get() == alert
    done = resolve(alert=alert, by=house.actor(colleague), words="Rang; safe tonight.")
    assert alert_for(house.actor(colleague), done.pk).state == "resolved"


def test_where_the_one_in_care_now_has_no_supervisor_those_who_are_told_can_see_it(
    maya, handed_over, supervisor, here
):
    other = house.staff(Role.SUPERVISOR, here)
    answer(maya, instrument="phq9", moment="before", value=0, **{"9": 2})
    time_is_over()
    escalate_due()
    assert other.person.email in told_by_mail()
    assert alerts_for(house.actor(other)).exists()


def test_what_was_settled_before_the_handing_over_stays_with_whoever_settled_it(
    maya, safety, therapist, colleague
):
    resolve(alert=safety, by=house.actor(therapist), words="Rang.")
    maya.ended_on = timezone.localdate()
    maya.save()
    Episode.objects.create(client=maya.client, therapist=colleague)
    assert not alerts_for(house.actor(colleague)).exists()


def test_an_ended_episode_without_another_keeps_its_therapist(maya, therapist):
    maya.ended_on = timezone.localdate()
    maya.save()
    answer(maya, instrument="phq9", moment="before", value=0, **{"9": 2})
    assert Alert.objects.get().owner == therapist
