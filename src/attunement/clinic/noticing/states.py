"""What may become of an alert, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attunement.clinic.audit.voice import WITHDRAWN
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.permissions import Permission

S = Alert.State
WAITING = frozenset({S.OPEN, S.ESCALATED})
OPEN = frozenset(map(S, Alert.OPEN_STATES))
CLOSED = frozenset(map(S, Alert.CLOSED_STATES))
ALL_KINDS = frozenset(Alert.Kind)
SAFETY = frozenset({Alert.Kind.SAFETY})


class Action(StrEnum):
    """What a person, or the program, can do with an alert."""

    ACKNOWLEDGE = "acknowledge"
    ACT = "act"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    PASS_ON = "pass-on"  # noqa: S105
    REOPEN = "reopen"
    ESCALATE = "escalate"


ANYTHING = _("Anything to add?")


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """The way out of an alert for which the answers that staff may see no longer call.

    Attributes
    ----------
    before : frozenset of Alert.State
        From which states it goes entirely, where nobody has done anything about it. In any other
        it stays, and no longer says what it was about.
    kinds : frozenset of Alert.Kind
        Which alerts it exists for.
    done : str
        How the audit calls it: as what a client does with their voice, which their therapist is
        not told of.
    """

    before: frozenset[Alert.State]
    kinds: frozenset[Alert.Kind]
    done: str


WITHDRAW = Withdrawal(before=frozenset({S.OPEN}), kinds=ALL_KINDS - SAFETY, done=WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One way from state to state.

    Attributes
    ----------
    before, after
        From which states, to which.
    name : Promise
        What its button says.
    permission : Permission or None
        Who may; None for the program alone.
    done : str
        How the audit calls it.
    kinds : frozenset of Alert.Kind
        Which alerts it exists for.
    words_for : frozenset of Alert.Kind
        For which of them something must be said.
    asked : Promise
        What is to be said.
    """

    before: frozenset[Alert.State]
    after: Alert.State
    name: Promise
    permission: Permission | None
    done: str
    kinds: frozenset[Alert.Kind] = ALL_KINDS
    words_for: frozenset[Alert.Kind] = frozenset()
    asked: Promise = ANYTHING


HANDLE = Permission.ALERT_HANDLE
CHANGES: Mapping[Action, Change] = {
    Action.ACKNOWLEDGE: Change(
        before=WAITING,
        after=S.ACKNOWLEDGED,
        name=_("I will look after it"),
        permission=HANDLE,
        done="alert.acknowledged",
    ),
    Action.ACT: Change(
        before=WAITING | {S.ACKNOWLEDGED, S.ACTED},
        after=S.ACTED,
        name=_("Say what I did"),
        permission=HANDLE,
        done="alert.acted",
        words_for=ALL_KINDS,
        asked=_("What did you do?"),
    ),
    Action.RESOLVE: Change(
        before=OPEN,
        after=S.RESOLVED,
        name=_("It is settled"),
        permission=HANDLE,
        done="alert.resolved",
        words_for=SAFETY,
        asked=_("What was done?"),
    ),
    Action.DISMISS: Change(
        before=OPEN,
        after=S.DISMISSED,
        name=_("Nothing to do here"),
        permission=HANDLE,
        done="alert.dismissed",
        kinds=ALL_KINDS - SAFETY,
        words_for=ALL_KINDS,
        asked=_("Why is there nothing to do?"),
    ),
    Action.PASS_ON: Change(
        before=OPEN,
        after=S.ESCALATED,
        name=_("Pass it on"),
        permission=HANDLE,
        done="alert.passed-on",
        asked=_("What should they know?"),
    ),
    Action.REOPEN: Change(
        before=CLOSED,
        after=S.OPEN,
        name=_("Open it again"),
        permission=HANDLE,
        done="alert.reopened",
        asked=_("What has changed?"),
    ),
    Action.ESCALATE: Change(
        before=frozenset({S.OPEN, S.ACKNOWLEDGED}),
        after=S.ESCALATED,
        name=_("Goes to the supervisor and the person on call"),
        permission=None,
        done="alert.escalated",
        kinds=SAFETY,
    ),
}
