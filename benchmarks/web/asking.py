"""What browsers ask of the clinic, written before it is sent."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from attunement.clinic.checkins.device import COOKIE, give
from attunement.clinic.people.models import Episode, Membership
from web.fill import FORM, ITEMS, Filled
from web.load import request

CSRF = "a" * 32
READING = 20
"""Therapists who read at the same time."""


def submissions(filled: Filled, count: int, host: str) -> list[bytes]:
    """Write submissions by link, each from a browser that has looked at its form before."""
    made = []
    for place, secret in enumerate(filled.due(count)):
        device = secrets.token_urlsafe(16)
        cookies = f"csrftoken={CSRF}; {device_cookie(device)}"
        made.append(request("POST", f"/c/{secret}", host, cookies, form(place, device)))
    return made


def device_cookie(device: str) -> str:
    """Keep a browser's secret as the form's page would have done."""
    return f"{COOKIE}={give(HttpResponse(), device).cookies[COOKIE].value}"


def form(place: int, device: str) -> str:
    """Answer as most people do; one in twenty far lower than before."""
    low = place % 20 == 0
    answers = {f"answer:{FORM}:{item}": (2 if low else 7 + (place + at) % 2)
               for at, item in enumerate(ITEMS)}  # fmt: skip
    return urlencode(
        {"csrfmiddlewaretoken": CSRF, "device": device, **answers,
         f"answer:{FORM}:tension": 6 if low else 0}
    )  # fmt: skip


def inserts(count: int, host: str) -> list[bytes]:
    """Write requests for the bare view."""
    return [request("POST", "/insert", host, "", "value=7.5")] * count


def caseloads(count: int, host: str) -> list[bytes]:
    """Write requests for caseloads, each by the therapist whose it is."""
    path, readers = reverse("caseload"), signed_in()
    return [request("GET", path, host, readers[place % len(readers)][1]) for place in range(count)]


def client_pages(count: int, host: str) -> list[bytes]:
    """Write requests for the pages of clients, each by their therapist."""
    readers = signed_in()
    mine = {one.pk: Episode.objects.filter(therapist=one).order_by("pk") for one, _ in readers}
    made = []
    for place in range(count):
        therapist, cookie = readers[place % len(readers)]
        path = reverse("episode", args=[mine[therapist.pk][place // len(readers)].pk])
        made.append(request("GET", path, host, cookie))
    return made


def look_after(filled: Filled) -> None:
    """Leave the therapists who read with one check-in that waits for each client."""
    those = [one.pk for one, _ in signed_in()]
    filled.of_each(Episode.objects.filter(therapist__in=those).values_list("pk", flat=True))


def signed_in() -> list[tuple[Membership, str]]:
    """Give therapists, and the cookie by which each of them is known."""
    found = Membership.objects.filter(role="therapist").select_related("person")
    therapists = list(found.order_by("pk")[:READING])
    return list(zip(therapists, sessions(therapists), strict=True))


def sessions(therapists: Iterable[Membership]) -> list[str]:
    """Keep a browser's session for each, and give its cookie."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    model = store.get_model_class()
    made = [
        model(
            session_key=secrets.token_hex(16),
            session_data=store.encode(
                {
                    SESSION_KEY: str(one.person.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: one.person.get_session_auth_hash(),
                }
            ),
            expire_date=timezone.now() + timedelta(hours=1),
        )
        for one in therapists
    ]
    model.objects.bulk_create(made)
    return [f"{settings.SESSION_COOKIE_NAME}={one.session_key}" for one in made]
