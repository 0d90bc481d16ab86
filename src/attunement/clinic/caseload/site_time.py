"""Times as they are on the wall of the site."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponseBase
from django.utils import timezone

from attunement.clinic.people.request import Request


def site_time(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Read and show times in the time zone of the site at which the person acts."""

    @wraps(view)
    def respond(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name = request.actor.site.time_zone if request.actor.site else "UTC"
        with timezone.override(ZoneInfo(name)):
            return view(request, *args, **kwargs)

    return respond
