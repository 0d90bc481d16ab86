"""Look up a field's value, and write numbers as a form sends them."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def get(said: Mapping[str, str], name: str) -> str:
    """Give what was said in a field; empty where nothing was."""
    return said.get(name, "")


@register.filter
def plain_number(value: float) -> str:
    """Write a number for a form: no grouping, a point, and no needless zeros."""
    return f"{value:g}"
