"""Names of the stretches of a scale, such as *moderate*, in the language of the page."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

NAMES: Mapping[str, Promise] = {
    "minimal": pgettext_lazy("symptoms", "minimal"),
    "slight": pgettext_lazy("symptoms", "slight"),
    "mild": pgettext_lazy("symptoms", "mild"),
    "low": pgettext_lazy("symptoms", "low"),
    "moderate": pgettext_lazy("symptoms", "moderate"),
    "considerable": pgettext_lazy("symptoms", "considerable"),
    "moderately severe": pgettext_lazy("symptoms", "moderately severe"),
    "high": pgettext_lazy("symptoms", "high"),
    "severe": pgettext_lazy("symptoms", "severe"),
    "very high": pgettext_lazy("symptoms", "very high"),
}


def band_name(name: str) -> str:
    """Give the name of a band; one that somebody added to their library stays as it is."""
    return str(NAMES.get(name, name))
