"""Who works at a site, and how they are set up."""

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Count

from attunement.clinic.people.middleware import FACTORS
from attunement.clinic.people.models import Episode, Membership, Person, Site
from attunement.clinic.people.permissions import Role


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Someone with a role at a site, or who had one."""

    person: Person
    held: tuple[Membership, ...]
    second_factor: bool
    clients: int
    supervisors: tuple[str, ...]

    @property
    def active(self) -> tuple[Membership, ...]:
        """Roles that they hold now."""
        return tuple(one for one in self.held if one.active)

    @property
    def invited(self) -> bool:
        """Whether they have not chosen a password yet."""
        return not self.person.has_usable_password()

    @property
    def on_call(self) -> bool:
        """Whether they are told of safety alerts that nobody took on."""
        return any(one.on_call for one in self.active)


def colleagues(site: Site, person: Person | None = None) -> list[Colleague]:
    """Give everyone with a role at a site, those who left last."""
    held = (
        Membership.objects.filter(site=site, **({"person": person} if person else {}))
        .select_related("person")
        .prefetch_related("supervised_by__supervisor__person")
        .order_by("person__name", "role")
    )
    by_person: dict[Person, list[Membership]] = {}
    for one in held:
        by_person.setdefault(one.person, []).append(one)
    protected = set(
        Authenticator.objects.filter(user__in=by_person, type__in=FACTORS).values_list(
            "user_id", flat=True
        )
    )
    clients = dict(
        Episode.objects.filter(therapist__site=site, ended_on__isnull=True)
        .values_list("therapist")
        .annotate(Count("pk"))
    )
    found = [
        Colleague(
            person=who,
            held=tuple(roles),
            second_factor=who.pk in protected,
            clients=sum(clients.get(one.pk, 0) for one in roles),
            supervisors=supervisors(roles),
        )
        for who, roles in by_person.items()
    ]
    return sorted(found, key=lambda one: not one.active)


def supervisors(roles: Iterable[Membership]) -> tuple[str, ...]:
    """Name who supervises someone."""
    return tuple(
        sorted(one.supervisor.person.name for held in roles for one in held.supervised_by.all())
    )


def members(site: Site, role: Role) -> list[Membership]:
    """Give who holds a role at a site now."""
    return list(
        Membership.objects.filter(site=site, role=role, active=True)
        .select_related("person")
        .order_by("person__name")
    )
