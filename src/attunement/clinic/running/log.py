"""Structured logs: one line of JSON an event, with ids and never with a name or an answer."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

ID_BYTES = 8
KNOWN_ID = re.compile(r"[0-9a-zA-Z-]{8,64}")
log = structlog.get_logger("attunement.request")
Event = MutableMapping[str, Any]


def requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give every request an id, and log what became of it: the route's name, never the path."""

    def respond(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        known = given if KNOWN_ID.fullmatch(given) else secrets.token_hex(ID_BYTES)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=known)
        began = time.perf_counter()
        response = get_response(request)
        response["X-Request-ID"] = known
        log.info(
            "request",
            method=request.method if request.method in METHODS else "other",
            route=route_of(request),
            status=response.status_code,
            ms=round(1000 * (time.perf_counter() - began), 1),
        )
        return response

    return respond


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def route_of(request: HttpRequest) -> str:
    """Name the route: an address may hold a token, a name does not."""
    match = request.resolver_match
    if match is None:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return "unknown"
    return match.view_name or "unnamed"


KEPT = ("_record", "_from_structlog", "timestamp", "level", "logger", "request")


def without_words(_logger: Any, _method: str, event: Event) -> Event:
    """Keep of what others log the logger, the level and the kind of error alone.

    Django and other libraries put paths, values and people's input into their messages.
    """
    record: logging.LogRecord | None = event.get("_record")
    if record is None or event.get("_from_structlog"):
        return event
    kept: dict[str, Any] = {name: event[name] for name in KEPT if name in event}
    kept["event"] = "said by a library"
    if record.exc_info and record.exc_info[0]:
        kept |= where(record.exc_info[1])
    status = getattr(record, "status_code", None)
    if isinstance(status, int):
        kept["status"] = status
    return kept


def where(error: BaseException | None) -> Mapping[str, Any]:
    """Name an error by its kind and the places in our code, without what it says."""
    places, trace = [], error.__traceback__ if error else None
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("attunement."):
            places.append(f"{module}:{trace.tb_lineno}")
        trace = trace.tb_next
    return {"error": type(error).__name__, "at": places[-6:]}


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def explained(_logger: Any, _method: str, event: Event) -> Event:
    """Replace an exception by its kind and place."""
    error = event.pop("exc_info", None)
    if error is True:
        import sys

        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event.update(where(error))
    return event


def configure() -> None:
    """Let our own loggers go the way of all others."""
    structlog.configure(
        processors=[
            *SHARED,
            explained,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def logging_config(level: str) -> dict[str, Any]:
    """Give Django's setting LOGGING."""
    configure()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    without_words,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
                "pass_foreign_args": False,
            }
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["out"], "level": "WARNING"},
        "loggers": {
            "attunement": {"level": level},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
        },
    }
