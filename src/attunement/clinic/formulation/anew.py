"""When to see a case anew, what to ask then, and what clients at this site said helped."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl
from django.db.models import Q
from django.utils.translation import gettext

from attunement.clinic.caseload.scales import CHECK_IN
from attunement.clinic.checkins.models import Audience
from attunement.clinic.formulation.counting import WAY, Told, said_to_help
from attunement.clinic.formulation.selectors import sheets, written
from attunement.clinic.guidance.found import finder, site_norms
from attunement.clinic.people.models import Episode
from attunement.clinic.voice.answers import Own, eight, own_answers
from attunement.clinic.voice.models import Matter
from attunement.clinic.voice.words import HELPED
from attunement.formulation import lenses, persists, questions
from attunement.formulation.anew import REASON, WITHIN
from attunement.guidance.reasons.small import SCHEMA

FOR_STAFF = Q(audience=Audience.THERAPIST)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question in the language of the page, and from which lens."""

    text: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Anew:
    """Why it is time to see a case anew, and what could be asked.

    Everything is found when it is first looked at: most pages need no more than whether it is due.
    ``own`` holds nothing but what the therapist may see.
    """

    episode: Episode
    own: Own

    @property
    def due(self) -> bool:
        """Whether it is time."""
        return self.asked or self.persists

    @cached_property
    def persists(self) -> bool:
        """Whether the way of working goes on not to fit."""
        return persists(reasons_of(self.episode, self.own))

    @cached_property
    def asked(self) -> bool:
        """Whether the client has asked for another way of working."""
        waiting = Matter.objects.filter(
            episode=self.episode, choice=Matter.Choice.OTHER_WAY, state=Matter.State.OPEN
        )
        return waiting.exists()

    @cached_property
    def questions(self) -> list[Asked]:
        """Two or three questions from another lens about this case."""
        newest = max(self.own.sessions, default=0)
        therapist = self.episode.therapist
        found = questions(
            written(sheets(self.episode)),
            orientation=therapist.orientation if therapist else "",
            low=[one.item for one in self.own.low(newest)],
            session=newest,
        )
        return [
            Asked(
                text=gettext(one.text) % {"words": one.words} if one.words else gettext(one.text),
                title=gettext(lenses()[one.lens].title),
            )
            for one in found
        ]

    @cached_property
    def helped(self) -> Told | None:
        """What clients here with this pattern said helped; None where there are too few."""
        return said_to_help(self.episode.client.site)

    @cached_property
    def named(self) -> list[tuple[str, int]]:
        """What helped, in words, and about how many said so."""
        return (
            [(str(HELPED[one]), count) for one, count in self.helped.named] if self.helped else []
        )


def anew(episode: Episode) -> Anew:
    """Look at one case, with nothing but what its therapist may see."""
    return Anew(episode=episode, own=own_answers(episode, FOR_STAFF))


def reasons_of(episode: Episode, own: Own) -> dict[int, set[str]]:
    """Give what may be behind each of the newest sessions, from the client's answers.

    An answer about the way of working that is low by itself counts as that reason: with too few
    earlier sessions there is nothing to compare with, and it was said all the same.
    """
    newest = sorted(own.sessions)[-WITHIN:]
    rows = [
        (str(until), number, CHECK_IN, item, value, None, None)
        for until in newest
        for number, given in own.sessions.items()
        for item, value in given.items()
        if number <= until and item in eight()
    ]
    if not rows:
        return {}
    find = finder(site_norms(episode))
    known = {
        int(one.client): {reason.id for reason in one.found}
        for one in find(pl.DataFrame(rows, schema=SCHEMA, orient="row"))
        if not one.thin
    }
    for number in newest:
        if WAY in own.sessions[number]:
            said = {REASON} if any(one.item == WAY for one in own.low(number)) else set()
            known[number] = known.get(number, set()) | said
    return known
