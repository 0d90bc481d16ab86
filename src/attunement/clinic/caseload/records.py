"""One caseload's records, read in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from attunement.clinic.caseload.scales import ALLIANCE, CHECK_IN
from attunement.clinic.checkins.models import Answer, Audience, CheckIn, Rater, Session
from attunement.clinic.noticing.models import Alert, Rupture, Score
from attunement.clinic.noticing.selectors import stands_since
from attunement.clinic.people.models import Episode, Membership

NEWEST_SCORES = 16
NOBODY = UUID(int=0)
CAME = (Session.Status.ATTENDED, Session.Status.LATE)
SCORE = (
    "episode_id", "scale", "rater", "number", "value", "prior_mean", "sigma", "limit_watch",
    "signal",
)  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is known of one episode, beside the person.

    Attributes
    ----------
    scores : dict
        The newest scores that the therapist may see, by scale, in order of sessions.
    ruptures, alerts, sessions, due
        All ruptures; alerts not yet closed, and closed ones; sessions that were missed and
        those since a time that were held or are still to come; check-ins that wait for the client.
    answers : list
        Where an open alert tells of a drop, or the newest check-in gave no score: session, item
        and value of the check-in's answers that the therapist may see.
    own : bool
        Whether the one who reads it is the therapist.
    """

    episode: Episode
    scores: dict[str, list[Row]] = field(default_factory=dict)
    ruptures: list[Row] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    due: list[CheckIn] = field(default_factory=list)
    answers: list[tuple[int, str, float]] = field(default_factory=list)
    own: bool = False

    @property
    def name(self) -> str:
        """The client's name, or code."""
        return self.episode.client.shown_name

    @cached_property
    def open_alerts(self) -> list[Alert]:
        """Alerts that someone still has to look after, and that still stand."""
        return [alert for alert in self.alerts if alert.is_open and not alert.taken_back]

    @cached_property
    def missed(self) -> list[int]:
        """Numbers of missed sessions."""
        missed = Session.Status.MISSED
        return [session.number for session in self.sessions if session.status == missed]

    def coming(self, since: datetime) -> list[Session]:
        """Sessions planned from a time on, the next first."""
        return self.sessions_since(since, (Session.Status.PLANNED,))

    def taking_place(self, since: datetime) -> list[Session]:
        """Sessions from a time on that were held or are planned, the first one first."""
        return self.sessions_since(since, (Session.Status.PLANNED, *CAME))

    def sessions_since(self, since: datetime, status: Sequence[str]) -> list[Session]:
        """Sessions from a time on that have one of these states, in order of time."""
        found = [one for one in self.sessions if one.status in status and one.starts_at >= since]
        return sorted(found, key=lambda session: session.starts_at)


def records(
    episodes: Iterable[Episode],
    since: datetime,
    reader: Membership | None = None,
    *,
    few: bool = False,
) -> list[Record]:
    """Read what is known of each episode: six queries at most, however many there are.

    Parameters
    ----------
    episodes
        With ``client__site`` and ``therapist`` at hand.
    since
        Sessions held or planned from this time on are read, and all that were missed.
    reader
        The therapist for whom it is put into words, if it is one.
    few
        Whether answers that are too few for a score are read: always in one query more.
    """
    found = list(episodes)
    keys = [episode.pk for episode in found]
    scores = scores_of(keys)
    ruptures = grouped(Rupture.objects.filter(episode__in=keys).order_by("onset").values())
    alerts: defaultdict[UUID, list[Alert]] = defaultdict(list)
    known = dict(zip(keys, found, strict=True))
    told = Alert.objects.filter(episode__in=keys).annotate(since=stands_since())
    for alert in told.select_related("owner__person"):
        alert.episode = known[alert.episode_id]
        alerts[alert.episode_id].append(alert)
    sessions: defaultdict[UUID, list[Session]] = defaultdict(list)
    takes_place = Q(status__in=(Session.Status.PLANNED, *CAME), starts_at__gte=since)
    wanted = takes_place | Q(status=Session.Status.MISSED)
    for session in Session.objects.filter(wanted, episode__in=keys).order_by("number"):
        sessions[session.episode_id].append(session)
    due: defaultdict[UUID, list[CheckIn]] = defaultdict(list)
    for checkin in (
        CheckIn.objects.filter(state=CheckIn.State.DUE, session__episode__in=keys)
        .select_related("session")
        .order_by("due_at")
    ):
        due[checkin.session.episode_id].append(checkin)
    told_apart = [
        one
        for one in keys
        if any(is_drop(alert) for alert in alerts[one]) or (few and lacks_score(scores[one]))
    ]
    answers = answers_of(told_apart or [NOBODY] * few)
    return [
        Record(
            episode=episode,
            scores=scores[episode.pk],
            ruptures=ruptures[episode.pk],
            alerts=alerts[episode.pk],
            sessions=sessions[episode.pk],
            due=due[episode.pk],
            answers=answers[episode.pk],
            own=reader is not None and reader.pk == episode.therapist_id,
        )
        for episode in found
    ]


def scores_of(keys: Sequence[UUID]) -> defaultdict[UUID, dict[str, list[Row]]]:
    """Read the first and the newest scores of every course that the therapist may see."""
    course = [F("episode"), F("scale")]
    from_end = Window(RowNumber(), partition_by=course, order_by=F("number").desc())
    from_start = Window(RowNumber(), partition_by=course, order_by=F("number").asc())
    rows = (
        Score.objects.filter(episode__in=keys, private=False)
        .annotate(from_end=from_end, from_start=from_start)
        .filter(Q(from_end__lte=NEWEST_SCORES) | Q(from_start=1))
        .values(*SCORE)
    )
    found: defaultdict[UUID, dict[str, list[Row]]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: row["number"]):
        found[row["episode_id"]].setdefault(row["scale"], []).append(row)
    return found


def is_drop(alert: Alert) -> bool:
    """Tell whether an alert is open and tells of a drop."""
    return alert.is_open and alert.kind == Alert.Kind.DROP


def lacks_score(scores: dict[str, list[Row]]) -> bool:
    """Tell whether too little of the newest check-in can be seen for a score."""
    rows = scores.get(ALLIANCE, [])
    return bool(rows) and rows[-1]["value"] is None


def answers_of(keys: Sequence[UUID]) -> defaultdict[UUID, list[tuple[int, str, float]]]:
    """Read the answers to the check-in that the therapist may see."""
    found: defaultdict[UUID, list[tuple[int, str, float]]] = defaultdict(list)
    rows = Answer.objects.filter(
        checkin__session__episode__in=keys,
        checkin__rater=Rater.CLIENT,
        instrument=CHECK_IN,
        audience=Audience.THERAPIST,
    ).values_list("checkin__session__episode", "checkin__session__number", "item", "value")
    for episode, number, item, value in rows:
        found[episode].append((number, item, value))
    return found


def grouped(rows: Iterable[Any], by: str = "episode_id") -> defaultdict[UUID, list[Row]]:
    """Group rows by the episode they belong to."""
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[by]].append(row)
    return found


def client_scales(record: Record) -> dict[str, list[Row]]:
    """Scores that the client gave."""
    return {
        scale: rows
        for scale, rows in record.scores.items()
        if rows and rows[-1]["rater"] == Rater.CLIENT
    }
