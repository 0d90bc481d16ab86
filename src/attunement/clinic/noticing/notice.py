"""Notice what a check-in says: scores, signals, ruptures, and the alerts they call for."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.noticing.course import noticed
from attunement.clinic.noticing.given import Given
from attunement.clinic.noticing.instruments import counterpart, watched_scales
from attunement.clinic.noticing.models import Alert, Score
from attunement.clinic.noticing.opening import open_alerts
from attunement.clinic.noticing.scores import (
    course_of,
    renew_later,
    row,
    scored,
    store,
    store_ruptures,
)
from attunement.clinic.noticing.strain import (
    drop_findings,
    gap_findings,
    off_track_findings,
    safety_findings,
    told_findings,
)
from attunement.clinic.noticing.withdrawing import withdraw
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode


@dataclass(frozen=True, kw_only=True)
class Noticing:
    """What came of it: scores, alerts that are new or say more, and whether safety is touched."""

    scores: Sequence[Score]
    alerts: Sequence[Alert]
    safety: bool


def notice(
    checkin: CheckIn, episode: Episode, answers: Sequence[Given], by: Actor, *, again: bool = False
) -> Noticing:
    """Score and notice, in the caller's transaction, with the episode locked.

    Staff see what follows from the answers that the therapist may see; whether an answer meets a
    safety rule is asked of all of them.

    Parameters
    ----------
    again
        Whether it was scored before.
    """
    forms = tuple(sorted(checkin.instruments))
    number, usual = checkin.session.number, episode.client.site.norms
    shared = [one for one in answers if one.shared]
    values = scored(forms, shared)
    watched = [name for form in forms for name in watched_scales(form)]
    others = list(filter(None, map(counterpart, watched)))
    course = course_of(episode, [*watched, *others])
    late = any(at > number for name, at in course if name in values)
    course |= {(name, number): values[name] for name in watched}

    own = [(name, at, value) for (name, at), value in course.items() if name in values]
    found = noticed(watched, own, usual)
    signals = {(one["scale"], one["session"]): one for one in found.signals}

    made = [
        row(checkin, episode, name, value, signals.get((name, number), {}))
        for name, value in values.items()
    ]
    if len(shared) < len(answers):
        for name, value in scored(forms, answers).items():
            made.append(row(checkin, episode, name, value, {}))
            made[-1].private = True
    store(checkin, made, again=again)
    if late:
        renew_later(episode, number, signals)
    store_ruptures(episode, watched, found.ruptures, again=again or late)

    findings = [
        *safety_findings(number, forms, answers),
        *drop_findings(number, found.ruptures, signals),
        *told_findings(episode, number, shared),
        *gap_findings(number, course, usual),
        *off_track_findings(number, course, usual),
    ]
    if again:
        parts = {*watched, *others, checkin.rater}
        withdraw(episode, quoting(episode, number), parts, findings, by)
    return Noticing(
        scores=made,
        alerts=open_alerts(episode, findings, by, fresh=not again),
        safety=any(one.kind is Alert.Kind.SAFETY for one in findings),
    )


def quoting(episode: Episode, number: int) -> QuerySet[Alert]:
    """Lock and give the alerts that may come from the answers of a session."""
    at, since = (Alert.Kind.TOLD, Alert.Kind.GAP), (Alert.Kind.DROP, Alert.Kind.OFF_TRACK)
    return episode.alerts.select_for_update().filter(
        Q(kind__in=at, onset=number) | Q(kind__in=since, onset__gte=number)
    )
