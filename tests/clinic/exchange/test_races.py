"""An import and an answer to one episode at the same time: neither misses the other."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.exchange.actions import taking_in, undoing
from attunement.clinic.exchange.actions.uploads import hand_in
from attunement.clinic.exchange.courses import renew
from attunement.clinic.jobs.worker import work_once
from attunement.clinic.noticing.models import Alert, Rupture, Score
from attunement.clinic.noticing.submit import Given, submit
from attunement.clinic.people.actions.members import hand_over
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client, Episode
from attunement.clinic.people.permissions import Role
from attunement.clinic.privacy import erasure
from attunement.clinic.privacy.correction import correct
from support import house

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

RANKS = {"people_site": 1, "people_episode": 2, "people_client": 3, "audit_chain": 5}
HOLDS = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE')
SCALE = "session-check-in.alliance"
ITEMS = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")
WAIT = 1.5


class Answering(threading.Thread):
    """Somebody who answers while an import is about to be committed."""

    def __init__(self, checkin, client):
        super().__init__(daemon=True)
        self.checkin, self.client, self.trouble = checkin, client, None

    def run(self):
        try:
            found = CheckIn.objects.select_related("session__episode__client__site")
            submit(
                checkin=found.get(pk=self.checkin.pk),
                answers=[Given(instrument="session-check-in", item=one, value=2) for one in ITEMS],
                submission="from a phone",
                by=Actor.holder(self.client),
            )
        except Exception as trouble:
            self.trouble = trouble
        finally:
            connection.close()


def while_about_to_commit(monkeypatch, room, thread):
    """Let somebody answer when everything is stored and noticed; say whether they had to wait."""
    waited, audit = [], room.audit

    def late(*given, **more):
        thread.start()
        thread.join(WAIT)
        waited.append(thread.is_alive())
        return audit(*given, **more)

    monkeypatch.setattr(room, "audit", late)
    return waited


class Erasing(threading.Thread):
    """Somebody who has a record erased meanwhile."""

    def __init__(self, client, by):
        super().__init__(daemon=True)
        self.client, self.by, self.trouble = client, by, None

    def run(self):
        try:
            asked = erasure.plan(client=self.client, reason="old", by=self.by)
            erasure.carry_out(erasure=asked, by=self.by)
        except Exception as trouble:
            self.trouble = trouble
        finally:
            connection.close()


def a_file(episode, by):
    day = timezone.localdate()
    rows = [
        f"{episode.client.code},{n},{SCALE},{8 + (n % 2) * 0.25},{day - timedelta(days=70 - 7 * n)}"
        for n in range(1, 9)
    ]
    content = "\n".join(["client,session,scale,score,date", *rows]).encode()
    return hand_in(name="scores.csv", content=content, table="scores", by=by)


def course(episode):
    scores = Score.objects.filter(episode=episode, scale=SCALE, private=False)
    return [
        list(scores.order_by("number").values_list("number", "value", "signal", "prior_n")),
        list(Rupture.objects.filter(episode=episode).values_list("scale", "onset", "status")),
    ]


def noticed_as_if_anew(episode):
    before = course(episode)
    renew(episode.client.site, [episode.pk], [SCALE])
    return before == course(episode)


def test_an_answer_that_comes_in_during_an_import_is_noticed_beside_what_was_taken_in(
    maya, administrator, monkeypatch
):
    by = house.actor(administrator)
    upload = a_file(maya, by)
    client = Answering(house.checkin(house.session(maya, number=9)), maya.client)
    waited = while_about_to_commit(monkeypatch, taking_in, client)
    taking_in.take_in(upload=upload, by=by)
    client.join(30)
    assert (waited, client.trouble) == ([True], None)
    assert Alert.objects.filter(episode=maya, kind=Alert.Kind.DROP, onset=9).exists()
    assert noticed_as_if_anew(maya)


def test_an_answer_between_two_parts_of_a_large_import_waits_for_neither_and_is_noticed(
    maya, administrator, monkeypatch
):
    monkeypatch.setattr("attunement.clinic.exchange.models.LARGE", 10)
    by = house.actor(administrator)
    upload = a_file(maya, by)
    work_once(kinds={"import.look"})
    upload.refresh_from_db()
    client = Answering(house.checkin(house.session(maya, number=9)), maya.client)
    step, waited = taking_in.notice_part, []

    def between(*given):
        client.start()
        client.join(30)
        waited.append(client.is_alive())
        step(*given)

    monkeypatch.setattr(taking_in, "notice_part", between)
    taking_in.take_in(upload=upload, by=by)
    assert (waited, client.trouble) == ([False], None)
    assert [number for number, *_ in course(maya)[0]] == [*range(1, 10)]
    assert Rupture.objects.filter(episode=maya, scale=SCALE, onset=9).exists()
    assert noticed_as_if_anew(maya)


def test_an_answer_that_comes_in_while_an_import_is_undone_is_noticed_without_it(
    maya, administrator, monkeypatch
):
    by = house.actor(administrator)
    made = taking_in.take_in(upload=a_file(maya, by), by=by)
    client = Answering(house.checkin(house.session(maya, number=9)), maya.client)
    waited = while_about_to_commit(monkeypatch, undoing, client)
    undoing.undo(made=made, by=by)
    client.join(30)
    assert (waited, client.trouble) == ([True], None)
    assert [number for number, *_ in course(maya)[0]] == [9]
    assert noticed_as_if_anew(maya)


def test_an_erasure_and_an_undo_of_the_same_client_do_not_wait_for_each_other(
    administrator, monkeypatch
):
    by, day = house.actor(administrator), timezone.localdate() - timedelta(days=400)
    content = f"client,scale,session,score,date\nold,{SCALE},1,8,{day}\n".encode()
    upload = hand_in(name="scores.csv", content=content, table="scores", by=by)
    made = taking_in.take_in(upload=upload, by=by)
    thread = Erasing(Client.objects.get(code="old"), by)
    refuse = undoing.refuse_worked_on

    def checked(found):
        refuse(found)
        thread.start()
        thread.join(WAIT)

    monkeypatch.setattr(undoing, "refuse_worked_on", checked)
    undoing.undo(made=made, by=by)
    thread.join(30)
    assert not Client.objects.filter(code="old").exists()
    assert not isinstance(thread.trouble, OperationalError)


@pytest.mark.parametrize("what", ["undone", "erased", "corrected", "handed over"])
def test_rows_are_held_in_one_order(maya, therapist, administrator, what):
    by = house.actor(administrator)
    made = taking_in.take_in(upload=a_file(maya, by), by=by)
    checkin = house.checkin(house.session(maya, number=9))
    if what != "undone":
        Answering(checkin, maya.client).run()
    held = []

    def note(execute, sql, params, many, context):
        if found := HOLDS.search(sql):
            held.append(2 if 'OF "people_episode"' in sql else RANKS.get(found[1], 4))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        if what == "undone":
            undoing.undo(made=made, by=by)
        elif what == "erased":
            Episode.objects.update(ended_on=timezone.localdate())
            asked = erasure.plan(client=maya.client, reason="old", by=by)
            held.clear()
            erasure.carry_out(erasure=asked, by=by)
        elif what == "corrected":
            item = ("session-check-in", "heard")
            correct(checkin=checkin, values={item: 5}, reason="slip", by=house.actor(therapist))
        else:
            hand_over(giver=therapist, taker=house.staff(Role.THERAPIST, maya.client.site), by=by)
    assert {2, 5} <= set(held)
    assert list(dict.fromkeys(held)) == sorted(set(held))
