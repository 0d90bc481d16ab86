"""Look after an alert, until someone says what became of it."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.noticing.findings import RULES
from attunement.clinic.noticing.models import Alert, AlertStep
from attunement.clinic.noticing.opening import tell_owner
from attunement.clinic.noticing.selectors import alert_for, by_glass_alone, may_receive
from attunement.clinic.noticing.states import CHANGES, CLOSED, SAFETY, Action
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Membership
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused

LEAST_BETWEEN = timedelta(minutes=5)


def acknowledge(*, alert: Alert, by: Actor, words: str = "") -> Alert:
    """Take charge. A safety alert then has the site's time again before it goes further."""
    return change(alert=alert, action=Action.ACKNOWLEDGE, by=by, words=words)


def act(*, alert: Alert, by: Actor, words: str) -> Alert:
    """Say what was done, and keep the alert in sight."""
    return change(alert=alert, action=Action.ACT, by=by, words=words)


def resolve(*, alert: Alert, by: Actor, words: str = "") -> Alert:
    """Close it as settled. For a safety alert, say what was done."""
    return change(alert=alert, action=Action.RESOLVE, by=by, words=words)


def dismiss(*, alert: Alert, by: Actor, words: str) -> Alert:
    """Close it without having done anything, with the reason. Not for safety."""
    return change(alert=alert, action=Action.DISMISS, by=by, words=words)


def reopen(*, alert: Alert, by: Actor, words: str = "") -> Alert:
    """Take back that it was closed."""
    return change(alert=alert, action=Action.REOPEN, by=by, words=words)


def pass_on(*, alert: Alert, by: Actor, to: Membership, words: str = "") -> Alert:
    """Hand it to someone who may see this client: their therapist, or a supervisor."""
    return change(alert=alert, action=Action.PASS_ON, by=by, to=to, words=words)


@transaction.atomic
def change(
    *,
    alert: Alert,
    action: Action,
    by: Actor,
    words: str = "",
    to: Membership | None = None,
) -> Alert:
    """Take an alert one step further, if nobody else was quicker.

    Raises
    ------
    Refused
        If the table of changes does not allow it now, words are wanting, or someone else has
        changed it in the meantime; nothing has changed then.
    PermissionDenied, Http404
        If it is not theirs to change.
    """
    step = CHANGES[Action(action)]
    if step.permission is None:
        raise PermissionDenied
    check(by, step.permission)
    alert, words = alert_to_handle(by, alert), words.strip()
    if alert.kind not in step.kinds or alert.state not in step.before:
        raise Refused(_("This cannot be done with the alert as it stands now."))
    if alert.kind in step.words_for and not words:
        raise Refused(str(step.asked))
    if to is not None and not may_receive(alert, to):
        raise Refused(_("Choose someone who may see this client."))
    if (action == Action.PASS_ON) != (to is not None):
        raise Refused(_("Choose to whom it goes."))
    if action == Action.REOPEN and another_is_open(alert):
        raise Refused(_("The same thing has been noticed again: use the alert that is open."))
    me = member(by)
    put(alert, step.after, by=me, words=words, owner=to or owner_after(alert, action, me))
    audit(by, step.done, alert, client=alert.episode.client, before=alert.state, after=step.after)
    changed = alert_for(by, alert.pk)
    if to is not None:
        tell_owner(changed)
    return changed


def alert_to_handle(by: Actor, alert: Alert) -> Alert:
    """Read an alert anew for someone who may look after it: broken glass is for reading."""
    found = alert_for(by, alert.pk)
    if by_glass_alone(found, by):
        raise PermissionDenied
    return found


def put(
    alert: Alert,
    after: str,
    *,
    by: Membership | None,
    words: str = "",
    owner: Membership | None = None,
) -> None:
    """Change the state by compare-and-set, and write the step.

    Raises
    ------
    Refused
        If it has changed since it was read.
    """
    now = timezone.now()
    values: dict[str, Any] = {"state": after, "owner": owner or alert.owner}
    values["closed_at"] = now if after in CLOSED else None
    values["due_at"] = due_after(alert, after, now, by_program=by is None)
    if not Alert.objects.filter(pk=alert.pk, state=alert.state).update(**values):
        raise Refused(_("Someone else was quicker. Look at the alert as it stands now."))
    AlertStep.objects.create(
        alert=alert, at=now, by=by, before=alert.state, after=after, text=words
    )


def due_after(alert: Alert, after: str, now: datetime, *, by_program: bool = True) -> datetime:
    """Say by when someone is to look again.

    A safety alert has the site's time anew with each step (however short, five minutes at least,
    so that nobody is told of it without end), and the longer time of other alerts to be settled
    once someone has acted. Others keep theirs; one that is late has the site's time anew when
    someone takes it on, passes it on or opens it again.
    """
    if after in CLOSED or (after == Alert.State.ACTED and by_program):
        return alert.due_at
    if alert.kind not in SAFETY:
        if after == Alert.State.ACTED or alert.due_at > now:
            return alert.due_at
        return now + RULES[Alert.Kind(alert.kind)].due_within(alert.episode.client.site)
    rule = RULES[Alert.Kind.DROP if after == Alert.State.ACTED else Alert.Kind.SAFETY]
    return now + max(rule.due_within(alert.episode.client.site), LEAST_BETWEEN)


def owner_after(alert: Alert, action: Action, me: Membership | None) -> Membership | None:
    """Whoever takes charge or says what was done owns it; nobody else changes that."""
    return me if action in {Action.ACKNOWLEDGE, Action.ACT, Action.RESOLVE} else alert.owner


def another_is_open(alert: Alert) -> bool:
    """Say whether an open alert stands for the same."""
    same = Alert.objects.filter(episode=alert.episode, kind=alert.kind, onset=alert.onset)
    return same.filter(state__in=Alert.OPEN_STATES).exclude(pk=alert.pk).exists()


def member(by: Actor) -> Membership | None:
    """Give the membership that acts; None for the program."""
    return by.held(Role.THERAPIST) or by.held(Role.SUPERVISOR)
