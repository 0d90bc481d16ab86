"""An import and an answer to one episode at the same time: neither misses the other."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.exchange.actions import taking_in, undoing
from attunement.clinic.exchange.actions.uploads import hand_in
from attunement.clinic.exchange.courses import renew
from attunement.clinic.noticing.models import Alert, Rupture, Score
from attunement.clinic.noticing.submit import Given, submit
from attunement.clinic.people.actor import Actor
from support import house

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

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
