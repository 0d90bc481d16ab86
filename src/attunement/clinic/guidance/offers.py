"""What to try first with each client of a caseload: few queries, however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl

from attunement.clinic.guidance.caseload import read_of, unsettled_among
from attunement.clinic.guidance.helping import known_at, preferences, school_of, tried
from attunement.clinic.guidance.models import Attempt, Wish
from attunement.clinic.noticing.models import Alert
from attunement.guidance.advice import Tried, advise
from attunement.guidance.reasons.model import Reasons
from attunement.guidance.strategies import Strategy

State = Attempt.State


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A strategy, and the session that it answers."""

    strategy: Strategy
    strain: int


def offers_for(people: Sequence[Any], likely: Mapping[UUID, Reasons]) -> dict[UUID, Offer]:
    """Give what the page of each client suggests first.

    Nothing where something is to be tried already, or was noted for the same session.
    """
    asked = {one.episode.pk: one for one in people if one.episode.pk in likely}
    attempts = attempts_of(asked)
    for key in list(asked):
        if any(
            one.state == State.PLANNED or one.strain == likely[key].session
            for one in attempts.get(key, ())
        ):
            del asked[key]
    if not asked:
        return {}
    wishes = {one.episode_id: one for one in Wish.objects.filter(episode__in=asked)}
    strained = unsettled_among(asked)
    sites = {one.episode.client.site for one in asked.values()}
    known = {site.pk: known_at(site) for site in sites}
    before = tried_before({key: attempts[key] for key in asked if key in attempts})
    offers = {}
    for key, person in asked.items():
        found = advise(
            likely[key],
            preferences=preferences(wishes.get(key)),
            history=before.get(key, ()),
            orientation=school_of(person.episode.therapist),
            site_evidence=known[person.episode.client.site_id],
            rupture=key in strained,
            danger=any(alert.kind == Alert.Kind.SAFETY for alert in person.alerts),
        )
        if found:
            offers[key] = Offer(strategy=found[0].strategy, strain=likely[key].session)
    return offers


def attempts_of(episodes: Iterable[UUID]) -> dict[UUID, list[Attempt]]:
    """Read what stands as noted with each client, the oldest first: one query for any number."""
    found: dict[UUID, list[Attempt]] = {}
    noted = Attempt.objects.filter(episode__in=list(episodes)).exclude(state=State.TAKEN_BACK)
    for one in noted.order_by("at", "pk"):
        found.setdefault(one.episode_id, []).append(one)
    return found


def tried_before(attempts: Mapping[UUID, Sequence[Attempt]]) -> dict[UUID, list[Tried]]:
    """Say what followed each, as the client's page does: three queries, none without a try."""
    if not attempts:
        return {}
    laid_out = read_of(attempts).laid_out().partition_by("client", as_dict=True)
    nothing = next(iter(laid_out.values())).clear() if laid_out else pl.DataFrame()
    return {
        key: [tried(one, laid_out.get((str(key),), nothing)) for one in noted]
        for key, noted in attempts.items()
    }
