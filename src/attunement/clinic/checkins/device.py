"""Which browser sent the answers to a link: a secret of its own, in its cookie and in the form.

Everyone who holds a link knows its address, and some know every answer. Neither shows that it was
they who answered; this secret does.
"""

import secrets

from django.conf import settings
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare

from attunement.clinic.people.middleware import LINKS
from attunement.clinic.people.request import Request

COOKIE = FIELD = "device"
BYTES = 16


def device_of(request: Request) -> str:
    """Give this browser's secret, or a new one for it."""
    return known(request) or new_device()


def new_device() -> str:
    """Give a secret that nobody can guess."""
    return secrets.token_urlsafe(BYTES)


def known(request: Request) -> str:
    """Give the secret in this browser's cookie, if it has one."""
    return request.get_signed_cookie(COOKIE, default="", max_age=settings.SESSION_COOKIE_AGE) or ""


def sent_by(request: Request) -> tuple[str, bool]:
    """Give the secret that came with a form, and whether the browser's cookie says the same.

    A browser that refuses cookies sends the form's alone; without either nothing sent again can
    be told from what someone else sends.
    """
    field, kept = request.POST.get(FIELD, ""), known(request)
    return field or new_device(), bool(kept) and constant_time_compare(kept, field)


def sending_of(request: Request) -> str:
    """Say from where something came, by what only this browser knows; or what nobody knows."""
    own = request.POST.get(FIELD) or known(request) or request.session.session_key
    return f"{request.path} {own or new_device()}"


def give(page: HttpResponse, device: str) -> HttpResponse:
    """Let this browser keep its secret, for the addresses of links alone."""
    page.set_signed_cookie(
        COOKIE,
        device,
        path=LINKS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
    return page
