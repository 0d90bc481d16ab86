"""Withdraw alerts that the answers which staff may see do not call for any more."""

from collections.abc import Container, Iterable

from attunement.clinic.audit.record import audit
from attunement.clinic.noticing.findings import Evidence, Finding
from attunement.clinic.noticing.models import Alert
from attunement.clinic.noticing.states import WITHDRAW
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode


def withdraw(
    episode: Episode,
    alerts: Iterable[Alert],
    parts: Container[str],
    found: Iterable[Finding],
    by: Actor,
) -> None:
    """Take out of alerts what is not called for now, and whole alerts with nothing left in them.

    An alert that nobody has touched goes as if it had never been: what was answered is its
    giver's. One that somebody has taken on stays, without saying what it was about.

    Parameters
    ----------
    alerts
        Those that come from the answers in question, locked where the database can.
    parts
        What of them does.
    found
        What calls for alerts now.
    """
    still = {
        (one.kind, one.onset, part): one.evidence[part] for one in found for part in one.evidence
    }
    for alert in alerts:
        if alert.kind not in WITHDRAW.kinds or alert.taken_back:
            continue
        left = {
            part: still[Alert.Kind(alert.kind), alert.onset, part] if part in parts else said
            for part, said in alert.evidence.items()
            if part not in parts or (alert.kind, alert.onset, part) in still
        }
        if left == alert.evidence:
            continue
        if left:
            keep(alert, left)
            continue
        audit(by, WITHDRAW.done, alert, client=episode.client)
        if untouched(alert):
            alert.delete()
        else:
            keep(alert, {Alert.TAKEN_BACK: {}})


def keep(alert: Alert, evidence: Evidence) -> None:
    """Keep an alert with what is left of it."""
    alert.evidence = evidence
    alert.save(update_fields=["evidence"])


def untouched(alert: Alert) -> bool:
    """Say whether nobody has done anything about an alert yet."""
    worked_on = alert.steps.filter(by__isnull=False).exists() or alert.attempts.exists()
    return alert.state in WITHDRAW.before and not worked_on
