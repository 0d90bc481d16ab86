"""Refuse bodies that are larger than anything that is taken in, before they are read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

LARGEST_BODY = 12_000_000


def body_limit(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 413 to what says of itself that it is too large."""

    def respond(request: HttpRequest) -> HttpResponse:
        said = request.headers.get("Content-Length") or "0"
        if not said.isdecimal() or int(said) > LARGEST_BODY:
            return HttpResponse(render_to_string("413.html"), status=413)
        return get_response(request)

    return respond
