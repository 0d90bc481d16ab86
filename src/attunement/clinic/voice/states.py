"""What may become of a word to the service, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attunement.clinic.people.permissions import Permission
from attunement.clinic.voice.models import Word

S = Word.State


class Action(StrEnum):
    """What can be done with a word."""

    READ = "read"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One way from state to state.

    Attributes
    ----------
    before, after
        From which states, to which.
    permission : Permission
        Who may.
    name : Promise
        What its button says.
    asked : Promise
        What can be said with it; the client reads that. Nothing where empty.
    needed : bool
        Whether something must be said.
    """

    before: frozenset[S]
    after: S
    permission: Permission
    name: Promise
    asked: Promise | str = ""
    needed: bool = False


CHANGES: Mapping[Action, Change] = {
    Action.READ: Change(
        before=frozenset({S.OPEN}),
        after=S.READ,
        permission=Permission.WORDS_READ,
        name=_("Read"),
    ),
    Action.ANSWER: Change(
        before=frozenset({S.READ, S.ANSWERED}),
        after=S.ANSWERED,
        permission=Permission.WORDS_READ,
        name=_("Send the answer"),
        asked=_("Your answer. The client reads it on their own page."),
        needed=True,
    ),
    Action.CLOSE: Change(
        before=frozenset({S.READ, S.ANSWERED}),
        after=S.CLOSED,
        permission=Permission.WORDS_READ,
        name=_("It is settled"),
        asked=_("What came of it? The client reads this too."),
    ),
    Action.REOPEN: Change(
        before=frozenset({S.CLOSED}),
        after=S.READ,
        permission=Permission.WORDS_READ,
        name=_("Open it again"),
    ),
    Action.WITHDRAW: Change(
        before=frozenset({S.OPEN, S.READ, S.ANSWERED}),
        after=S.WITHDRAWN,
        permission=Permission.OWN_ANSWER,
        name=_("Take it back"),
    ),
}
UNDER_WAY = (S.OPEN, S.READ, S.ANSWERED)
"""In which states a request is still with the service."""
MATTER_MAY_BECOME: Mapping[str, frozenset[str]] = {
    "open": frozenset({"raised", "dropped"}),
    "raised": frozenset({"open"}),
    "dropped": frozenset({"open"}),
}
"""From each state of a matter those that may follow; the way back to open is the undo."""
