"""From the caseload, what could help is one step away where there is a likely reason."""

import re

import pytest
from django.urls import reverse

from attunement.clinic.caseload.history import history
from attunement.clinic.guidance.actions import mark
from attunement.clinic.guidance.helping import helping
from support import house

pytestmark = pytest.mark.django_db


def test_a_row_with_a_likely_reason_leads_to_what_could_help(client, case):
    house.sign_in(client, case.therapist)
    there = reverse("episode", args=[case.episode.pk])
    assert f'href="{there}#help"' in client.get(reverse("caseload")).content.decode()
    assert '<section id="help"' in client.get(there).content.decode()


def test_one_press_in_the_row_notes_what_was_tried_though_nothing_was_planned(client, case):
    house.sign_in(client, case.therapist)
    page = client.get(reverse("caseload")).content.decode()
    offered = re.search(r'name="strategy" value="([\w-]+)"', page)[1]
    first = re.search(
        r'name="strategy" value="([\w-]+)"',
        client.get(reverse("episode", args=[case.episode.pk])).content.decode(),
    )
    assert offered == first[1]
    there = reverse("attempt_mark", args=[case.episode.pk])
    said = {"strategy": offered, "strain": case.last, "to": "tried", "back": "caseload"}
    assert client.post(there, said)["Location"] == reverse("caseload")
    tried = case.episode.attempts.get()
    assert (tried.state, tried.session) == ("tried", case.last)
    assert "Could help:" not in client.get(reverse("caseload")).content.decode()


def offered_to(page):
    found = re.search(r'name="strategy" value="([\w-]+)"', page)
    return found and found[1]


def test_who_was_helped_before_and_is_in_hand_is_offered_what_their_page_suggests(client, case):
    house.sign_in(client, case.therapist)
    record = reverse("episode", args=[case.episode.pk])
    first = offered_to(client.get(record).content.decode())
    for state, name in (("declined", first), ("tried", "say-back-and-check")):
        mark(episode=case.episode, strategy=name, to=state, strain=7, by=case.by)
    assert offered_to(client.get(reverse("caseload")).content.decode()) is None
    case.low()
    client.post(reverse("episode_take_on", args=[case.episode.pk]))
    page = client.get(reverse("caseload")).content.decode()
    assert "In hand" in page
    suggested = helping(history(case.episode, reader=case.by)).suggested[0].strategy.id
    assert offered_to(page) == suggested != first


def test_a_row_without_one_does_not(client, therapist):
    house.episode(therapist)
    house.sign_in(client, therapist)
    assert "#help" not in client.get(reverse("caseload")).content.decode()
