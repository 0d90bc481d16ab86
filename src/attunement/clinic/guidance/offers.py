"""What to try first with each client of a caseload: four queries, however many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from attunement.clinic.guidance.caseload import unsettled_among
from attunement.clinic.guidance.helping import known_at, preferences, school_of
from attunement.clinic.guidance.models import Attempt, Wish
from attunement.clinic.noticing.models import Alert
from attunement.guidance.advice import advise
from attunement.guidance.reasons.model import Reasons
from attunement.guidance.strategies import Strategy


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A strategy, and the session that it answers."""

    strategy: Strategy
    strain: int


def offers_for(people: Sequence[Any], likely: Mapping[UUID, Reasons]) -> dict[UUID, Offer]:
    """Give what the page of each client suggests first, where nothing was noted as tried yet."""
    asked = {one.episode.pk: one for one in people if one.episode.pk in likely}
    tried = Attempt.objects.filter(episode__in=asked).exclude(state=Attempt.State.TAKEN_BACK)
    for key in tried.values_list("episode_id", flat=True):
        asked.pop(key, None)
    if not asked:
        return {}
    wishes = {one.episode_id: one for one in Wish.objects.filter(episode__in=asked)}
    strained = unsettled_among(asked)
    sites = {one.episode.client.site for one in asked.values()}
    known = {site.pk: known_at(site) for site in sites}
    offers = {}
    for key, person in asked.items():
        found = advise(
            likely[key],
            preferences=preferences(wishes.get(key)),
            orientation=school_of(person.episode.therapist),
            site_evidence=known[person.episode.client.site_id],
            rupture=key in strained,
            danger=any(alert.kind == Alert.Kind.SAFETY for alert in person.alerts),
        )
        if found:
            offers[key] = Offer(strategy=found[0].strategy, strain=likely[key].session)
    return offers
