"""Silence: sessions that were missed, and check-ins that were not answered."""

from collections.abc import Iterator

import polars as pl

from attunement.clinic.checkins.models import CheckIn, Rater, Session
from attunement.clinic.noticing.findings import Finding
from attunement.clinic.noticing.models import Alert
from attunement.clinic.noticing.opening import open_alerts
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.report import notices

SESSIONS = "sessions"


def notice_absence(*, episode: Episode, by: Actor) -> list[Alert]:
    """Open alerts for missed sessions and unanswered check-ins, in the caller's transaction.

    Call it after a session's status or a check-in's state has changed.
    """
    held = Episode.objects.select_for_update(of=("self",)).select_related("client__site")
    episode = held.get(pk=episode.pk)
    if episode.ended_on:
        return []
    return open_alerts(episode, [*missed(episode), *unanswered(episode)], by)


def missed(episode: Episode) -> Iterator[Finding]:
    """Find sessions missed since the client last came, twice or more."""
    rows = list(episode.sessions.values_list("number", "status").order_by("number"))
    table = pl.DataFrame(
        [("", number, status) for number, status in rows],
        schema={"client": pl.String, "session": pl.Int64, "status": pl.String},
        orient="row",
    )
    for one in notices.missed(table).iter_rows(named=True):
        came = [n for n, status in rows if status in {Session.Status.ATTENDED, Session.Status.LATE}]
        since = max(came, default=0)
        onset = min(n for n, status in rows if n > since and status == Session.Status.MISSED)
        yield Finding(
            kind=Alert.Kind.MISSED, onset=onset, evidence={SESSIONS: {"count": one["count"]}}
        )


def unanswered(episode: Episode) -> Iterator[Finding]:
    """Find check-ins that ran out without an answer, twice or more since the last answer."""
    over = (CheckIn.State.ANSWERED, CheckIn.State.EXPIRED)
    rows = CheckIn.objects.filter(
        session__episode=episode, rater=Rater.CLIENT, state__in=over
    ).values_list("session__number", "state")
    table = pl.DataFrame(
        [("", number, 1.0 if state == CheckIn.State.ANSWERED else None) for number, state in rows],
        schema={"client": pl.String, "session": pl.Int64, "score": pl.Float64},
        orient="row",
    )
    for one in notices.silent(table).iter_rows(named=True):
        if one["count"] < notices.SILENT_FROM:
            continue
        last = -1 if one["until"] is None else one["until"]
        yield Finding(
            kind=Alert.Kind.UNANSWERED,
            onset=min(number for number, _ in rows if number > last),
            evidence={SESSIONS: {"count": one["count"]}},
        )
