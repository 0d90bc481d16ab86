"""Bring what is seen anew onto pages of other rooms."""

from django import template
from django.template import Context

from attunement.clinic.formulation.anew import Anew
from attunement.clinic.formulation.anew import anew as look
from attunement.clinic.formulation.shared import anything_shared
from attunement.clinic.people.models import Client, Episode
from attunement.clinic.people.reach import through_glass

register = template.Library()


@register.simple_tag(takes_context=True)
def seen_anew(context: Context, episode: Episode) -> Anew | None:
    """Say whether it is time to see a case anew; nothing to whoever has only broken the glass."""
    return None if through_glass(context["actor"], episode) else look(episode)


@register.simple_tag
def shares_formulation(client: Client) -> bool:
    """Say whether there is something that the client sees."""
    return anything_shared(client)


@register.filter
def title_in(titles: dict[str, str], part: str) -> str:
    """Give the title of a part."""
    return titles.get(part, part)
