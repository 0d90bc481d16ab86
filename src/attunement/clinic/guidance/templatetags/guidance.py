"""Bring what could help, what was tried and what followed onto pages of other rooms."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import template
from django.template import Context

from attunement.clinic.caseload.history import History, history
from attunement.clinic.checkins.models import Session
from attunement.clinic.checkins.states import DROPPED
from attunement.clinic.guidance.caseload import likely_of
from attunement.clinic.guidance.helping import Done, Helping, helping, planned_of
from attunement.clinic.guidance.models import Attempt
from attunement.clinic.guidance.offers import Offer, offers_for
from attunement.clinic.guidance.reason_words import GENERAL, THIN, Likely, in_short, likely_words
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Episode
from attunement.clinic.people.reach import episodes_of, gives_care
from attunement.guidance.reasons.library import TOGETHER
from attunement.guidance.reasons.model import Reasons

register = template.Library()
NEWEST = 8


@register.simple_tag
def helping_with(known: History) -> Helping:
    """Give what could help a client whose page is shown."""
    return helping(known)


@register.simple_tag(takes_context=True)
def helping_about(context: Context, alert: Alert) -> Helping | None:
    """Give what could help the client of an alert; None for those who may not see their record."""
    actor = context["request"].actor
    if not episodes_of(actor).filter(pk=alert.episode_id).exists():
        return None
    return helping(history(alert.episode, reader=actor))


@register.simple_tag
def done_about(found: Helping, alert: Alert) -> list[Done]:
    """Give what was tried about an alert, and what followed."""
    return [one for one in found.about(alert) if one.attempt.state == Attempt.State.TRIED]


@register.simple_tag(takes_context=True)
def may_mark(context: Context, episode: Episode) -> bool:
    """Say whether whoever looks may say what they tried: the therapist, while care goes on."""
    return gives_care(context["request"].actor, episode) and episode.ended_on is None


@register.simple_tag
def planned_for(people: Sequence[Any]) -> Mapping[object, list[Done]]:
    """Give what is to be tried with each client of a caseload: one query for all."""
    return planned_of([person.episode for person in people])


@register.simple_tag
def likely_in_words(found: Reasons | None) -> list[Likely]:
    """Put what may be behind a session into words, the likeliest first."""
    return [likely_words(one) for one in found.found] if found else []


@register.simple_tag
def weaker_in_words(found: Reasons) -> list[Likely]:
    """Put what would fit best if something was off into words, without what is told anyway."""
    return [likely_words(one) for one in found.weaker if not (found.general and one.id == TOGETHER)]


@register.simple_tag
def thin_in_words(found: Reasons) -> str:
    """Say why little can be said of a session."""
    return str(THIN[found.thin]) if found.thin else ""


@register.simple_tag
def general_in_words(found: Reasons) -> str:
    """Say that all answers fell together."""
    return str(GENERAL) if found.general else ""


@register.simple_tag
def likely_for(people: Sequence[Any]) -> Mapping[UUID, Reasons]:
    """Find what may be behind the newest session of each client of a list: few queries for all."""
    return likely_of([person.episode for person in people])


@register.filter
def likely_of_episode(likely: Mapping[UUID, Reasons], episode: Episode) -> str:
    """Put one client's into a sentence; empty where nothing stands out."""
    found = likely.get(episode.pk) if likely else None
    return in_short(found) if found else ""


@register.simple_tag
def first_tries(people: Sequence[Any], likely: Mapping[UUID, Reasons]) -> Mapping[UUID, Offer]:
    """Give what to try first with each client of a list, where nothing was tried yet."""
    return offers_for(people, likely)


@register.filter
def of_episode(found: Mapping[object, Any], episode: Episode) -> Any:
    """Pick one client's; nothing where there is none."""
    return found.get(episode.pk, [])


@register.filter
def held(known: History, stored: int | None = None) -> list[Session]:
    """Give the newest sessions in which something can have been tried, and the one it stands in."""
    could = [one for one in known.past if one.status not in DROPPED]
    newest = could[:NEWEST]
    return newest + [one for one in known.sessions if one.number == stored and one not in newest]
