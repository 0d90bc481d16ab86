"""What is usual of a site's check-ins is learnt from what is shared, and never changes the past."""

import json
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from attunement.clinic.caseload.history import history
from attunement.clinic.checkins.models import Answer
from attunement.clinic.guidance.found import finder, likely
from attunement.clinic.guidance.models import CheckInNorms
from attunement.clinic.guidance.usual import in_force, learn
from attunement.course.baseline import FEWEST_CLIENTS
from attunement.guidance.reasons.library import CHECK_IN, ITEMS
from attunement.guidance.reasons.usual import as_figures, default_usual, from_figures
from support import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(therapist, here):
    """Clients enough, with four check-ins each."""
    chance = np.random.default_rng(4)
    for _ in range(FEWEST_CLIENTS):
        episode = house.episode(therapist)
        for number in range(1, 5):
            checkin = house.checkin(house.session(episode, number))
            Answer.objects.bulk_create(
                Answer(checkin=checkin, instrument=CHECK_IN, item=item, value=int(value))
                for item, value in zip(ITEMS, chance.integers(4, 9, 8), strict=True)
            )
    return here


def test_a_version_is_kept_once_enough_is_known_and_only_where_it_differs(answered, therapist):
    checkin = house.checkin(house.session(house.episode(therapist)))
    first = learn(answered)
    assert (first.version, from_figures(first.figures["usual"]).clients) == (1, FEWEST_CLIENTS)
    assert learn(answered) == first
    kept_back = {"checkin": checkin, "instrument": CHECK_IN, "item": "heard", "value": 0}
    Answer.objects.create(**kept_back, audience="self")
    assert learn(answered) == first
    Answer.objects.filter(item="heard", value__gt=6).update(value=2)
    assert learn(answered).version == 2
    assert CheckInNorms.objects.get(version=1) == first


def test_too_few_clients_are_no_norm(case, here):
    assert learn(here) is None
    assert not CheckInNorms.objects.exists()


def test_a_later_version_changes_nothing_of_what_was_told(case, here):
    before = likely(history(case.episode, reader=case.by))
    wide = {"norms": {}, "usual": as_figures(default_usual(sd=3.0))}
    kept = CheckInNorms.objects.create(site=here, version=1, figures=wide)
    assert likely(history(case.episode, reader=case.by)) == before
    kept.at = timezone.now() - timedelta(days=900)
    kept.save()
    after = likely(history(case.episode, reader=case.by))
    assert after.found[0].strength < before.found[0].strength
    assert json.loads(in_force(here, [kept]))["usual"] == wide["usual"]
    assert finder(in_force(here, [kept])) is not finder(in_force(here, []))
