"""The charts of one episode: the same drawing as in a notebook and a report, on one axis."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attunement.charts import Mark, Track, Words, course_spec, timeline_spec, to_svg
from attunement.clinic.caseload.history import History, Row
from attunement.clinic.caseload.scales import About, about
from attunement.clinic.caseload.words import sentence
from attunement.clinic.checkins.models import Session
from attunement.clinic.conf.numbers import in_language
from attunement.course.strain.told import NOTABLE
from attunement.report.model import Kind
from attunement.report.notices import Tables

MOST_KEPT = 512
BLANK = "what it says"
SPOKEN = gettext_lazy(
    "Sessions attended: %(came)s. Missed or cancelled: %(away)s. Sessions with tension, as "
    "%(name)s told: %(client)s. As the therapist told: %(therapist)s. "
    "Alerts: %(alerts)s. Notes: %(notes)s."
)
SPOKEN_OWN = gettext_lazy(
    "Sessions attended: %(came)s. Missed or cancelled: %(away)s. Sessions with tension, as "
    "%(name)s told: %(client)s. As you told: %(therapist)s. "
    "Alerts: %(alerts)s. Notes: %(notes)s."
)
STATUS_MARKS = {
    Session.Status.ATTENDED: Mark.CAME,
    Session.Status.LATE: Mark.LATE,
    Session.Status.MISSED: Mark.MISSED,
    Session.Status.CANCELLED: Mark.CANCELLED,
    Session.Status.PLANNED: Mark.PLANNED,
}


@dataclass(frozen=True, kw_only=True)
class Size:
    """How wide charts are drawn, and how high those of the relationship and of other scales."""

    width: int
    relationship: int
    others: int


SCREEN = Size(width=372, relationship=156, others=120)
"""As wide as a phone, or as one column of a desktop."""
PAPER = Size(width=700, relationship=205, others=155)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One chart, what it says, and the same for those who listen."""

    scale: str
    title: str
    language: str
    message: str
    better: str
    spoken: str
    drawn: SafeString


def pictures(
    history: History, known: Tables, found: Sequence[Row], size: Size = SCREEN
) -> list[Picture]:
    """Draw every scale of the client's, the relationship first."""
    names = sorted(set(known.signals["scale"].unique()), key=lambda name: (
        not about(name).is_relationship, name))  # fmt: skip
    return [picture(history, known, about(name), found, size) for name in names]


def picture(
    history: History, known: Tables, how: About, found: Sequence[Row], size: Size
) -> Picture:
    """Draw one scale."""
    mine = [row for row in found if row["scale"] == how.scale.name and row["kind"] != Kind.GAP]
    said = [sentence(row, history.name, how) for row in mine]
    aloud = " ".join([f"{how.title}.", *said])
    spec = course_spec(
        known.signals,
        known.ruptures,
        how.scale,
        client="",
        expected=known.expected,
        sessions=history.reach,
        missed=history.missed,
        cancelled=history.cancelled,
        dates=False,
        words=words(relationship=how.is_relationship),
        width=size.width,
        height=size.relationship if how.is_relationship else size.others,
    )
    return Picture(
        scale=how.scale.name,
        title=how.title,
        language=how.language,
        message=said[0] if said else _("There is no score yet."),
        better=_("Higher is better.") if how.scale.sign > 0 else _("Lower is better."),
        spoken=aloud,
        drawn=draw(spec, aloud),
    )


def words(*, relationship: bool) -> Words:
    """Give the words beside the marks, in the reader's language."""
    return Words(
        rupture=_("rupture") if relationship else _("clearly worse"),
        repaired=_("repaired") if relationship else _("back"),
        review=_("review"),
        watch=_("watch"),
        usual=_("usual"),
        expected=_("expected"),
        session=_("session"),
        decimal=in_language("."),
    )


def timeline(history: History, size: Size = SCREEN) -> Picture:
    """Draw what happened when: sessions, tension that was told of, alerts, notes."""
    tracks = [
        Track(_("sessions"), [(one.number, STATUS_MARKS[Session.Status(one.status)])
                              for one in history.sessions if one.number <= history.reach[1]]),
        Track(_("tension"), [(session, mark) for session, _rater, mark in told(history)]),
        Track(_("alerts"), [(alert.onset, alert_mark(alert)) for alert in history.alerts]),
        Track(_("notes"), [
            (note.session.number if note.session else history.session_at(note.written_at),
             Mark.NOTE)
            for note in history.notes
            if note.written_at >= started(history)
        ]),
    ]  # fmt: skip
    first, last = history.reach
    aloud = spoken(history, tracks)
    spec = timeline_spec(
        tracks,
        sessions=history.reach,
        dates={number: history.day.get(number) for number in range(first, last + 1)},
        words=words(relationship=True),
        width=size.width,
    )
    return Picture(
        scale="",
        title=_("What happened when"),
        language="",
        message=legend(),
        better="",
        spoken=aloud,
        drawn=draw(spec, aloud),
    )


def legend() -> str:
    """Name every mark of the timeline; those of sessions stand in the charts too."""
    sessions = _(
        "Sessions: a filled circle is one attended, a triangle that points to the right one begun "
        "late, a hollow circle one missed, a cross one cancelled, a short line one planned."
    )
    others = _(
        "Tension: a filled triangle was not settled, a hollow one was. Alerts: a filled diamond is "
        "open, a filled square is open and about safety, a hollow diamond is closed. A hollow "
        "square is a note."
    )
    return f"{sessions} {others}"


def started(history: History) -> datetime:
    """Give the moment at which the episode began."""
    return timezone.make_aware(datetime.combine(history.episode.started_on, time.min))


def told(history: History) -> list[tuple[float, str, Mark]]:
    """Find the sessions at which someone told of tension, who did, and whether it was settled."""
    said: dict[tuple[int, str], dict[str, float]] = {}
    for row in history.answers:
        if row["item"] in {"tension", "settled"}:
            said.setdefault((row["session"], row["rater"]), {})[row["item"]] = row["value"]
    return [
        (session, rater, Mark.SETTLED if answer.get("settled", 0) >= 5 else Mark.TENSION)
        for (session, rater), answer in sorted(said.items())
        if answer.get("tension", 0) >= NOTABLE
    ]


def alert_mark(alert: Any) -> Mark:
    """Say how an alert looks."""
    if not alert.is_open:
        return Mark.CLOSED
    return Mark.SAFETY if alert.kind == "safety" else Mark.ALERT


def spoken(history: History, tracks: Sequence[Track]) -> str:
    """Say what the timeline shows."""
    came = sum(mark in {Mark.CAME, Mark.LATE} for _at, mark in tracks[0].marks)
    raters = [rater for _session, rater, _mark in told(history)]
    said = SPOKEN_OWN if history.own else SPOKEN
    return str(said) % {
        "came": came,
        "away": len(history.missed) + len(history.cancelled),
        "name": history.name,
        "client": raters.count("client"),
        "therapist": raters.count("therapist"),
        "alerts": len(tracks[2].marks),
        "notes": len(tracks[3].marks),
    }


def draw(spec: dict[str, Any], spoken: str) -> SafeString:
    """Draw a chart, and put its sentence on it."""
    svg = drawing(json.dumps(spec, sort_keys=True))
    said = svg.replace(f'aria-label="{BLANK}"', f'aria-label="{escape(spoken, quote=True)}"', 1)
    return SafeString(said)


@lru_cache(maxsize=MOST_KEPT)
def drawing(written: str) -> str:
    """Draw a chart once by its content.

    Kept by this process alone, so that nothing of anybody is left behind in a shared cache.
    """
    return to_svg(json.loads(written), BLANK)
