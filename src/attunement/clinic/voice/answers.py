"""The client's own answers to the check-in, as far as they may be shown here, and what is low."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from django.db.models import Q

from attunement.clinic.caseload.answers import SCHEMA, compare
from attunement.clinic.caseload.scales import ALLIANCE, CHECK_IN
from attunement.clinic.checkins.models import Answer, CheckIn, Rater
from attunement.clinic.noticing.instruments import instruments
from attunement.clinic.people.models import Episode
from attunement.guidance.voice import Low, low_answers

Sessions = dict[int, dict[str, float]]


@dataclass(frozen=True)
class Own:
    """Answers by session and item, and the site's norms they are compared with."""

    sessions: Sessions
    norms: str

    @cached_property
    def noticed(self) -> Mapping[int, list[dict[str, Any]]]:
        """What was noticed about each answer, by session: from that session and earlier ones."""
        rows = [
            ("", at, CHECK_IN, item, value)
            for at, answers in self.sessions.items()
            for item, value in answers.items()
            if item in eight()
        ]
        if not rows:
            return {}
        found = compare(self.norms)(pl.DataFrame(rows, schema=SCHEMA, orient="row"))
        by_session: dict[int, list[dict[str, Any]]] = {}
        for row in found.iter_rows(named=True):
            by_session.setdefault(row["session"], []).append(row)
        return by_session

    def low(self, number: int) -> tuple[Low, ...]:
        """Find what is low at one session."""
        given = self.sessions.get(number, {})
        return low_answers(self.noticed.get(number, []), given.get("tension"), given.get("settled"))


def eight() -> tuple[str, ...]:
    """Name the items of the working relationship."""
    return tuple(item.id for item in instruments()[CHECK_IN].items_of("alliance"))


def own_answers(episode: Episode, seen: Q) -> Own:
    """Read a client's own answers of one episode.

    Parameters
    ----------
    seen
        Which of them may be shown where they are read: see :mod:`checkins.selectors.kept`.
    """
    rows = Answer.objects.filter(
        seen,
        checkin__session__episode=episode,
        checkin__rater=Rater.CLIENT,
        checkin__state=CheckIn.State.ANSWERED,
        instrument=CHECK_IN,
    ).values_list("checkin__session__number", "item", "value")
    sessions: Sessions = {}
    for number, item, value in rows.order_by("checkin__session__number", "pk"):
        sessions.setdefault(number, {})[item] = value
    norms = episode.client.site.norms.get(ALLIANCE)
    return Own(sessions, json.dumps(norms, sort_keys=True))


def asks(checkin: CheckIn) -> bool:
    """Say whether a check-in asks how the session was."""
    return checkin.rater == Rater.CLIENT and CHECK_IN in checkin.instruments
