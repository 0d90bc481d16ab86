"""What is offered to a client after a check-in, and later on their own page."""

from dataclasses import dataclass

from attunement.clinic.checkins.models import Answer, Audience, CheckIn
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.voice.actions.choosing import asked_already
from attunement.clinic.voice.answers import asks, eight, own_answers
from attunement.clinic.voice.models import Matter, Word
from attunement.clinic.voice.readers import readers
from attunement.clinic.voice.seen import answers_seen, words_seen
from attunement.clinic.voice.states import UNDER_WAY
from attunement.clinic.voice.words import (
    Shown,
    Told,
    choices,
    done,
    names,
    sentence,
    theme_names,
    told,
)
from attunement.clinic.voice.words import said as said_beside
from attunement.guidance.voice import Candour, Choice, candour, offered, signposts, words


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What stands on the page of thanks.

    Attributes
    ----------
    low : list of str
        Names of the low answers; empty where nothing is low, and on a tablet, which may be seen
        by others.
    shared : bool
        Whether the therapist could see one of them until now.
    choices : list of Shown
    sentence : str
        To begin with.
    beside : str
        Thanks for a low answer or for speaking of tension, or a question for one thing that could
        be better.
    chosen : str
        What was chosen, in a sentence; empty where nothing was.
    matter : Matter or None
    ways : bool
        Whether there were three poor sessions or more.
    channel : bool
        Whether someone at the service would read a word.
    """

    low: list[str]
    shared: bool
    choices: list[Shown]
    sentence: str
    beside: str
    chosen: str = ""
    matter: Matter | None = None
    ways: bool = False
    channel: bool = False


def offer(checkin: CheckIn, by: Actor, *, tablet: bool = False) -> Offer | None:
    """Say what to offer after a check-in; None where it does not ask how the session was."""
    if not asks(checkin) or checkin.state != CheckIn.State.ANSWERED:
        return None
    episode, number = checkin.session.episode, checkin.session.number
    seen = answers_seen(by, checkin)
    own = own_answers(episode, seen)
    low = () if tablet else own.low(number)
    items = [one.item for one in low]
    matter = Matter.objects.filter(checkin=checkin, chosen=True).first()
    therapist = episode.therapist_id is not None
    shown = offered(low, therapist=therapist, chosen=matter is not None)
    if not low and matter is None:
        shown = (Choice.TELL, Choice.HELP) if therapist else ()
    given = own.sessions.get(number, {})
    beside = (
        Candour.PLAIN
        if tablet
        else candour(given, eight(), low=any(one.item in eight() for one in low), tension=bool(low))
    )
    mine = Answer.objects.filter(checkin=checkin, item__in=items, audience=Audience.THERAPIST)
    return Offer(
        low=names(low),
        shared=bool(items) and mine.exists(),
        choices=choices(shown),
        sentence=sentence(items),
        beside=said_beside(beside),
        chosen=done(matter.choice) if matter else "",
        matter=matter,
        ways=not tablet and signposts(own.sessions) is not None,
        channel=readers(episode.client).exists(),
    )


@dataclass(frozen=True, kw_only=True)
class Ways:
    """The three ways on, why they are shown, and what was asked for already.

    ``themes`` and ``sessions`` are empty where there is no run of poor sessions: the ways are
    open to everyone at any time.
    """

    ways: list[Told]
    themes: list[str]
    sessions: int
    sentence: str
    channel: bool
    other_way: bool
    request: Word | None


def ways(episode: Episode, by: Actor, checkin: CheckIn | None = None) -> Ways:
    """Tell of the ways on, from what may be shown here."""
    own = own_answers(episode, answers_seen(by, checkin))
    found = signposts(own.sessions)
    themes = found.themes if found else ()
    return Ways(
        ways=[told(one) for one in words().ways],
        themes=theme_names(themes),
        sessions=len(found.sessions) if found else 0,
        sentence=sentence(themes or ("way",)),
        channel=readers(episode.client).exists(),
        other_way=asked_already(episode).exists(),
        request=words_seen(episode.client, by, checkin)
        .filter(kind=Word.Kind.CHANGE, state__in=UNDER_WAY)
        .first(),
    )
