"""Speak the client's language, or else their phone's, and show times as on the wall of the site."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header

from attunement.clinic.checkins.selectors.tokens import Found
from attunement.clinic.people.models import Client
from attunement.clinic.people.request import Request


@contextmanager
def spoken(request: Request, link: Found) -> Iterator[None]:
    """Use the client's language (see :func:`language_for`), and the clock of the site."""
    if link.token is None:
        yield
        return
    client = link.checkin.session.episode.client
    language = language_for(request, client)
    before = translation.get_language()
    with timezone.override(ZoneInfo(client.site.time_zone)):
        translation.activate(language)
        try:
            yield
        finally:
            translation.activate(before or "en")


def language_for(request: Request, client: Client) -> str:
    """Give the language chosen in this browser, or that of the record, phone or site."""
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in known:
        return chosen
    if client.language in known:
        return client.language
    return asked_for(request) or (client.site.language if client.site.language in known else "en")


def asked_for(request: Request) -> str:
    """Give the first language that the browser asks for and that is spoken here, if any is."""
    known = dict(settings.LANGUAGES)
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    short = (code.partition("-")[0] for code, _weight in asked)
    return next((one for one in short if one in known), "")
