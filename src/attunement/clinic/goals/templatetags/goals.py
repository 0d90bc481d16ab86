"""Say on other pages that goals wait for someone."""

from typing import Any

from django import template

from attunement.clinic.goals.reach import side_of
from attunement.clinic.goals.selectors.sheet import waits_for
from attunement.clinic.goals.views.own import newest_episode
from attunement.clinic.people.models import Episode

register = template.Library()


@register.simple_tag(takes_context=True)
def goals_wait(context: dict[str, Any], episode: Episode | None = None) -> bool:
    """Say whether whoever looks is waited for: to look at both lists, or to say yes to words.

    Without an episode it is about the client's own.
    """
    by = context["actor"]
    found = episode or (newest_episode(by.client) if by.client else None)
    if found is None or found.ended_on is not None:
        return False
    side = side_of(by, found)
    return side is not None and waits_for(found, side)
