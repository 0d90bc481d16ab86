"""Every route names the permission it needs, and answers each role as that permission says."""

import pytest

from attunement.clinic.people.describe import WORDS, matrix
from attunement.clinic.people.permissions import GRANTS, Permission, Role, grants
from support import house
from support.world import address, routes


def test_every_route_names_its_permission():
    silent = [place for place, view in routes() if not hasattr(view, "permission")]
    assert not silent


def test_every_permission_is_granted_to_someone_and_every_role_is_described():
    assert set().union(*GRANTS.values()) == set(Permission)
    assert set(GRANTS) == set(Role)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_reaches_exactly_the_routes_of_its_permissions(role, client, here):
    if role is Role.CLIENT:
        account = house.person()
        house.episode(house.staff(Role.THERAPIST, here), account=account)
        house.sign_in(client, account)
    elif role is not Role.ANYONE:
        house.sign_in(client, house.staff(role, here))
    client.raise_request_exception = False
    for place, view in routes():
        if "(" in place or place.startswith("account/"):
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(address(place))
            allowed = grants(frozenset({role}), view.permission)
            refused = answer.status_code == 403 or (
                answer.status_code == 302 and answer["Location"].startswith("/account/login")
            )
            assert refused is not allowed, (method, place, role, answer.status_code)


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_may_do_is_said_in_words(role):
    table = matrix()
    granted = {
        line.permission for line in table.lines for one, yes in line.granted if yes and one == role
    }
    assert granted == GRANTS[role]


def test_every_permission_has_words_and_every_route_of_an_account_needs_one():
    assert set(WORDS) == set(Permission)
    for place, view in routes():
        if place.startswith("account/"):
            assert view.permission in {Permission.PUBLIC_READ, Permission.ACCOUNT_OWN}, place


def test_managers_have_no_permission_that_shows_a_client():
    shown = {
        one
        for one in Permission
        if one.value.startswith(("client.", "caseload.", "note.", "alert."))
    }
    assert not GRANTS[Role.MANAGER] & shown
    assert GRANTS[Role.ADMINISTRATOR] & shown == {Permission.CLIENT_ERASE}
