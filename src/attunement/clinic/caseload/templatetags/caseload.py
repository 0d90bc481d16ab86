"""Times in few words."""

from datetime import datetime

from django import template
from django.contrib.humanize.templatetags.humanize import NaturalTimeFormatter
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from attunement.clinic.noticing.models import Alert

register = template.Library()
MINUTE = 60


@register.filter
def ago(at: datetime) -> str:
    """Say how long ago something was, in one unit."""
    if (timezone.now() - at).total_seconds() < MINUTE:
        return _("just now")
    spoken = NaturalTimeFormatter.past_substrings
    return _("%(time)s ago") % {"time": timesince(at, time_strings=spoken, depth=1)}


@register.filter
def moment(at: datetime) -> str:
    """Say when something is, without its year."""
    here = timezone.localtime(at)
    return f"{date_format(here, 'MONTH_DAY_FORMAT')}, {date_format(here, 'TIME_FORMAT')}"


@register.filter
def weekday(at: datetime) -> str:
    """Say when something is, with the day of the week."""
    return f"{date_format(timezone.localtime(at), 'l')}, {moment(at)}"


@register.filter
def state(name: str) -> str:
    """Say the name of an alert's state."""
    return str(Alert.State(name).label)
