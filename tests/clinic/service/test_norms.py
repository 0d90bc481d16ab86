"""What broke by the defaults is followed by the norms that were learnt since."""

import json

from attunement.clinic.audit.models import Event
from attunement.clinic.noticing.models import Rupture, Score
from attunement.clinic.noticing.submit import Given, submit
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.service import norms
from attunement.course.baseline import Norms, dump_norms
from support import house

SCALE = "session-check-in.alliance"
ITEMS = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")


def answer(episode, number, value):
    found = Episode.objects.select_related("client__site").get(pk=episode.pk)
    checkin = house.checkin(house.session(found, number, days_ago=60 - number))
    submit(
        checkin=checkin,
        answers=[Given(instrument="session-check-in", item=one, value=value) for one in ITEMS],
        submission=f"answer {number}",
        by=Actor.holder(found.client),
    )


def test_a_break_that_the_learnt_norms_do_not_know_does_not_stay_open(maya, monkeypatch):
    for number, value in enumerate([8, 8, 8, 8, 8, 6], 1):
        answer(maya, number, value)
    assert Rupture.objects.filter(scale=SCALE, status="open").exists()
    learnt = json.loads(dump_norms({SCALE: Norms(sd=1.0, df=60.0, clients=40)}))
    monkeypatch.setattr(norms, "learned", lambda *_: learnt)
    norms.estimate_all()
    for number in range(7, 13):
        answer(maya, number, 8)
    assert not Rupture.objects.filter(scale=SCALE, status="open").exists()
    kept = Score.objects.filter(scale=SCALE, private=False)
    assert kept.get(number=6).signal == "none"
    assert Event.objects.filter(action="courses.renewed", actor="worker").count() == 1


def test_a_break_that_the_learnt_norms_know_stays_open(maya, monkeypatch):
    for number, value in enumerate([8, 8, 8, 8, 8, 2], 1):
        answer(maya, number, value)
    learnt = json.loads(dump_norms({SCALE: Norms(sd=0.5, df=60.0, clients=40)}))
    monkeypatch.setattr(norms, "learned", lambda *_: learnt)
    norms.estimate_all()
    assert Rupture.objects.get(scale=SCALE).status == "open"
