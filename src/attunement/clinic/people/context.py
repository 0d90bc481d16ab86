"""What every page knows."""

from typing import Any

from django.conf import settings

from attunement.clinic.people.navigation import navigation
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.request import Request


def house(request: Request) -> dict[str, Any]:
    """Give templates the actor, what they may do, and whether nobody here is real."""
    actor = getattr(request, "actor", None)
    allowed = {
        permission.name.lower(): bool(actor and actor.may(permission)) for permission in Permission
    }
    return {
        "actor": actor,
        "may": allowed,
        "navigation": list(navigation(request)) if actor else [],
        "synthetic": settings.SYNTHETIC,
    }
