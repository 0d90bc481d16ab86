"""From the caseload, what could help is one step away where there is a likely reason."""

import pytest
from django.urls import reverse

from support import house

pytestmark = pytest.mark.django_db


def test_a_row_with_a_likely_reason_leads_to_what_could_help(client, case):
    house.sign_in(client, case.therapist)
    there = reverse("episode", args=[case.episode.pk])
    assert f'href="{there}#help"' in client.get(reverse("caseload")).content.decode()
    assert '<section id="help"' in client.get(there).content.decode()


def test_a_row_without_one_does_not(client, therapist):
    house.episode(therapist)
    house.sign_in(client, therapist)
    assert "#help" not in client.get(reverse("caseload")).content.decode()
