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
from attunement.clinic.jobs.models import Job
from attunement.clinic.noticing.actions import resolve
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


def test_late_answers_sent_at_once_ask_a_person_anew_once(maya, therapist):
    by = house.actor(therapist)
    due = house.checkin(house.session(maya), moment="before", instruments=("phq9",))
    to_send = [invite(checkin=due, purpose="link", by=by).secret for _ in range(PHONES)]
    sent = REST | {"answer:phq9:9": "2"}
    Browser().post(reverse("answer", args=[to_send[-1]]), sent)
    resolve(alert=Alert.objects.get(), by=by, words="I rang")
    Job.objects.all().delete()
    statuses, together = [], threading.Barrier(PHONES)

    def phone(secret):
        browser = Browser(raise_request_exception=False)
        together.wait()
        said = sent | {"device": f"of {secret}"}
        address = reverse("answer", args=[secret])
        statuses.extend(browser.post(address, said).status_code for _ in range(2))
        connection.close()

    phones = [threading.Thread(target=phone, args=(one,), daemon=True) for one in to_send]
    for one in phones:
        one.start()
    for one in phones:
        one.join(60)

    assert statuses == [410] * 2 * PHONES
    (alert,) = Alert.objects.filter(kind="safety")
    changes = list(alert.steps.order_by("at").values_list("before", "after"))
    assert changes == [("", "open"), ("open", "resolved"), ("resolved", "open")]
    assert Job.objects.get().kind == "mail.alert"
    assert Event.objects.filter(action="checkin.heeded").count() == PHONES
