"""Work is done once, whoever asks and whoever dies."""

import os
import signal
import threading
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as WebSession
from django.core import mail
from django.db import InterfaceError
from django.utils import timezone

from attunement.clinic.jobs import worker
from attunement.clinic.jobs.kinds import KINDS, Kind
from attunement.clinic.jobs.models import Job
from attunement.clinic.jobs.periodic import tidy
from attunement.clinic.jobs.pulse import LONGEST_URGENT, Pulse
from attunement.clinic.jobs.queue import (
    MOST_ATTEMPTS,
    claim,
    done,
    given_up,
    later,
    overdue,
    try_again,
)
from attunement.clinic.jobs.stopping import hear
from attunement.clinic.people.models import Site
from support import house
from support.noticing_help import answer

pytestmark = pytest.mark.django_db


def rename(site, name):
    Site.objects.filter(pk=site).update(name=name)


def stumble(site, name):
    rename(site, name)
    raise RuntimeError("with words about a client")


@pytest.fixture
def kinds(monkeypatch):
    """Kinds of work for tests alone."""
    here = {
        "rename": Kind(does=f"{__name__}.rename"),
        "stumble": Kind(does=f"{__name__}.stumble"),
    }
    doing = {f"{__name__}.rename": rename, f"{__name__}.stumble": stumble}
    monkeypatch.setattr("attunement.clinic.jobs.kinds.import_string", doing.__getitem__)
    for name, kind in here.items():
        monkeypatch.setitem(KINDS, name, kind)
    for name in [name for name, kind in KINDS.items() if kind.every]:
        monkeypatch.delitem(KINDS, name)
    return here


def test_work_asked_for_twice_is_done_once(kinds, here):
    for _ in range(2):
        later("rename", "once", site=str(here.pk), name="Lakeside")
    assert worker.work_once() == 1
    assert worker.work_once() == 0
    here.refresh_from_db()
    assert here.name == "Lakeside"


def test_work_waits_until_it_is_due(kinds, here):
    later("rename", "soon", timezone.now() + timedelta(hours=1), site=str(here.pk), name="x")
    assert worker.work_once() == 0


def test_two_workers_never_hold_the_same_work(kinds, here):
    later("rename", "one", site=str(here.pk), name="x")
    first, second = list(claim()), list(claim())
    assert (len(first), len(second)) == (1, 0)


def test_the_claim_of_a_killed_worker_is_taken_over_and_its_own_end_counts_no_more(kinds, here):
    later("rename", "one", site=str(here.pk), name="Lakeside")
    (killed,) = claim()
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert worker.work_once() == 1
    assert not done(killed)
    worker.attempt(killed)
    job = Job.objects.get()
    assert (job.attempts, job.done_at is not None, job.failed_at) == (2, True, None)


def test_what_goes_wrong_leaves_nothing_behind_is_tried_again_and_given_up_in_the_open(kinds, here):
    later("stumble", "bad", site=str(here.pk), name="Lakeside")
    for attempt in range(1, MOST_ATTEMPTS + 1):
        Job.objects.update(due_at=timezone.now())
        assert worker.work_once() == 1
        here.refresh_from_db()
        assert here.name == "Harbour"
        job = Job.objects.get()
        assert job.attempts == attempt
        assert job.error == "RuntimeError"
    assert list(given_up()) == [job]
    assert worker.work_once() == 0
    try_again(job)
    assert worker.work_once() == 1


def test_one_bad_job_does_not_hold_up_the_next(kinds, here):
    later("stumble", "bad", site=str(here.pk), name="x")
    later("rename", "good", site=str(here.pk), name="Lakeside")
    assert worker.work_once() == 2
    here.refresh_from_db()
    assert here.name == "Lakeside"


def test_work_of_a_kind_that_nobody_knows_any_more_is_given_up_visibly(kinds):
    Job.objects.create(kind="gone", key="gone", attempts=MOST_ATTEMPTS - 1)
    worker.work_once()
    assert given_up().get().error == "KeyError"
    with pytest.raises(ValueError, match="no kind"):
        later("gone", "again")


def test_what_comes_by_itself_comes_once_a_period(db):
    now = timezone.now()
    for _ in range(2):
        worker.plan(now)
    periodic = {name for name, kind in KINDS.items() if kind.every}
    assert sorted(Job.objects.values_list("kind", flat=True)) == sorted(periodic)


def test_every_kind_leads_to_a_function(db):
    from django.utils.module_loading import import_string

    for kind in KINDS.values():
        assert callable(import_string(kind.does))


def test_a_worker_that_is_asked_to_stop_finishes_what_it_does(kinds, here):
    later("rename", "one", site=str(here.pk), name="Lakeside")
    stop = threading.Event()
    stop.set()
    worker.work_once(stop)
    assert Job.objects.get().done_at
    worker.work(stop)


def test_an_e_mail_sent_again_after_a_kill_is_known_for_a_copy(maya, therapist):
    answer(maya, instrument="phq9", moment="before", value=0, **{"9": 2})
    job = Job.objects.get(kind="mail.alert")
    for _ in range(2):
        worker.carry_out(job)
        Job.objects.filter(pk=job.pk).update(done_at=None)
    assert [message.to for message in mail.outbox] == [[therapist.person.email]] * 2
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1


