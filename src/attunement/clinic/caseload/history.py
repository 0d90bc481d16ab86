"""Everything about one episode that its therapist may see, read at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format

from attunement.clinic.caseload.notes import notes_for
from attunement.clinic.checkins.models import Answer, Audience, CheckIn, Comment, Note, Session
from attunement.clinic.noticing.models import Alert, AlertStep, Rupture, Score
from attunement.clinic.noticing.selectors import stands_since
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.people.reach import gives_care

Row = dict[str, Any]
CAME = (Session.Status.ATTENDED, Session.Status.LATE)
SCORE = (
    "scale", "rater", "number", "on", "value", "prior_n", "prior_mean", "sigma", "limit_watch",
    "limit_review", "signal", "change", "ewma", "ewma_limit", "cusum", "cusum_alarm",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class History:
    """One episode: sessions with check-ins, scores, ruptures, alerts, answers, words, notes.

    What the client keeps to themselves is not read: scores of all answers (``private``), and
    answers and comments whose audience is not the therapist. It is the reader's ``own`` where they
    are the therapist.
    """

    episode: Episode
    sessions: Sequence[Session]
    scores: Sequence[Row]
    ruptures: Sequence[Mapping[str, Any]]
    alerts: Sequence[Alert]
    answers: Sequence[Row]
    comments: Sequence[Comment]
    notes: Sequence[Note]
    own: bool = False

    @property
    def name(self) -> str:
        """The client's name, or code."""
        return self.episode.client.shown_name

    @cached_property
    def day(self) -> dict[int, str]:
        """The day of each session in few words, in the reader's language."""
        known = {row["number"]: date_format(row["on"], "MONTH_DAY_FORMAT") for row in self.scores}
        return known | {
            one.number: date_format(timezone.localtime(one.starts_at), "MONTH_DAY_FORMAT")
            for one in self.sessions
        }

    @cached_property
    def missed(self) -> list[int]:
        """Sessions to which the client did not come."""
        return [one.number for one in self.sessions if one.status == Session.Status.MISSED]

    @cached_property
    def cancelled(self) -> list[int]:
        """Sessions that were cancelled."""
        return [one.number for one in self.sessions if one.status == Session.Status.CANCELLED]

    @cached_property
    def reach(self) -> tuple[int, int]:
        """The first and last session that charts show; the next planned one among them."""
        planned = [one.number for one in self.coming[:1]]
        past = [one.number for one in self.sessions if one.status != Session.Status.PLANNED]
        numbers = [*past, *planned, *(row["number"] for row in self.scores)] or [1]
        return min(numbers), max(numbers)

    @cached_property
    def coming(self) -> list[Session]:
        """Sessions still to come, the next first."""
        now = timezone.now()
        return sorted(
            (
                one
                for one in self.sessions
                if one.status == Session.Status.PLANNED and one.starts_at >= now
            ),
            key=lambda one: one.starts_at,
        )

    @cached_property
    def past(self) -> list[Session]:
        """Sessions that were, or should have been, the latest first."""
        coming = {one.pk for one in self.coming}
        return sorted(
            (one for one in self.sessions if one.pk not in coming), key=lambda one: -one.number
        )

    @cached_property
    def open_alerts(self) -> list[Alert]:
        """Alerts that someone still has to look after."""
        return [alert for alert in self.alerts if alert.is_open]

    @cached_property
    def closed_alerts(self) -> list[Alert]:
        """Alerts that are closed."""
        return [alert for alert in self.alerts if not alert.is_open]

    def session_at(self, moment: datetime) -> float:
        """Place a moment among the sessions: halfway to the next where it lies between two."""
        before = [one.number for one in self.sessions if one.starts_at <= moment]
        first, last = self.reach
        if not before:
            return float(first)
        return min(max(before) + 0.4, float(last)) if max(before) < last else float(last)


def history(episode: Episode, *, reader: Actor | None = None) -> History:
    """Read one episode in few queries, however long it is; with the notes a reader may see."""
    around = Prefetch("checkins", CheckIn.objects.order_by("moment", "rater"))
    sessions = episode.sessions.prefetch_related(around).order_by("number")
    return History(
        episode=episode,
        own=reader is not None and gives_care(reader, episode),
        sessions=list(sessions),
        scores=list(
            Score.objects.filter(episode=episode, private=False)
            .order_by("scale", "number")
            .values(*SCORE)
        ),
        ruptures=list(
            Rupture.objects.filter(episode=episode)
            .order_by("onset")
            .values("scale", "onset", "level", "depth", "repaired", "sessions_to_repair", "status")
        ),
        alerts=alerts_of(episode),
        answers=list(shared(Answer.objects.filter(checkin__session__episode=episode))),
        comments=list(
            Comment.objects.filter(
                checkin__session__episode=episode, audience=Audience.THERAPIST
            ).select_related("checkin__session")
        ),
        notes=list(
            notes_for(reader, episode.client)
            .select_related("author__person", "session")
            .order_by("-written_at")
        )
        if reader
        else [],
    )


def alerts_of(episode: Episode) -> list[Alert]:
    """Read an episode's alerts that still stand, with their steps, the latest first."""
    steps = Prefetch("steps", AlertStep.objects.select_related("by__person").order_by("at"))
    return list(
        Alert.objects.filter(episode=episode)
        .exclude(evidence__has_key=Alert.TAKEN_BACK)
        .annotate(since=stands_since())
        .select_related("owner__person")
        .prefetch_related(steps)
        .order_by("-opened_at")
    )


def shared(answers: Any) -> Iterable[Row]:
    """Keep the answers that the therapist may see, as rows of the table ``responses``."""
    rows = answers.filter(audience=Audience.THERAPIST).values_list(
        "checkin__session__number", "checkin__rater", "instrument", "item", "value"
    )
    names = ("session", "rater", "instrument", "item", "value")
    return (dict(zip(names, row, strict=True)) for row in rows.order_by("pk"))
