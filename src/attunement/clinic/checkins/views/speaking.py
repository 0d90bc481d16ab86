"""Speak the client's language, and show times as on the wall of the site."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

from attunement.clinic.checkins.selectors.tokens import Found
from attunement.clinic.people.request import Request


@contextmanager
def spoken(request: Request, link: Found) -> Iterator[None]:
    """Use the language on the client's record, unless someone chose another in this browser."""
    if link.token is None:
        yield
        return
    client = link.checkin.session.episode.client
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    language = chosen if chosen in known else client.language
    before = translation.get_language()
    with timezone.override(ZoneInfo(client.site.time_zone)):
        translation.activate(language if language in known else before or "en")
        try:
            yield
        finally:
            translation.activate(before or "en")
