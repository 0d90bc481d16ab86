"""Times in few words."""

from datetime import datetime

from django import template
from django.utils import timezone
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
    return _("%(time)s ago") % {"time": timesince(at, depth=1)}


@register.filter
def state(name: str) -> str:
    """Say the name of an alert's state."""
    return str(Alert.State(name).label)
