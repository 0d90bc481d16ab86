"""Nobody reaches what is not theirs by naming it, at this site or another, by GET or by POST."""

import pytest
from django.test import Client

from attunement.clinic.people.middleware import acting
from attunement.clinic.people.models import Person
from support import house, world

GIVEN = {
    "change": "roles",
    "roles": ["administrator"],
    "reason": "a reason that is long enough to be taken",
    "text": "some text",
    "code": "C1",
    "name": "Another",
    "email": "another@example.org",
    "state": "resolved",
    "step": "resolve",
    "to": "resolved",
    "status": "missed",
    "purpose": "link",
    "submission": "abc",
    "starts_at": "2030-01-01T10:00",
    "audience": "therapist",
    "session-check-in.heard": "9",
    "ended_on": "2030-01-01",
    "note": "text",
    "yes": "yes",
}
NOBODYS = "strategies/read/<slug:strategy>/"  # a page of the library, the same for all
WITH_OBJECTS = [
    (place, view)
    for place, view in world.routes()
    if "<" in place and "(" not in place and place != NOBODYS
]
OWN = {  # who may reach an object of this name though they are not in the care of the client
    "administrator": {"person", "client", "made", "upload"},
    "manager": {"word"},
}
STRANGERS = (
    "colleague",
    "former therapist",
    "other supervisor",
    "manager",
    "administrator",
    "neighbour",
    "therapist elsewhere",
    "supervisor elsewhere",
    "manager elsewhere",
    "administrator elsewhere",
    "client elsewhere",
)


def names(place):
    """Name the objects of a route."""
    return {part.partition(">")[0].partition(":")[2] for part in place.split("<")[1:]}


@pytest.fixture
def made(here, elsewhere):
    return world.build(here, elsewhere)


def sign_in(person):
    """Sign someone in who has just shown again who they are."""
    browser = house.sign_in(Client(raise_request_exception=False), person)
    browser.post("/account/reauthenticate/", {"password": house.PASSWORD})
    return browser


def test_there_are_routes_with_objects_to_walk():
    assert len(WITH_OBJECTS) > 25
    known = {"episode", "client", "person", "session", "checkin", "note", "alert", "opened"}
    known |= {"matter", "word", "lens", "strategy"} | {"secret", "pk", "made", "upload"}
    assert set().union(*(names(place) for place, _view in WITH_OBJECTS)) <= known


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_is_refused_every_object_and_changes_nothing(who, made):
    browser = sign_in(made.people[who])
    browser.get("/")
    before = world.everything()
    for place, _view in WITH_OBJECTS:
        if names(place) & (OWN.get(who, set()) | {"secret"}):
            continue
        for method in ("get", "post"):
            answer = getattr(browser, method)(world.address(place, made.objects), GIVEN)
            assert answer.status_code in {403, 404, 405, 410}, (
                who,
                method,
                place,
                answer.status_code,
            )
            assert world.NAME not in answer.content.decode(errors="replace")
    assert world.everything() == before


def test_someone_unknown_is_asked_to_sign_in_and_changes_nothing(made):
    browser = Client(raise_request_exception=False)
    before = world.everything()
    for place, view in WITH_OBJECTS:
        for method in ("get", "post"):
            answer = getattr(browser, method)(world.address(place, made.objects), GIVEN)
            if view.permission.value.endswith(("by-token", "public.read")):
                assert answer.status_code in {404, 410, 302, 405}, place
            else:
                assert answer["Location"].startswith("/account/login"), (method, place)
    assert world.everything() == before


@pytest.mark.parametrize("who", ["therapist", "supervisor", "client"])
def test_those_in_the_care_relation_do_reach_what_their_role_allows(who, made):
    browser = sign_in(made.people[who])
    person = made.people[who]
    actor = acting(person if isinstance(person, Person) else person.person)
    reached = 0
    for place, view in WITH_OBJECTS:
        if not actor.may(view.permission) or names(place) & {"secret", "made", "upload"}:
            continue
        answer = browser.get(world.address(place, made.objects))
        mine = not names(place) & {"pk"} or who == "therapist"
        if mine and answer.status_code in {200, 302}:
            reached += 1
        else:
            assert answer.status_code in {404, 405} if not mine else answer.status_code != 403, (
                place
            )
    assert reached > (10 if who != "client" else 0)


def test_a_therapist_who_hands_over_reaches_nothing_any_more(made):
    from attunement.clinic.people.actions.members import hand_over

    browser = house.sign_in(Client(), made.people["therapist"])
    place = f"/clients/{made.objects['episode']}/"
    assert browser.get(place).status_code == 200
    hand_over(
        giver=made.people["therapist"],
        taker=made.people["colleague"],
        by=house.actor(made.people["administrator"]),
    )
    assert browser.get(place).status_code == 404


def test_a_role_taken_away_counts_at_the_next_request(made):
    browser = house.sign_in(Client(), made.people["supervisor"])
    place = f"/clients/{made.objects['episode']}/"
    assert browser.get(place).status_code == 200
    made.people["supervisor"].__class__.objects.filter(pk=made.people["supervisor"].pk).update(
        active=False
    )
    assert browser.get(place).status_code in {403, 404}
