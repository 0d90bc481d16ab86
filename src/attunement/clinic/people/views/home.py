"""Where each person lands after signing in."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.request import Request

FIRST_PAGES = (
    (Permission.CASELOAD_READ, "caseload"),
    (Permission.SUPERVISION_READ, "supervision"),
    (Permission.SERVICE_READ, "service"),
    (Permission.PEOPLE_MANAGE, "people"),
    (Permission.OWN_READ, "own"),
)


def home(request: Request) -> HttpResponse:
    """Send people to the page they came for."""
    for permission, name in FIRST_PAGES:
        if request.actor.may(permission):
            try:
                return redirect(reverse(name))
            except NoReverseMatch:
                continue
    raise PermissionDenied
