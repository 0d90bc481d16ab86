"""What the client's page about their voice shows."""

from dataclasses import dataclass

from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.voice.answers import own_answers
from attunement.clinic.voice.models import Matter, Word
from attunement.clinic.voice.readers import readers
from attunement.clinic.voice.seen import answers_seen, own_matters, own_words
from attunement.clinic.voice.words import HELPED, item_names
from attunement.guidance.voice import signposts


@dataclass(frozen=True, kw_only=True)
class About:
    """A matter, and what it is about in words."""

    matter: Matter
    names: list[str]
    helped: list[str]


@dataclass(frozen=True, kw_only=True)
class VoicePage:
    """What a client wants to raise, what they raised, and what they wrote to the service."""

    open: list[About]
    closed: list[About]
    words: list[Word]
    ways: bool
    channel: bool
    therapist: str
    helps: list[tuple[str, str]]


def voice_page(episode: Episode, by: Actor) -> VoicePage:
    """Read it, as far as this account may show it."""
    found = [
        about(one)
        for one in own_matters(episode, by.person)
        if one.choice in Matter.TO_RAISE or one.text
    ]
    return VoicePage(
        open=[one for one in found if one.matter.state == Matter.State.OPEN],
        closed=[one for one in found if one.matter.state != Matter.State.OPEN],
        words=list(own_words(episode.client, by.person)),
        ways=poor_run(episode, by),
        channel=readers(episode.client).exists(),
        therapist=episode.therapist.name if episode.therapist else "",
        helps=[(one.value, str(name)) for one, name in HELPED.items()],
    )


def poor_run(episode: Episode, by: Actor) -> bool:
    """Say whether there were three poor sessions or more, as far as this account may show them."""
    return signposts(own_answers(episode, answers_seen(by)).sessions) is not None


def to_raise(episode: Episode, by: Actor) -> list[About]:
    """Give what they want to raise next time, for the head of their own page."""
    waiting = own_matters(episode, by.person).filter(
        state=Matter.State.OPEN, choice__in=Matter.TO_RAISE
    )
    return [about(one) for one in waiting]


def about(matter: Matter) -> About:
    """Put a matter into words."""
    helped = [str(name) for one, name in HELPED.items() if one.value in matter.helped]
    return About(matter=matter, names=item_names(matter.items), helped=helped)
