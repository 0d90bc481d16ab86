"""Someone without a role is told so kindly, wherever they go."""

import pytest
from django.urls import reverse

from attunement.clinic.people.permissions import Role
from support import house


@pytest.mark.parametrize("name", ["home", "caseload", "own", "people"])
def test_whoever_has_no_role_is_told_to_ask_for_one(client, db, name):
    house.sign_in(client, house.person())
    answer = client.get(reverse(name))
    assert answer.status_code == 403
    assert "no role at a site yet" in answer.content.decode()


def test_whoever_has_a_role_is_plainly_refused_what_is_not_theirs(client, here):
    house.sign_in(client, house.staff(Role.MANAGER, here))
    answer = client.get(reverse("caseload"))
    assert answer.status_code == 403
    assert "no role at a site yet" not in answer.content.decode()
