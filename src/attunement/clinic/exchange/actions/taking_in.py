"""Take a file in: clients, sessions, answers, scores, and what is noticed about them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import polars as pl
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Answer, CheckIn, Moment, Session
from attunement.clinic.exchange.actions.changes import as_admitted
from attunement.clinic.exchange.actions.held import hold_episodes, opened
from attunement.clinic.exchange.actions.looking import at
from attunement.clinic.exchange.courses import AT_ONCE, learn, renew
from attunement.clinic.exchange.models import Import, Upload
from attunement.clinic.exchange.plan import LEFT_AFTER, Planned, plan
from attunement.clinic.exchange.reading import Incoming, Reading, read
from attunement.clinic.noticing.findings import Finding
from attunement.clinic.noticing.instruments import answered_by_client, safety_plan
from attunement.clinic.noticing.models import Alert, Score
from attunement.clinic.noticing.opening import open_alerts
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Client, Episode, Site
from attunement.clinic.people.permissions import Permission, Role
from attunement.problems import Problem

NOON = time(12)
STILL_FRESH = timedelta(days=28)
CHECK_IN = "session-check-in"
Key = tuple[str, int]


def take_in(*, upload: Upload, by: Actor) -> Import:
    """Take in a file that was looked through, and forget the file.

    Alerts open only for what is fresh, and only for clients who are new with the file: a drop
    that is open still, or a safety answer, of the last four weeks. Whatever is older is history.

    Raises
    ------
    Problem
        If the file cannot be read, has been taken in already, or adds nothing.
    """
    check(by, Permission.TABLES_IMPORT)
    at(upload, Upload.Stage.READING)
    with opened(upload) as path:
        incoming = read(path, upload.table, Reading.of(upload.reading))
    at(upload, Upload.Stage.STORING)
    return add(upload, incoming, by)


@transaction.atomic
def add(upload: Upload, incoming: Incoming, by: Actor) -> Import:
    """Store what was read, notice what there is to notice, and forget the file."""
    site = Site.objects.select_for_update(no_key=True).get(pk=upload.site_id)
    if not Upload.objects.filter(pk=upload.pk).exists():
        raise Problem(_("the file is not held any more"), _("hand it in anew"))
    hold_episodes(client__in=Client.objects.filter(site=site, code__in=incoming.clients))
    today = timezone.localdate(timezone=ZoneInfo(site.time_zone))
    planned = plan(incoming, site, upload.digest, today)
    refuse_nothing(planned)
    made = Import.objects.create(
        pk=upload.pk,
        site=site,
        by=by.held(Role.ADMINISTRATOR),
        table=upload.table,
        digest=upload.digest,
        clients=len(planned.new_clients),
        rows=planned.scores.height,
    )
    episodes = admit(planned, site, today, made)
    sessions = meet(planned, episodes, site, made)
    checkins = answer(planned, sessions, made)
    store(planned.scores, sessions, checkins, made)
    names = planned.scores["scale"].unique().to_list()
    made.learnt = learn(site, names)
    made.save(update_fields=["learnt", "admitted"])
    touched = {sessions[key].episode_id for key in sessions}
    ruptures = renew(site, touched, names)
    alert(planned, episodes, ruptures, today, by)
    audit(by, "import.applied", made, clients=made.clients, scores=made.rows, table=made.table)
    upload.delete()
    return made


def refuse_nothing(planned: Planned) -> None:
    """Refuse what was taken in already, or would change nothing."""
    if planned.again:
        raise Problem(_("this very file has been taken in already"), _("undo that import first"))
    if not planned.new_clients and planned.scores.is_empty():
        raise Problem(
            _("everything in this file is there already"), _("there is nothing to take in")
        )


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
            client=Client(site=site, code=code, language=site.language),
            therapist=planned.therapists.get(whose.get(code, "")),
            started_on=first,
            ended_on=last if today - last > LEFT_AFTER else None,
        )
    Client.objects.bulk_create([one.client for one in new.values()], batch_size=AT_ONCE)
    Episode.objects.bulk_create(new.values(), batch_size=AT_ONCE)
    made.episodes.set(new.values())
    made.admitted = {str(one.pk): as_admitted(one) for one in new.values()}
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


def alert(
    planned: Planned,
    episodes: Mapping[str, Episode],
    ruptures: pl.DataFrame,
    today: date,
    by: Actor,
) -> None:
    """Open an alert for what is fresh and open, for clients who are new."""
    days: dict[Key, date] = {
        (row["client"], row["session"]): row["date"] for row in planned.scores.iter_rows(named=True)
    }
    in_care = {
        str(episodes[code].pk): code
        for code in planned.new_clients
        if episodes[code].ended_on is None
    }

    def fresh(code: str, number: int) -> bool:
        return today - days.get((code, number), date.min) <= STILL_FRESH

    found = [*open_drops(ruptures, in_care), *safety_answers(planned, in_care.values())]
    for code, finding in found:
        if fresh(code, finding.onset):
            open_alerts(episodes[code], [finding], by)


def open_drops(ruptures: pl.DataFrame, in_care: Mapping[str, str]) -> Iterable[tuple[str, Finding]]:
    """Give the drops that have not been repaired and may still be."""
    for row in ruptures.filter(status="open").iter_rows(named=True):
        if row["client"] in in_care and answered_by_client(row["scale"]):
            score = Score.objects.get(
                episode=UUID(row["client"]), scale=row["scale"], number=row["onset"], private=False
            )
            said = {
                "score": score.value,
                "usual": score.prior_mean,
                "limit": score.limit_review,
                "depth": row["depth"],
            }
            yield (
                in_care[row["client"]],
                Finding(kind=Alert.Kind.DROP, onset=row["onset"], evidence={row["scale"]: said}),
            )


def safety_answers(planned: Planned, codes: Iterable[str]) -> Iterable[tuple[str, Finding]]:
    """Give the answers that must reach a person."""
    if planned.answers is None:
        return
    answers = planned.answers.filter(pl.col("client").is_in(list(codes)))
    check_safety = safety_plan(tuple(sorted(answers["instrument"].unique())))
    if check_safety is None or answers.is_empty():
        return
    columns = ["client", "session", "instrument", "item", "value"]
    table = answers.select(columns).with_columns(pl.col("value").cast(pl.Float64))
    for row in check_safety(table).iter_rows(named=True):
        evidence = {row["instrument"]: {row["item"]: row["value"]}}
        yield (
            row["client"],
            Finding(kind=Alert.Kind.SAFETY, onset=row["session"], evidence=evidence),
        )
