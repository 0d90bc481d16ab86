"""Look up a field's value, write numbers as a form sends them, and spell codes."""

from collections.abc import Mapping

from django import template
from django.template import Context

from attunement.clinic.checkins.views.speaking import asked_for

register = template.Library()


@register.filter
def get(said: Mapping[str, str], name: str) -> str:
    """Give what was said in a field; empty where nothing was."""
    return said.get(name, "")


@register.filter
def plain_number(value: float) -> str:
    """Write a number for a form: no grouping, a point, and no needless zeros."""
    return f"{value:g}"


@register.simple_tag(takes_context=True)
def asked_language(context: Context) -> str:
    """Give the language that the phone asks for, if it is spoken here."""
    request = context.get("request")
    return asked_for(request) if request else ""


@register.filter
def spelled(code: str) -> str:
    """Set the letters of a code apart, so that they are spoken one by one and not as a word."""
    return ", ".join(" ".join(group) for group in code.split("-"))
