"""Sites and the people who work there, with known passwords."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from attunement.clinic.checkins.models import PlanItem
from attunement.clinic.demo.names import THERAPISTS
from attunement.clinic.demo.prose import CONTACTS
from attunement.clinic.people.models import Membership, Person, Site, Supervision
from attunement.clinic.people.permissions import Role

PASSWORD = "calm harbour 2026"  # noqa: S105
PLACES = (("Harbour practice", "en", "Europe/London"), ("Hillside service", "de", "Europe/Berlin"))
PLAN = (
    ("phq9", "client", "before"),
    ("session-check-in", "client", "after"),
    ("session-check-in-therapist", "therapist", "after"),
)
OTHERS = (
    ("supervisor", "Ines Costa", (Role.SUPERVISOR,), 0, True),
    ("manager", "Tunde Bello", (Role.MANAGER,), 0, False),
    ("administrator", "Kim Park", (Role.ADMINISTRATOR,), 0, False),
    ("supervisor2", "Jürgen Adler", (Role.SUPERVISOR,), 1, True),
    ("manager2", "Marta Ruiz", (Role.MANAGER, Role.ADMINISTRATOR), 1, False),
)


@dataclass(frozen=True)
class Staff:
    """Who works where."""

    sites: tuple[Site, ...]
    therapists: tuple[Membership, ...]
    supervisors: Mapping[Site, Membership]


def address(name: str) -> str:
    """Give the e-mail address under which someone signs in."""
    return f"{name}@demo.example"


def sign_up(login: str, name: str, language: str, password: str) -> Person:
    """Make someone who can sign in; ``password`` is hashed already, since hashing is slow."""
    return Person.objects.create(
        email=address(login), name=name, language=language, password=password
    )


def hire() -> Staff:
    """Make two sites, eight therapists, and who looks after them."""
    password = make_password(PASSWORD)
    sites = tuple(found(*place) for place in PLACES)
    therapists = []
    for place, (name, orientation) in enumerate(THERAPISTS):
        site = sites[place % len(sites)]
        login = "therapist" if place == 0 else f"therapist{place + 1}"
        person = sign_up(login, name, site.language, password)
        therapists.append(
            Membership.objects.create(
                person=person, site=site, role=Role.THERAPIST, orientation=orientation
            )
        )
    supervisors = {}
    for login, name, roles, where, on_call in OTHERS:
        person = sign_up(login, name, sites[where].language, password)
        for role in roles:
            held = Membership.objects.create(
                person=person, site=sites[where], role=role, on_call=on_call
            )
            if role is Role.SUPERVISOR:
                supervisors[sites[where]] = held
    Supervision.objects.bulk_create(
        Supervision(supervisor=supervisors[one.site], therapist=one) for one in therapists
    )
    return Staff(sites, tuple(therapists), supervisors)


def found(name: str, language: str, time_zone: str) -> Site:
    """Make one site with a plan and crisis contacts."""
    site = Site.objects.create(
        name=name,
        language=language,
        time_zone=time_zone,
        crisis_contacts=list(CONTACTS),
        synthetic=True,
    )
    PlanItem.objects.bulk_create(
        PlanItem(site=site, instrument=instrument, rater=rater, moment=moment)
        for instrument, rater, moment in PLAN
    )
    return site
