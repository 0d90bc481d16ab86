"""Alerts of a year, in every state, each with the steps that led there."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import cycle

import polars as pl

from attunement.clinic.checkins.models import Session
from attunement.clinic.demo.history import CAME, LENGTH, History, Key
from attunement.clinic.demo.noticed import Noticed
from attunement.clinic.demo.prose import SAFETY_STEPS, STEPS
from attunement.clinic.noticing.absence import SESSIONS
from attunement.clinic.noticing.findings import RULES, Finding
from attunement.clinic.noticing.models import Alert, AlertStep
from attunement.clinic.people.models import Episode, Membership, Site

Found = tuple[str, Finding]
State = Alert.State
PATHS: Mapping[str, tuple[str, ...]] = {
    State.OPEN: (),
    State.ACKNOWLEDGED: (State.ACKNOWLEDGED,),
    State.ACTED: (State.ACKNOWLEDGED, State.ACTED),
    State.ESCALATED: (State.ESCALATED,),
    State.RESOLVED: (State.ACKNOWLEDGED, State.ACTED, State.RESOLVED),
    State.DISMISSED: (State.DISMISSED,),
}
RECENT, LAST_MONTH = timedelta(days=8), timedelta(days=30)
OLD = (State.RESOLVED, State.RESOLVED, State.RESOLVED, State.DISMISSED)
OF_LAST_MONTH = (State.RESOLVED, State.ACTED, State.ACKNOWLEDGED, State.DISMISSED)
OF_THIS_WEEK = (State.OPEN, State.OPEN, State.ACKNOWLEDGED, State.ESCALATED, State.ACTED)
TOLD_IN = {"client": "session-check-in", "therapist": "session-check-in-therapist"}
STEP = timedelta(hours=5)
RUNNING = 2


def raise_alerts(
    noticed: Noticed,
    episodes: Mapping[str, Episode],
    history: History,
    supervisors: Mapping[Site, Membership],
    now: datetime,
) -> int:
    """Store an alert for every finding, and what people did about it; give their number."""
    old, last_month, this_week = cycle(OLD), cycle(OF_LAST_MONTH), cycle(OF_THIS_WEEK)
    alerts: list[Alert] = []
    steps: list[AlertStep] = []
    found = together([*findings(noticed), *absences(history.sessions)])
    for client, finding in sorted(found, key=lambda one: (one[0], one[1].onset, one[1].kind)):
        session = history.sessions[client, finding.onset]
        opened = min(told_at(finding, session, client, history), now)
        age = now - opened
        if age > LAST_MONTH or episodes[client].ended_on:
            state = next(old)
        else:
            state = next(last_month if age > RECENT else this_week)
        alert = opened_alert(episodes[client], finding, opened)
        if finding.kind == Alert.Kind.SAFETY and state == State.DISMISSED:
            state = State.RESOLVED
        supervisor = supervisors[episodes[client].client.site]
        steps += walk(alert, state, supervisor, now)
        alerts.append(alert)
    Alert.objects.bulk_create(alerts, batch_size=500)
    AlertStep.objects.bulk_create(steps, batch_size=500)
    return len(alerts)


def told_at(finding: Finding, session: Session, client: str, history: History) -> datetime:
    """Give when everything was known that an alert rests on: the session over, the forms sent."""
    answered = (
        history.checkins[client, finding.onset, form].answered_at for form in forms_behind(finding)
    )
    return max([session.starts_at + LENGTH, *(at for at in answered if at is not None)])


def forms_behind(finding: Finding) -> set[str]:
    """Give the forms whose answers an alert rests on."""
    if finding.kind == Alert.Kind.MISSED:
        return set()
    if finding.kind == Alert.Kind.GAP:
        return {*TOLD_IN.values()}
    return {TOLD_IN.get(part, part.partition(".")[0]) for part in finding.evidence}


def opened_alert(episode: Episode, finding: Finding, at: datetime) -> Alert:
    """Make an alert as it is when it opens."""
    rule = RULES[finding.kind]
    return Alert(
        episode=episode,
        kind=finding.kind,
        onset=finding.onset,
        scale=next(iter(finding.evidence), ""),
        level=rule.level,
        owner=episode.therapist,
        opened_at=at,
        due_at=at + rule.due_within(episode.client.site),
        evidence=finding.evidence,
    )


def walk(alert: Alert, state: str, supervisor: Membership, now: datetime) -> Iterator[AlertStep]:
    """Take an alert to a state, one step after the other."""
    texts = SAFETY_STEPS if alert.kind == Alert.Kind.SAFETY else STEPS
    therapist, before, at = alert.owner, alert.state, alert.opened_at
    yield AlertStep(alert=alert, at=at, after=before)
    for after in PATHS[state]:
        at = min(at + STEP, now)
        if after == State.ESCALATED:
            alert.owner = supervisor
        yield AlertStep(
            alert=alert,
            at=at,
            by=None if after == State.ESCALATED and alert.kind == Alert.Kind.SAFETY else therapist,
            before=before,
            after=after,
            text=texts[after],
        )
        before = alert.state = after
    if state in Alert.CLOSED_STATES:
        alert.closed_at = at


def together(found: Sequence[Found]) -> list[Found]:
    """Let parts of one kind that begin at one session share an alert."""
    shared: dict[tuple[str, str, int], Finding] = {}
    for client, one in found:
        key = (client, one.kind, one.onset)
        earlier = shared[key].evidence if key in shared else {}
        shared[key] = Finding(kind=one.kind, onset=one.onset, evidence={**earlier, **one.evidence})
    return [(client, finding) for (client, _kind, _onset), finding in shared.items()]


def findings(noticed: Noticed) -> Iterator[Found]:
    """Say what calls for an alert, source by source."""
    yield from drops(noticed.ruptures, noticed.signals)
    for row in noticed.tensions.iter_rows(named=True):
        if row["repaired"] != row["onset"]:
            rater = "therapist" if row["instrument"].endswith("therapist") else "client"
            evidence = {rater: {name: row[name] for name in ("tension", "settled")}}
            yield (
                row["client"],
                Finding(kind=Alert.Kind.TOLD, onset=row["onset"], evidence=evidence),
            )
    numbers = ("gap", "usual_gap", "client_score", "therapist_score", "signal")
    for row in noticed.gaps.iter_rows(named=True):
        if row["signal"] in {"client-lower", "therapist-lower"}:
            evidence = {row["scale"]: {name: row[name] for name in numbers}}
            yield (
                row["client"],
                Finding(kind=Alert.Kind.GAP, onset=row["session"], evidence=evidence),
            )
    for row in noticed.safety.iter_rows(named=True):
        evidence = {row["instrument"]: {row["item"]: row["value"]}}
        yield (
            row["client"],
            Finding(kind=Alert.Kind.SAFETY, onset=row["session"], evidence=evidence),
        )
    began = pl.col("off_track") & ~pl.col("off_track").shift(1).over("client").fill_null(
        value=False
    )
    for row in noticed.off_track.sort("client", "session").filter(began).iter_rows(named=True):
        evidence = {row["scale"]: {name: row[name] for name in ("score", "low", "high")}}
        yield (
            row["client"],
            Finding(kind=Alert.Kind.OFF_TRACK, onset=row["session"], evidence=evidence),
        )


def drops(ruptures: pl.DataFrame, signals: pl.DataFrame) -> Iterator[Found]:
    """Give every rupture on a scale that the client rates, with the score that opened it."""
    opened = ruptures.filter(~pl.col("scale").str.contains("-therapist")).join(
        signals.rename({"session": "onset"}), on=["client", "scale", "onset"]
    )
    for row in opened.iter_rows(named=True):
        said = {
            "score": row["score"],
            "usual": row["prior_mean"],
            "limit": row["limit_review"],
            "depth": row["depth"],
        }
        yield (
            row["client"],
            Finding(kind=Alert.Kind.DROP, onset=row["onset"], evidence={row["scale"]: said}),
        )


def absences(sessions: Mapping[Key, Session]) -> Iterator[Found]:
    """Find runs of sessions to which someone did not come."""
    running: dict[str, int] = {}
    for (client, number), session in sorted(sessions.items(), key=lambda one: one[0]):
        if session.status in CAME:
            running[client] = 0
        elif session.status == Session.Status.MISSED:
            running[client] = running.get(client, 0) + 1
            if running[client] == RUNNING:
                yield (
                    client,
                    Finding(
                        kind=Alert.Kind.MISSED,
                        onset=number,
                        evidence={SESSIONS: {"count": RUNNING}},
                    ),
                )
