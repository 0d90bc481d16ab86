"""What every page knows."""

from typing import Any

from django.conf import settings

from attunement.clinic.people.middleware import MINUTE, lacks_second_factor
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
        "one_step": not settings.SECOND_FACTOR,
        "session_seconds": settings.SESSION_COOKIE_AGE - MINUTE,
        "several_sites": bool(actor and len(actor.sites) > 1),
        "needs_second_factor": bool(actor and actor.is_staff and lacks_second_factor(request)),
    }
