"""Store what a file says: clients, sessions, answers and scores; what is noticed follows."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from attunement.clinic.checkins.models import Answer, CheckIn, Moment, Session
from attunement.clinic.exchange.actions.changes import as_admitted
from attunement.clinic.exchange.courses import AT_ONCE
from attunement.clinic.exchange.models import Import
from attunement.clinic.exchange.plan import LEFT_AFTER, Planned
from attunement.clinic.noticing.models import Score
from attunement.clinic.people.models import Client, Episode, Site

NOON = time(12)
CHECK_IN = "session-check-in"
Key = tuple[str, int]


def store_planned(planned: Planned, site: Site, today: date, made: Import) -> None:
    """Store what is planned, and count it with the import."""
    episodes = admit(planned, site, today, made)
    sessions = meet(planned, episodes, site, made)
    checkins = answer(planned, sessions, made)
    store(planned.scores, sessions, checkins, made)
    made.clients += len(planned.new_clients)
    made.rows += planned.scores.height
    made.save(update_fields=["clients", "rows", "admitted"])


def admit(planned: Planned, site: Site, today: date, made: Import) -> dict[str, Episode]:
    """Make the clients who are new; give everyone's episode by the file's code."""
    whose = first_therapists(planned.scores)
    span = {
        row["client"]: (row["first"], row["last"])
        for row in planned.scores.group_by("client")
        .agg(first=pl.col("date").min(), last=pl.col("date").max())
        .iter_rows(named=True)
    }
    new: dict[str, Episode] = {}
    for code in planned.new_clients:
        first, last = span.get(code, (today, today))
        new[code] = Episode(
            client=Client(site=site, code=code, language=""),
            therapist=planned.therapists.get(whose.get(code, "")),
            started_on=first,
            ended_on=last if today - last > LEFT_AFTER else None,
        )
    Client.objects.bulk_create([one.client for one in new.values()], batch_size=AT_ONCE)
    Episode.objects.bulk_create(new.values(), batch_size=AT_ONCE)
    made.episodes.add(*new.values())
    made.admitted |= {str(one.pk): as_admitted(one) for one in new.values()}
    return {**planned.episodes, **new}


def first_therapists(scores: pl.DataFrame) -> Mapping[str, str]:
    """Give whom the file names with each client, at their last session."""
    if "therapist" not in scores.columns:
        return {}
    named = scores.filter(pl.col("therapist").is_not_null()).sort("session")
    return dict(named.group_by("client").agg(pl.col("therapist").last()).iter_rows())


def meet(
    planned: Planned, episodes: Mapping[str, Episode], site: Site, made: Import
) -> dict[Key, Session]:
    """Make the sessions that are new; give all that the file speaks of."""
    zone = ZoneInfo(site.time_zone)
    wanted = planned.scores.group_by("client", "session", maintain_order=True).agg(
        pl.col("date").min()
    )
    mine = {episode.pk: code for code, episode in planned.episodes.items()}
    sessions: dict[Key, Session] = {
        (mine[one.episode_id], one.number): one
        for one in Session.objects.filter(episode__in=mine).select_related("episode")
    }
    new = {
        (client, number): Session(
            episode=episodes[client],
            number=number,
            starts_at=datetime.combine(day, NOON, zone),
            status=Session.Status.ATTENDED,
            imported=made,
        )
        for client, number, day in wanted.iter_rows()
        if (client, number) not in sessions
    }
    Session.objects.bulk_create(new.values(), batch_size=AT_ONCE)
    there = {
        key: sessions[key] for key in wanted.select("client", "session").rows() if key in sessions
    }
    return {**there, **new}


def answer(
    planned: Planned, sessions: Mapping[Key, Session], made: Import
) -> dict[tuple[str, int, str], CheckIn]:
    """Make answered check-ins of single answers, by client, session and instrument."""
    if planned.answers is None:
        return {}
    checkins: dict[tuple[str, int, str, str], CheckIn] = {}
    by_form: dict[tuple[str, int, str], CheckIn] = {}
    answers = []
    for row in planned.answers.iter_rows(named=True):
        moment = Moment.AFTER if row["instrument"].startswith(CHECK_IN) else Moment.BEFORE
        key = (row["client"], row["session"], row["rater"], str(moment))
        checkin = checkins.get(key) or answered(sessions[key[:2]], row["rater"], moment, made)
        checkins[key] = checkin
        if row["instrument"] not in checkin.instruments:
            checkin.instruments.append(row["instrument"])
        by_form[row["client"], row["session"], row["instrument"]] = checkin
        answers.append(
            Answer(
                checkin=checkin,
                instrument=row["instrument"],
                item=row["item"],
                value=row["value"],
                audience=row["audience"],
            )
        )
    CheckIn.objects.bulk_create(checkins.values(), batch_size=AT_ONCE)
    Answer.objects.bulk_create(answers, batch_size=AT_ONCE)
    return by_form


def answered(session: Session, rater: str, moment: str, made: Import) -> CheckIn:
    """Make a check-in as it is when it has been answered."""
    return CheckIn(
        session=session,
        rater=rater,
        moment=moment,
        instruments=[],
        state=CheckIn.State.ANSWERED,
        due_at=session.starts_at,
        expires_at=session.starts_at + timedelta(days=1),
        answered_at=session.starts_at,
        submission=f"{made.pk.hex[:12]} {session.pk} {rater} {moment}",
    )


def store(
    scores: pl.DataFrame,
    sessions: Mapping[Key, Session],
    checkins: Mapping[tuple[str, int, str], CheckIn],
    made: Import,
) -> None:
    """Store the scores; what is noticed about them follows."""
    Score.objects.bulk_create(
        (
            Score(
                episode=sessions[row["client"], row["session"]].episode,
                session=sessions[row["client"], row["session"]],
                checkin=checkins.get(
                    (row["client"], row["session"], row["scale"].partition(".")[0])
                ),
                imported=made,
                scale=row["scale"],
                rater=row["rater"],
                number=row["session"],
                on=row["date"],
                value=row["score"],
                private=row["private"],
            )
            for row in scores.iter_rows(named=True)
        ),
        batch_size=AT_ONCE,
    )
