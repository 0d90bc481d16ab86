"""A year of sessions, with what was asked around them and what was answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from attunement.clinic.checkins.models import Answer, CheckIn, Comment, Note, Session
from attunement.clinic.checkins.planning import STAYS_OPEN_AFTER_START, window
from attunement.clinic.demo.prose import COMMENTS, NOTES
from attunement.clinic.demo.staff import PLAN
from attunement.clinic.demo.story import Story
from attunement.clinic.people.models import Episode

OPENS, SLOTS = 8, 10
LENGTH = timedelta(minutes=50)
EVENING = timedelta(hours=20)
CAME = {Session.Status.ATTENDED, Session.Status.LATE}
COMMENTED, NOTED = 0.06, 0.08

Key = tuple[str, int]
Form = tuple[str, int, str]


@dataclass(frozen=True)
class History:
    """Sessions by client and number; check-ins by client, number and instrument."""

    sessions: Mapping[Key, Session]
    checkins: Mapping[Form, CheckIn]


def live(story: Story, episodes: Mapping[str, Episode], now: datetime, chance: Random) -> History:
    """Store sessions, check-ins, answers, comments and notes."""
    sessions = meet(story.attendance, episodes, now)
    Session.objects.bulk_create(sessions.values(), batch_size=1000)
    answers = by_form(story.responses)
    checkins = dict(ask(sessions, answers, now, chance))
    CheckIn.objects.bulk_create(checkins.values(), batch_size=1000)
    Answer.objects.bulk_create(
        (
            Answer(
                checkin=checkins[form],
                instrument=form[2],
                item=row["item"],
                value=row["value"],
                audience=row["audience"],
            )
            for form, rows in answers.items()
            for row in rows
        ),
        batch_size=2000,
    )
    write(sessions, checkins, chance)
    return History(sessions, checkins)


def by_form(responses: pl.DataFrame) -> dict[Form, list[dict[str, Any]]]:
    """Group answers by client, session and instrument."""
    found: dict[Form, list[dict[str, Any]]] = {}
    for row in responses.sort("client", "session", "instrument").iter_rows(named=True):
        found.setdefault((row["client"], row["session"], row["instrument"]), []).append(row)
    return found


def meet(
    attendance: pl.DataFrame, episodes: Mapping[str, Episode], now: datetime
) -> dict[Key, Session]:
    """Give every appointment a time of day, one after the other for each therapist."""
    placed = attendance.sort("therapist", "date", "client").with_columns(
        slot=pl.int_range(pl.len()).over("therapist", "date")
    )
    sessions = {}
    for row in placed.iter_rows(named=True):
        episode = episodes[row["client"]]
        hour, half = OPENS + row["slot"] % SLOTS, 30 * (row["slot"] // SLOTS % 2)
        zone = ZoneInfo(episode.client.site.time_zone)
        starts_at = datetime.combine(row["date"], time(hour, half), zone)
        over = starts_at + STAYS_OPEN_AFTER_START < now
        status = row["status"] or (Session.Status.ATTENDED if over else Session.Status.PLANNED)
        sessions[row["client"], row["session"]] = Session(
            episode=episode, number=row["session"], starts_at=starts_at, status=status
        )
    return sessions


def ask(
    sessions: Mapping[Key, Session],
    answers: Mapping[Form, object],
    now: datetime,
    chance: Random,
) -> Iterator[tuple[Form, CheckIn]]:
    """Make the check-ins of the site's plan around every session that was or will be."""
    for (client, number), session in sessions.items():
        if session.status not in {*CAME, Session.Status.PLANNED}:
            continue
        days = session.episode.client.site.link_days
        for instrument, rater, moment in PLAN:
            open_for = window(moment, session.starts_at, days)
            form = (client, number, instrument)
            checkin = CheckIn(
                session=session,
                rater=rater,
                moment=moment,
                instruments=[instrument],
                due_at=open_for.due_at,
                expires_at=open_for.expires_at,
            )
            if form in answers:
                first = session.starts_at + (-EVENING if moment == "before" else LENGTH)
                latest = min(first + EVENING, now)
                answer(checkin, first + (latest - first) * chance.random() ** 3, form)
            elif checkin.expires_at < now:
                checkin.state = CheckIn.State.EXPIRED
            yield form, checkin


def answer(checkin: CheckIn, at: datetime, form: Form) -> None:
    """Mark a check-in as answered."""
    checkin.state = CheckIn.State.ANSWERED
    checkin.answered_at = checkin.opened_at = at
    checkin.answered_in = checkin.session.episode.client.language
    checkin.submission = "demo " + " ".join(map(str, form))


def write(
    sessions: Mapping[Key, Session], checkins: Mapping[Form, CheckIn], chance: Random
) -> None:
    """Let some clients comment, and therapists take notes."""
    Comment.objects.bulk_create(
        Comment(checkin=checkin, text=chance.choice(COMMENTS))
        for (_client, _number, instrument), checkin in checkins.items()
        if instrument == "session-check-in"
        and checkin.state == CheckIn.State.ANSWERED
        and chance.random() < COMMENTED
    )
    Note.objects.bulk_create(
        Note(
            client=session.episode.client,
            session=session,
            author=session.episode.therapist,
            text=chance.choice(NOTES),
            written_at=session.starts_at + LENGTH,
        )
        for session in sessions.values()
        if session.status in CAME and chance.random() < NOTED
    )
