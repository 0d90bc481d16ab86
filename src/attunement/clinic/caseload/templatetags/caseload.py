"""Times in few words."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import get_language, npgettext_lazy
from django.utils.translation import gettext as _

from attunement.clinic.noticing.models import Alert

register = template.Library()
MINUTE = 60
SPANS: dict[str, Any] = {
    "year": npgettext_lazy("ago", "%(num)d year", "%(num)d years", "num"),
    "month": npgettext_lazy("ago", "%(num)d month", "%(num)d months", "num"),
    "week": npgettext_lazy("ago", "%(num)d week", "%(num)d weeks", "num"),
    "day": npgettext_lazy("ago", "%(num)d day", "%(num)d days", "num"),
    "hour": npgettext_lazy("ago", "%(num)d hour", "%(num)d hours", "num"),
    "minute": npgettext_lazy("ago", "%(num)d minute", "%(num)d minutes", "num"),
}


@register.filter
def ago(at: datetime) -> str:
    """Say how long ago something was, in one unit."""
    if (timezone.now() - at).total_seconds() < MINUTE:
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(at, time_strings=SPANS, depth=1)}


@register.filter
def folded_after(told: Sequence[Any], most: int) -> tuple[list[Any], list[Any]]:
    """Part rows into those that one screen shows and those folded below: never one of safety."""
    shown = [one for at, one in enumerate(told) if at < most or _about_safety(one)]
    folded = [one for one in told if one not in shown]
    return (shown, folded) if len(folded) > 1 else (list(told), [])


def _about_safety(told: Any) -> bool:
    return bool(told.alert.kind == Alert.Kind.SAFETY)


@register.filter
def moment(at: datetime) -> str:
    """Say when something is, without its year."""
    here = timezone.localtime(at).replace(second=0, microsecond=0, tzinfo=None)
    return written(here, get_language())


@lru_cache(maxsize=4096)
def written(here: datetime, _language: str) -> str:
    """Write a minute in the language of the page."""
    return f"{date_format(here, 'MONTH_DAY_FORMAT')}, {date_format(here, 'TIME_FORMAT')}"


@register.filter
def weekday(at: datetime) -> str:
    """Say when something is, with the day of the week."""
    return f"{date_format(timezone.localtime(at), 'l')}, {moment(at)}"


@register.filter
def state(name: str) -> str:
    """Say the name of an alert's state."""
    return str(Alert.State(name).label)
