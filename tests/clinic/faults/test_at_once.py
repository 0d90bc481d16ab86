"""The same check-ins, sent from many phones at once by link and by QR code: each is taken once."""

import threading
from collections import Counter

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from attunement.clinic.audit.models import Event
from attunement.clinic.audit.verify import verify_all
from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.models import Token
from attunement.clinic.noticing.models import Alert, Score
from support import house

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

COUNT, PHONES = 8, 6
REST = {f"answer:phq9:{item}": "1" for item in range(1, 9)}


def ways(checkin, by):
    """Give what is sent for one check-in: by link, otherwise by QR code, and by link once more."""
    link = invite(checkin=checkin, purpose="link", by=by).secret
    code = invite(checkin=checkin, purpose="qr", by=by).secret
    return [(link, "1"), (code, "2"), (link, "1")]


def test_of_all_that_is_sent_at_once_one_is_taken(maya, therapist):
    by = house.actor(therapist)
    asked = [
        house.checkin(house.session(maya, number=n), moment="before", instruments=("phq9",))
        for n in range(1, COUNT + 1)
    ]
    to_send = [one for due in asked for one in ways(due, by)]
    statuses, together = [], threading.Barrier(PHONES)

    def phone(part):
        browser = Browser(raise_request_exception=False)
        together.wait()
        for secret, worry in part:
            answer = browser.post(reverse("answer", args=[secret]), REST | {"answer:phq9:9": worry})
            statuses.append(answer.status_code)
        connection.close()

    phones = [
        threading.Thread(target=phone, args=(to_send[first::PHONES],), daemon=True)
        for first in range(PHONES)
    ]
    for one in phones:
        one.start()
    for one in phones:
        one.join(60)

    assert len(statuses) == len(to_send)
    assert set(statuses) <= {302, 410}
    assert [one.answers.count() for one in asked] == [9] * COUNT
    assert Counter(Score.objects.values_list("checkin", "scale")).most_common(1)[0][1] == 1
    assert Event.objects.filter(action="checkin.answered").count() == COUNT
    assert sorted(Alert.objects.filter(kind="safety").values_list("onset", flat=True)) == list(
        range(1, COUNT + 1)
    )
    assert {Token.objects.filter(checkin=one, used_at__isnull=False).count() for one in asked} == {
        1
    }
    verify_all()
