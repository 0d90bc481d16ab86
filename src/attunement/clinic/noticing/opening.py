"""Open alerts, each exactly once."""

from collections.abc import Iterable

from django.utils import timezone

from attunement.clinic.audit.record import audit
from attunement.clinic.jobs.queue import later
from attunement.clinic.noticing.findings import RULES, Evidence, Finding
from attunement.clinic.noticing.models import Alert, AlertStep
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode


def open_alerts(episode: Episode, found: Iterable[Finding], by: Actor) -> list[Alert]:
    """Open what has not been opened yet, in the caller's transaction, with the episode locked.

    Parts of one kind that begin at one session share one open alert. A part that was ever told
    is not told again, whatever became of its alert.

    Returns
    -------
    The alerts that are new, or say more than before.
    """
    found = list(found)
    if not found:
        return []
    there: dict[tuple[str, int], list[Alert]] = {}
    for alert in episode.alerts.filter(onset__in={one.onset for one in found}):
        there.setdefault((alert.kind, alert.onset), []).append(alert)
    changed = []
    for finding in found:
        earlier = there.get((finding.kind, finding.onset), [])
        told = {part for alert in earlier for part in alert.evidence}
        news = {part: said for part, said in finding.evidence.items() if part not in told}
        if not news:
            continue
        current = next((alert for alert in earlier if alert.is_open), None)
        if current:
            say_more(current, news)
        else:
            current = open_one(episode, finding, news)
            there.setdefault((finding.kind, finding.onset), []).append(current)
        changed.append(current)
        audit(
            by, "alert.opened", current, client=episode.client, kind=current.kind, parts=len(news)
        )
    return changed


def open_one(episode: Episode, finding: Finding, evidence: Evidence) -> Alert:
    """Open one alert, owned by the therapist and due when the site says."""
    rule, now = RULES[finding.kind], timezone.now()
    alert = Alert.objects.create(
        episode=episode,
        kind=finding.kind,
        onset=finding.onset,
        scale=next(iter(evidence)),
        level=rule.level,
        owner_id=episode.therapist_id,
        opened_at=now,
        due_at=now + rule.due_within(episode.client.site),
        evidence=evidence,
    )
    AlertStep.objects.create(alert=alert, at=now, before="", after=alert.state)
    tell_owner(alert)
    return alert


def tell_owner(alert: Alert) -> None:
    """Send word of an urgent alert to whoever owns it, once this is committed."""
    if alert.level == Alert.Level.URGENT and alert.owner_id:
        later(
            "mail.alert",
            f"alert:{alert.pk}:{alert.due_at:%Y%m%dT%H%M%S}:{alert.owner_id}",
            alert=str(alert.pk),
            membership=str(alert.owner_id),
        )


def say_more(alert: Alert, evidence: Evidence) -> None:
    """Add to an open alert; someone who has taken it on is asked to look again."""
    before, now = alert.state, timezone.now()
    alert.evidence = {**alert.evidence, **evidence}
    if before in {Alert.State.ACKNOWLEDGED, Alert.State.ACTED}:
        alert.state = Alert.State.OPEN
        alert.due_at = now + RULES[Alert.Kind(alert.kind)].due_within(alert.episode.client.site)
    alert.save(update_fields=["evidence", "state", "due_at"])
    tell_owner(alert)
    AlertStep.objects.create(alert=alert, at=now, before=before, after=alert.state)
