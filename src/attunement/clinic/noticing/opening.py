"""Open alerts, each exactly once."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils import timezone

from attunement.clinic.audit.record import audit_all
from attunement.clinic.jobs.queue import later
from attunement.clinic.noticing.findings import RULES, Evidence, Finding, Number
from attunement.clinic.noticing.models import Alert, AlertStep
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.people.reach import in_care
from attunement.clinic.statements import Insert


def open_alerts(
    episode: Episode,
    found: Iterable[Finding],
    by: Actor,
    *,
    fresh: bool = False,
    late: bool = False,
) -> list[Alert]:
    """Open what has not been opened yet, in the caller's transaction, with the episode locked.

    Parts of one kind that begin at one session share one open alert. A part that was ever told
    is told again, in its own alert, only where it says more: a longer silence, or an answer about
    safety that is graver or was given anew.

    Parameters
    ----------
    fresh
        Whether someone has just answered: an answer about safety is then always told.
    late
        Whether someone has answered what was answered before, or a file says so: an answer about
        safety is then told wherever nobody is asked to look at one of this session already.

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
    changed, told_of = [], []
    for finding in found:
        earlier = there.get((finding.kind, finding.onset), [])
        told_anew = fresh or (late and not any(alert.is_open for alert in earlier))
        always = told_anew and finding.kind == Alert.Kind.SAFETY
        told = {part: said for alert in earlier for part, said in alert.evidence.items()}
        news = {
            part: said
            for part, said in finding.evidence.items()
            if part not in told or always or says_more(finding.kind, told[part], said)
        }
        if not news:
            continue
        current = next((alert for alert in earlier if alert.is_open), None) or next(
            (
                alert
                for alert in earlier
                if news.keys() & alert.evidence.keys() or (alert.taken_back and alert.scale in news)
            ),
            None,
        )
        if current:
            say_more(current, news)
        else:
            current = open_one(episode, finding, news)
            there.setdefault((finding.kind, finding.onset), []).append(current)
        changed.append(current)
        told_of.append(("alert.opened", current, {"kind": current.kind, "parts": len(news)}))
    if told_of:
        audit_all(by, told_of, client=episode.client)
    return changed


GROWS = frozenset({Alert.Kind.SAFETY, Alert.Kind.MISSED, Alert.Kind.UNANSWERED})


def says_more(kind: str, told: Mapping[str, Number], said: Mapping[str, Number]) -> bool:
    """Say whether a number is new, or higher than was told."""
    return kind in GROWS and graver(told, said) != dict(told)


def graver(told: Mapping[str, Number], said: Mapping[str, Number]) -> dict[str, Number]:
    """Give the higher of each number."""
    return {
        name: max((one[name] for one in (told, said) if name in one), key=lambda n: float(n or 0))
        for name in {**told, **said}
    }


def open_one(episode: Episode, finding: Finding, evidence: Evidence) -> Alert:
    """Open one alert, owned by the therapist of today and due when the site says."""
    rule, now, today = RULES[finding.kind], timezone.now(), in_care(episode)
    alert = Alert(
        episode=episode,
        kind=finding.kind,
        onset=finding.onset,
        scale=next(iter(evidence)),
        level=rule.level,
        owner_id=today.therapist_id,
        opened_at=now,
        due_at=due(finding.kind, today, now),
        evidence=evidence,
    )
    keep_alerts([alert])
    keep_steps([AlertStep(alert=alert, at=now, before="", after=alert.state)])
    tell_owner(alert)
    return alert


keep_alerts, keep_steps = Insert(Alert), Insert(AlertStep)


def due(kind: str, episode: Episode, now: datetime) -> datetime:
    """Say by when someone is to look: at once, where safety has no therapist to wait for."""
    if kind == Alert.Kind.SAFETY:
        owner = episode.therapist
        if owner is None or not owner.active or not owner.person.is_active:
            return now
    return now + RULES[Alert.Kind(kind)].due_within(episode.client.site)


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
    """Add to an alert; whoever has taken it on, or closed it, is asked to look again."""
    before, now = alert.state, timezone.now()
    told = {part: said for part, said in alert.evidence.items() if part != Alert.TAKEN_BACK}
    alert.evidence = told | {
        part: graver(told[part], said) if part in told else said for part, said in evidence.items()
    }
    if before != Alert.State.OPEN and (
        before != Alert.State.ESCALATED or alert.kind == Alert.Kind.SAFETY
    ):
        alert.state = Alert.State.OPEN
        alert.closed_at = None
        alert.due_at = due(alert.kind, in_care(alert.episode), now)
    if before in Alert.CLOSED_STATES and alert.episode.ended_on is not None:
        alert.owner_id = in_care(alert.episode).therapist_id
    alert.save(update_fields=["evidence", "state", "due_at", "closed_at", "owner"])
    tell_owner(alert)
    keep_steps([AlertStep(alert=alert, at=now, before=before, after=alert.state)])
