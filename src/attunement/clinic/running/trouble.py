"""Say plainly that something is wrong with the database or the disk, and that nothing was kept.

Whatever was acknowledged before stays; what was being written is undone by its transaction. The
form keeps the answers on the device, so that they can be sent again.
"""

import errno
import sys
from collections.abc import Callable
from typing import Any

import structlog
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

RETRY_SECONDS = 15
FULL_DISK = {errno.ENOSPC, errno.EDQUOT}
log = structlog.get_logger("attunement.trouble")


def trouble(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Turn trouble with the database or the disk, wherever it arose, into a page that says so.

    The outermost middleware: what views and other middleware raise has become a plain 500 here.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 500 and getattr(request, "in_trouble", False):
            return sorry()
        return response

    return respond


@receiver(got_request_exception)
def notice_trouble(request: Any = None, **_more: Any) -> None:
    """Remember of a request that the database or the disk is to blame."""
    error = sys.exc_info()[1]
    if request is not None and error is not None and is_trouble(error):
        request.in_trouble = True
        log.error("the database or the disk is in trouble", error=type(error).__name__)


def is_trouble(error: BaseException) -> bool:
    """Say whether the database or the disk is to blame, rather than this program.

    A full disk, a locked database and a lost connection are operational errors on both databases.
    """
    full = isinstance(error, OSError) and error.errno in FULL_DISK
    return full or isinstance(error, OperationalError | InterfaceError)


def sorry() -> HttpResponse:
    """Give a page that needs neither the database nor the disk."""
    said = _(
        "Something is wrong on our side, and this was not kept. Please try again in a minute; "
        "what you have written is still there if you go back."
    )
    page: str = said
    try:
        page = render_to_string("503.html", {"said": said})
    except TemplateDoesNotExist:
        log.warning("there is no template for trouble")
    response = HttpResponse(page, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    add_never_cache_headers(response)
    return response
