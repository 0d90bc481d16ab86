"""A wrong answer is put right, what it was is kept, and everything is worked out anew."""

import pytest
from django.http import Http404
from django.urls import reverse

from attunement.clinic.audit.models import Event
from attunement.clinic.checkins.models import Answer
from attunement.clinic.noticing.given import Given
from attunement.clinic.noticing.models import Score
from attunement.clinic.noticing.submit import submit
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.problems import Refused
from attunement.clinic.privacy.correction import correct
from attunement.clinic.privacy.models import Correction
from support import house

FORM = "session-check-in"
ITEMS = ("heard", "understood", "safe", "goals", "way", "depth", "progress", "takeaway")


@pytest.fixture
def answered(maya):
    """A check-in whose answers are all 8, one of them the client's own."""
    from attunement.clinic.noticing.instruments import instruments

    asked = house.checkin(house.session(maya))
    items = [item.id for item in instruments()[FORM].items if item.scales][:8]
    given = [
        Given(instrument=FORM, item=item, value=8, audience="self" if place == 7 else "therapist")
        for place, item in enumerate(items)
    ]
    submit(checkin=asked, answers=given, submission="one", by=Actor.holder(maya.client))
    asked.items = items
    asked.refresh_from_db()
    return asked, items


def alliance(checkin):
    rows = Score.objects.filter(session=checkin.session, private=False, rater="client")
    return rows.filter(scale__startswith=FORM, value__isnull=False).first().value


def test_a_corrected_answer_changes_the_score_and_leaves_a_trace(answered, therapist):
    checkin, items = answered
    before = alliance(checkin)
    changed = correct(
        checkin=checkin,
        values={(FORM, items[0]): 1},
        reason="Tapped the wrong end",
        by=house.actor(therapist),
    )
    assert changed == 1
    assert alliance(checkin) == pytest.approx(before - 1)
    row = Correction.objects.get()
    assert (row.before, row.after, row.reason) == (8, 1, "Tapped the wrong end")
    assert Answer.objects.get(checkin=checkin, item=items[0]).corrected_at
    event = Event.objects.get(action="checkin.corrected")
    assert event.detail == {"answers": 1}


def test_what_the_client_keeps_from_the_therapist_is_not_theirs_to_correct(answered, therapist):
    checkin, items = answered
    values = {(FORM, items[7]): 1}
    assert correct(checkin=checkin, values=values, reason="x", by=house.actor(therapist)) == 0
    assert Answer.objects.get(checkin=checkin, item=items[7]).value == 8


@pytest.mark.parametrize("value", [11, -1, 2.5, float("nan"), float("inf")])
def test_a_value_that_cannot_be_answered_is_refused(answered, therapist, value):
    checkin, items = answered
    with pytest.raises(Refused):
        correct(
            checkin=checkin, values={(FORM, items[0]): value}, reason="x", by=house.actor(therapist)
        )
    assert Answer.objects.get(checkin=checkin, item=items[0]).value == 8


def test_without_a_reason_nothing_is_corrected(answered, therapist):
    checkin, items = answered
    with pytest.raises(Refused):
        correct(
            checkin=checkin, values={(FORM, items[0]): 1}, reason=" ", by=house.actor(therapist)
        )


def test_a_colleague_corrects_nothing(answered, colleague):
    checkin, items = answered
    with pytest.raises(Http404):
        correct(
            checkin=checkin, values={(FORM, items[0]): 1}, reason="x", by=house.actor(colleague)
        )


def test_the_page_shows_only_what_the_therapist_may_see_and_corrects_it(
    client, answered, therapist, maya
):
    checkin, items = answered
    house.sign_in(client, therapist)
    place = reverse("client_correct", args=[maya.pk, checkin.pk])
    text = client.get(place).content.decode()
    assert f'name="{FORM}.{items[0]}"' in text
    assert f'name="{FORM}.{items[7]}"' not in text
    client.post(place, {f"{FORM}.{items[0]}": "2", f"{FORM}.{items[7]}": "2", "reason": "Mistyped"})
    assert "8 became 2," in client.get(place).content.decode()
    assert Answer.objects.get(checkin=checkin, item=items[7]).value == 8


def test_a_check_in_of_someone_else_is_not_corrected_under_this_name(client, answered, therapist):
    checkin, _items = answered
    other = house.episode(therapist)
    house.sign_in(client, therapist)
    assert client.get(reverse("client_correct", args=[other.pk, checkin.pk])).status_code == 404