def test_old_work_is_forgotten_and_late_work_is_seen(kinds, here):
    old = timezone.now() - timedelta(days=40)
    Job.objects.create(kind="rename", key="old", done_at=old)
    Job.objects.create(kind="rename", key="late", due_at=old, payload={"site": "x"})
    tidy()
    assert [job.key for job in overdue()] == ["late"]
    assert Job.objects.count() == 1


def test_what_is_urgent_does_not_wait_behind_the_rest(kinds, here, monkeypatch):
    later("stumble", "slow", site=str(here.pk), name="x")
    later("rename", "quick", site=str(here.pk), name="Lakeside")
    assert worker.work_once(kinds={"rename"}) == 1
    here.refresh_from_db()
    assert here.name == "Lakeside"
    assert Job.objects.get(key="slow").attempts == 0


def test_alerts_and_their_escalation_are_urgent():
    assert KINDS["escalate"].urgent
    assert KINDS["mail.alert"].urgent


def test_a_lost_connection_is_waited_out_and_a_broken_lane_ends_the_other(monkeypatch):
    stop, seen = threading.Event(), []

    def lost(*_):
        seen.append("lost")
        if len(seen) == 2:
            stop.set()
        raise InterfaceError("connection already closed")

    monkeypatch.setattr(worker, "AFTER_TROUBLE", 0.0)
    monkeypatch.setattr(worker, "work_once", lost)
    worker.work(stop)
    assert len(seen) == 2

    def broken(*_):
        raise RuntimeError

    stop = threading.Event()
    monkeypatch.setattr(worker, "work_once", broken)
    with pytest.raises(RuntimeError):
        worker.lane(stop, set())
    assert stop.is_set()


def test_two_lanes_share_all_kinds_of_work(monkeypatch):
    worked = []
    monkeypatch.setattr(worker, "hear", lambda _stop: None)
    monkeypatch.setattr(worker, "work", lambda _stop, kinds, _pulse: worked.append(set(kinds)))
    worker.run()
    assert len(worked) == 2
    assert set.union(*worked) == set(KINDS)
    assert not set.intersection(*worked)


@pytest.mark.parametrize(
    ("at_work", "stopping", "seconds", "hangs"),
    [
        (False, False, 200, False),
        (False, False, 400, True),
        (False, True, 5, False),
        (False, True, 20, True),
        (True, True, 1000, False),
        (True, False, 2000, True),
    ],
)
def test_a_lane_hangs_where_it_takes_longer_than_it_ever_should(at_work, stopping, seconds, hangs):
    pulse = Pulse(longest=LONGEST_URGENT)
    pulse.beat(at_work=at_work)
    pulse.since -= seconds
    assert pulse.hangs(stopping=stopping) is hangs


def test_a_lane_that_hangs_ends_the_process(monkeypatch):
    stop, ended = threading.Event(), []
    monkeypatch.setattr(worker, "give_up", lambda: (ended.append("hangs"), stop.set()))
    thread = threading.Thread(target=stop.wait, name="other")
    thread.start()
    pulse = Pulse()
    pulse.since -= 1000
    worker.watch({thread: pulse}, stop)
    worker.faulthandler.cancel_dump_traceback_later()
    assert ended


def test_all_that_work_needs_is_there_before_the_lanes_are(kinds, monkeypatch):
    order = []
    monkeypatch.setattr(worker, "hear", lambda _stop: None)
    monkeypatch.setattr(worker, "import_string", order.append)
    monkeypatch.setattr(worker, "work", lambda *_: order.append("lane"))
    worker.run()
    assert order == [*(kind.does for kind in KINDS.values()), "lane", "lane"]


def test_being_asked_to_stop_breaks_nothing_off():
    before, stop = signal.getsignal(signal.SIGINT), threading.Event()
    after = signal.getsignal(signal.SIGTERM)
    try:
        hear(stop)
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, after)
    assert stop.is_set()


def test_sign_ins_that_are_over_and_files_left_lying_are_tidied(
    db, client, therapist, tmp_path, monkeypatch
):
    house.sign_in(client, therapist)
    key = client.session.session_key
    now = timezone.now()
    WebSession.objects.create(session_key="over", expire_date=now - timedelta(minutes=1))
    for one in (key, "over"):
        UserSession.objects.create(
            user=therapist.person, session_key=one, ip="127.0.0.1", user_agent="x"
        )
    monkeypatch.setattr("attunement.clinic.exchange.files.gettempdir", lambda: str(tmp_path))
    for name, age in (("attunement-import-old", 7200), ("attunement-import-new", 0)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.csv").write_text("plain")
        os.utime(tmp_path / name, (now.timestamp() - age,) * 2)
    tidy()
    assert [*WebSession.objects.values_list("pk", flat=True)] == [key]
    assert [*UserSession.objects.values_list("session_key", flat=True)] == [key]
    assert [one.name for one in tmp_path.iterdir()] == ["attunement-import-new"]
