"""Take what a client sends about their voice: the same for an account, a link and a tablet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.voice.actions import matters, words
from attunement.clinic.voice.actions.choosing import bring_up, choose
from attunement.clinic.voice.models import Matter
from attunement.clinic.voice.seen import own_matters, own_words
from attunement.clinic.voice.states import Action

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A form that a client has sent.

    ``checkin`` is the one that was answered just before; None on their own page.
    """

    fields: QueryDict
    episode: Episode
    by: Actor
    checkin: CheckIn | None = None

    def __getitem__(self, name: str) -> str:
        return str(self.fields.get(name, ""))

    @property
    def id(self) -> UUID:
        """What the form is about."""
        try:
            return UUID(self["id"])
        except ValueError:
            raise Http404 from None

    @property
    def matter(self) -> Matter:
        """The matter that the form is about, where this account may show it."""
        return there(own_matters(self.episode, self.by.person).filter(pk=self.id).first())


def pick(sent: Sent) -> str:
    """Choose what becomes of low answers; the page itself says what that did.

    The sentence to begin with is for bringing it up oneself: told is what they wrote themselves.
    """
    checkin, said = there(sent.checkin), [sent["text"]]
    if sent["choice"] == Matter.Choice.HELP:
        said.insert(0, sent["sentence"])
    text = "\n".join(one.strip() for one in said if one.strip())
    choose(checkin=checkin, choice=sent["choice"], text=text, by=sent.by)
    return ""


def bring(sent: Sent) -> str:
    """Write something down to raise, tell the therapist, or ask for another way of working."""
    bring_up(
        episode=sent.episode,
        choice=sent["choice"],
        text=sent["text"],
        checkin=sent.checkin,
        by=sent.by,
    )
    if sent["choice"] == Matter.Choice.OTHER_WAY:
        return _("Your therapist can see your request.")
    return _("Kept.")


def write(sent: Sent) -> str:
    """Write to the service."""
    words.write(
        client=sent.episode.client,
        kind=sent["kind"],
        text=sent["text"],
        named=sent["unnamed"] != "yes",
        checkin=sent.checkin,
        by=sent.by,
    )
    return _("It is with the service now. Your therapist does not see it.")


def withdraw(sent: Sent) -> str:
    """Take back what was written to the service."""
    mine = own_words(sent.episode.client, sent.by.person)
    words.change(word=there(mine.filter(pk=sent.id).first()), action=Action.WITHDRAW, by=sent.by)
    return _("Taken back. Nobody can read it any more.")


def reword(sent: Sent) -> str:
    """Change the words of a matter."""
    matters.reword(matter=sent.matter, text=sent["text"], by=sent.by)
    return _("Kept.")


def move(sent: Sent) -> str:
    """Say whether a matter was raised and how it went, lay it aside, or open it again."""
    if sent["to"] not in Matter.State.values:
        raise Http404
    outcome = matters.Outcome(
        went=sent["went"],
        helped=sent.fields.getlist("helped"),
        how=sent["how"],
        counts=sent["counts"] == "yes",
    )
    matters.move(matter=sent.matter, to=sent["to"], outcome=outcome, by=sent.by)
    if sent["to"] == Matter.State.DROPPED:
        return _("Laid aside. You can take it up again at any time.")
    return _("Kept.")


BY_LINK: Mapping[str, Callable[[Sent], str]] = {"choose": pick, "bring": bring, "write": write}
"""What can be done right after an answer without an account."""
OWN: Mapping[str, Callable[[Sent], str]] = {
    **BY_LINK,
    "withdraw": withdraw,
    "reword": reword,
    "move": move,
}


def take(sent: Sent) -> str:
    """Do what a form asks for; give what to say about it.

    Raises
    ------
    Refused
        If it cannot be done, in a sentence.
    """
    known = OWN if sent.by.person else BY_LINK
    act = known.get(sent["what"])
    if act is None:
        raise Http404
    return act(sent)


def there(found: T | None) -> T:
    """Answer as if there were nothing where there is nothing."""
    if found is None:
        raise Http404
    return found
