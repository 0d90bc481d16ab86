"""Declare a route together with the permission it needs: there is no other way in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.request import Request

View = Callable[..., HttpResponseBase]


def page(route: str, view: View, name: str, permission: Permission) -> URLPattern:
    """Give a route that only those with the permission reach."""
    return path(route, guarded(view, permission), name=name)


def guarded(view: View, permission: Permission) -> View:
    """Ask for the permission first: sign-in for strangers, a plain no for others."""

    @wraps(view)
    def respond(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.actor.may(permission):
            return view(request, *args, **kwargs)
        if request.actor.person is None:
            return signed_out(request)
        if not request.actor.is_staff and request.actor.client is None:
            return render(request, "people/nowhere.html", status=403)
        raise PermissionDenied

    respond.permission = permission  # type: ignore[attr-defined]
    return respond


def signed_out(request: HttpRequest) -> HttpResponse:
    """Ask to sign in and come back."""
    return redirect_to_login(request.get_full_path())
