"""Every route names the permission it needs, and answers each role as that permission says."""

from collections.abc import Iterator

import pytest
from django.urls import URLResolver, get_resolver

import house
from attunement.clinic.people.permissions import GRANTS, Permission, Role, grants

STANDS_IN = {"uuid": "00000000-0000-0000-0000-000000000000", "int": "7", "str": "x", "slug": "x"}


def routes(patterns=None, before="") -> Iterator[tuple[str, object]]:
    """Give every address with its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        place = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, place)
        else:
            yield place, pattern.callback


def address(place):
    """Fill a route with values that belong to nobody."""
    for kind, value in STANDS_IN.items():
        while f"<{kind}:" in place:
            start = place.index(f"<{kind}:")
            place = place[:start] + value + place[place.index(">", start) + 1 :]
    return "/" + place


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
        if "(" in place or "account/" in place:
            continue
        answer = client.get(address(place))
        allowed = grants(frozenset({role}), view.permission)
        refused = answer.status_code == 403 or (
            answer.status_code == 302 and answer["Location"].startswith("/account/login")
        )
        assert refused is not allowed, (place, role, answer.status_code)
