"""Who acts: a person at one site with their roles there, someone unknown, or the program."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from django.core.exceptions import PermissionDenied

from attunement.clinic.people.models import Client, Membership, Person, Site
from attunement.clinic.people.permissions import Permission, Role, grants

WORKER = "worker"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who does something, as seen by permissions and the audit.

    Attributes
    ----------
    name : str
        ``worker``, ``link`` (the holder of a check-in link) or ``person``.
    person : Person or None
    site : Site or None
        Where they act now.
    memberships : tuple of Membership
        Their active roles at that site.
    sites : tuple of Site
        All sites where they have an active role.
    client : Client or None
        The client whose account this is, or whose link it is.
    """

    name: str = "person"
    person: Person | None = None
    site: Site | None = None
    memberships: tuple[Membership, ...] = ()
    sites: tuple[Site, ...] = ()
    client: Client | None = None
    extra_roles: frozenset[Role] = field(default=frozenset({Role.ANYONE}))

    @classmethod
    def unknown(cls) -> Self:
        """Give someone who is not signed in."""
        return cls(name="unknown")

    @classmethod
    def worker(cls, site: Site | None = None) -> Self:
        """Give the program itself, at work without a person."""
        return cls(name=WORKER, site=site)

    @classmethod
    def holder(cls, client: Client) -> Self:
        """Give whoever holds a check-in link of this client."""
        return cls(name="link", site=client.site, client=client)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """All roles in which they act here."""
        own = {Role.CLIENT} if self.person and self.client else set()
        return self.extra_roles | own | {Role(held.role) for held in self.memberships}

    @property
    def is_staff(self) -> bool:
        """Whether they work at the site."""
        return bool(self.memberships)

    def may(self, permission: Permission) -> bool:
        """Say whether a role of theirs allows it; which clients it reaches is another question."""
        return grants(self.roles, permission)

    def held(self, role: Role) -> Membership | None:
        """Give their membership in one role, or None."""
        return next((held for held in self.memberships if held.role == role), None)


def check(by: Actor, permission: Permission) -> None:
    """Raise PermissionDenied unless a role allows it; the program itself may do its work."""
    if by.name != WORKER and not by.may(permission):
        raise PermissionDenied
