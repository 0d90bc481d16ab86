"""What pages show of a model and of what it suggests."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil, exp
from typing import Any

from django.utils.functional import Promise

from attunement.clinic.drift.learning import ABOUT_ENOUGH
from attunement.clinic.drift.models import Attempt, Suggestion, Version
from attunement.clinic.drift.words import WEIGHED
from attunement.clinic.people.models import Site
from attunement.clinic.service.cells import STEP, Cell, alone, rounded
from attunement.programme.retention.model import Model, Tested, load
from attunement.programme.retention.validation import LATER


def suggested(episodes: Iterable[Any]) -> Mapping[Any, list[Promise]]:
    """Give what weighed, by episode, for those with whom a check-in may be worth the while."""
    rows = Suggestion.objects.filter(episode__in=list(episodes)).values_list("episode", "weighed")
    return {
        episode: [WEIGHED[name] for name in weighed if name in WEIGHED] for episode, weighed in rows
    }


@dataclass(frozen=True, kw_only=True)
class Weight:
    """One thing that weighs: the odds of leaving next, per standard deviation more of it."""

    words: Promise | str
    odds: float


@dataclass(frozen=True, kw_only=True)
class Card:
    """A model card: the newest version, how it did, and the versions before it."""

    attempt: Attempt | None
    left: Cell
    about_enough: int
    version: Version | None
    model: Model | None
    test: Tested | None
    weights: list[Weight]
    earlier: list[tuple[str, datetime, bool]]

    @property
    def learned(self) -> dict[str, int]:
        """What it was learned from, rounded: it is learned anew every week.

        The latest session is rounded up, so that what is said of it holds.
        """
        if self.model is None:
            return {}
        found = self.model.learned
        return {
            "clients": rounded(found.clients),
            "events": rounded(found.events),
            "rows": rounded(found.rows),
            "most_sessions": STEP * ceil(found.most_sessions / STEP),
        }

    @property
    def tested(self) -> dict[str, int]:
        """On how many it was tested, rounded likewise."""
        if self.test is None:
            return {}
        return {"clients": rounded(self.test.clients), "events": rounded(self.test.events)}

    @property
    def alerts_in_100(self) -> int:
        """After how many of 100 sessions a check-in is suggested."""
        return round(100 * self.model.alert_rate) if self.model else 0

    @property
    def last_in_100(self) -> int | None:
        """After how many of 100 suggestions the client left next, among those who began later."""
        share = self.test.alerts.ppv.share if self.test else None
        return None if share is None else round(100 * share)

    @property
    def found_in_100(self) -> int | None:
        """How many of 100 who left were suggested just before."""
        share = self.test.alerts.sensitivity.share if self.test else None
        return None if share is None else round(100 * share)


def card(site: Site) -> Card:
    """Give the model card of a site."""
    versions = list(Version.objects.filter(site=site)[:13])
    attempt = Attempt.objects.filter(site=site).first()
    newest = versions[0] if versions else None
    model = load(json.dumps(newest.content)) if newest else None
    test = next((one for one in model.tests if one.kind == LATER), None) if model else None
    terms = sorted(model.terms, key=lambda term: -abs(term.weight)) if model else []
    return Card(
        attempt=attempt,
        left=alone(attempt.left if attempt else 0),
        about_enough=ABOUT_ENOUGH,
        version=newest,
        model=model,
        test=test,
        weights=[
            Weight(words=WEIGHED.get(term.name, term.words), odds=exp(term.weight))
            for term in terms
        ],
        earlier=[(one.name, one.learned_at, one.usable) for one in versions[1:]],
    )
