"""Fills a caseload with courses as real ones are: drops, repairs, missed sessions, alerts."""

from datetime import datetime, time, timedelta
from functools import cache
from random import Random

import polars as pl
from django.utils import timezone

from attunement.clinic.checkins.models import Answer, CheckIn, Session
from attunement.clinic.noticing.models import Alert, AlertStep, Rupture, Score
from attunement.clinic.people.models import Client, Episode
from attunement.course.baseline import estimate_norms
from attunement.course.noticing import notice
from attunement.course.strain.told import tensions
from attunement.measures.instruments.catalogue import find_scale
from attunement.synthetic.cohort import simulate
from attunement.synthetic.plan import Plan

ALLIANCE, THERAPIST, PHQ = (
    "session-check-in.alliance",
    "session-check-in-therapist.alliance",
    "phq9",
)
SCALES = {name: find_scale(name) for name in (ALLIANCE, THERAPIST, PHQ)}
FIRST = (
    "Maya", "Tom", "Ana", "Lee", "Priya", "Jonas", "Amara", "Felix", "Noor", "Elena", "Sam",
    "Ruth", "Omar", "Greta", "Luis", "Hana",
)  # fmt: skip
LAST = "RKPSBDLMTVAGHCE"
SIGNALS = (
    "prior_n", "prior_mean", "sigma", "limit_watch", "limit_review", "signal", "change", "ewma",
    "ewma_limit", "cusum", "cusum_alarm",
)  # fmt: skip


@cache
def cohort(clients, seed, sessions=14):
    """Draw courses, each cut off somewhere in the middle, and notice what is to be noticed."""
    drawn = simulate(
        Plan(clients=clients, rupture=0.07, mean_sessions=sessions, depth=4.0, repair=0.6), seed
    )
    chance = Random(seed)  # noqa: S311
    newest = drawn.attendance.group_by("client").agg(pl.col("session").max()).sort("client")
    cut = pl.DataFrame(
        {
            "client": newest["client"],
            "cut": [chance.randint(min(3, last), last) for last in newest["session"]],
        }
    )

    def until(table):
        return table.join(cut, on="client").filter(pl.col("session") <= pl.col("cut")).drop("cut")

    scores, responses = until(drawn.scores), until(drawn.responses)
    norms = estimate_norms(drawn.scores, SCALES)
    noticed = notice(scores, SCALES, norms)
    return {
        "signals": noticed.signals.join(
            scores.select("client", "scale", "session", "rater"), on=["client", "scale", "session"]
        ),
        "ruptures": noticed.ruptures,
        "responses": responses,
        "tensions": tensions(responses),
        "attendance": until(drawn.attendance),
    }


def fill(therapist, clients=60, seed=7, sessions=14):
    """Give a therapist so many clients; returns their episodes."""
    drawn = cohort(clients, seed, sessions)
    return [
        one_course(therapist, place, name, drawn, Random(seed + place))  # noqa: S311
        for place, name in enumerate(sorted(drawn["attendance"]["client"].unique()))
    ]


def own(table, client):
    return table.filter(client=client).to_dicts()


def one_course(therapist, place, code, drawn, chance):
    """Store one client's course."""
    name = f"{FIRST[place % len(FIRST)]} {LAST[place % len(LAST)]}."
    client = Client.objects.create(
        site=therapist.site, code=f"{code}-{Client.objects.count()}", name=name
    )
    rows = own(drawn["attendance"], code)
    last = timezone.localdate() - timedelta(days=chance.randint(0, 7))
    day = {row["session"]: last - timedelta(weeks=len(rows) - 1 - i) for i, row in enumerate(rows)}
    episode = Episode.objects.create(
        client=client, therapist=therapist, started_on=min(day.values()), planned_sessions=16
    )
    hour = time(chance.randint(8, 17), chance.choice((0, 30)))
    sessions = {
        row["session"]: Session.objects.create(
            episode=episode,
            number=row["session"],
            starts_at=timezone.make_aware(datetime.combine(day[row["session"]], hour)),
            status=row["status"],
        )
        for row in rows
    }
    checkins = store_answers(code, drawn, sessions)
    store_scores(code, drawn, episode, sessions, checkins)
    if chance.random() < 0.85:
        following = day[rows[-1]["session"]] + timedelta(weeks=1)
        Session.objects.create(
            episode=episode,
            number=rows[-1]["session"] + 1,
            starts_at=timezone.make_aware(datetime.combine(following, hour)),
        )
    if chance.random() < 0.15:
        due(sessions[rows[-1]["session"]])
    store_alerts(code, drawn, episode, therapist, day, chance)
    return episode


def due(session, moment="after"):
    """Leave a check-in unanswered, where none is there."""
    now = timezone.now()
    return CheckIn.objects.get_or_create(
        session=session,
        rater="client",
        moment=moment,
        defaults={
            "instruments": ["session-check-in"],
            "due_at": now,
            "expires_at": now + timedelta(days=7),
        },
    )


def store_answers(code, drawn, sessions):
    checkins = {}
    answers = []
    for row in own(drawn["responses"], code):
        moment = "before" if row["instrument"] == "phq9" else "after"
        key = row["session"], row["rater"], moment
        if key not in checkins:
            session = sessions[row["session"]]
            checkins[key] = CheckIn.objects.create(
                session=session,
                rater=row["rater"],
                moment=moment,
                instruments=[row["instrument"]],
                state="answered",
                due_at=session.starts_at,
                expires_at=session.starts_at + timedelta(days=7),
                answered_at=session.starts_at + timedelta(hours=1),
                submission=f"{session.pk}-{row['rater']}-{moment}",
            )
        if row["value"] is not None:
            answers.append(
                Answer(
                    checkin=checkins[key],
                    instrument=row["instrument"],
                    item=row["item"],
                    value=row["value"],
                )
            )
    Answer.objects.bulk_create(answers)
    return checkins


def store_scores(code, drawn, episode, sessions, checkins):
    Score.objects.bulk_create(
        Score(
            episode=episode,
            session=sessions[row["session"]],
            checkin=checkins.get(
                (row["session"], row["rater"], "before" if row["scale"] == PHQ else "after")
            ),
            scale=row["scale"],
            rater=row["rater"],
            number=row["session"],
            on=sessions[row["session"]].starts_at.date(),
            value=row["score"],
            **{name: row[name] for name in SIGNALS if name != "signal"},
            signal=row["signal"] or "none",
        )
        for row in own(drawn["signals"], code)
    )
    Rupture.objects.bulk_create(
        Rupture(
            episode=episode,
            **{name: row[name] for name in row if name != "client"},
        )
        for row in own(drawn["ruptures"], code)
        if row["scale"] != THERAPIST
    )


def store_alerts(code, drawn, episode, therapist, day, chance):
    newest = max(day)
    for row in own(drawn["ruptures"], code):
        if row["scale"] == ALLIANCE and row["status"] != "repaired" and newest - row["onset"] < 4:
            alert(episode, therapist, "drop", row["onset"], day, chance, scale=ALLIANCE)
        if row["scale"] == PHQ and row["status"] == "open":
            alert(episode, therapist, "off-track", row["onset"], day, chance, scale=PHQ)
    for row in own(drawn["tensions"], code):
        unsettled = row["instrument"] == "session-check-in" and row["repaired"] is None
        if unsettled and newest - row["onset"] < 3:
            evidence = {"client": {"tension": row["tension"], "settled": row["settled"]}}
            alert(episode, therapist, "told", row["onset"], day, chance, evidence=evidence)
    missed = [r["session"] for r in own(drawn["attendance"], code) if r["status"] == "missed"]
    if len(missed) > 1 and newest in missed:
        alert(episode, therapist, "missed", missed[-2], day, chance)


def alert(episode, therapist, kind, onset, day, chance, *, level="review", scale="", evidence=None):
    """Open an alert as a submission would have, and sometimes take it on."""
    at = timezone.make_aware(datetime.combine(day[onset], time(18)))
    at = min(at, timezone.now() - timedelta(hours=1))
    state = chance.choice(["open", "open", "acknowledged", "acted"]) if kind != "safety" else "open"
    made = Alert.objects.create(
        episode=episode,
        kind=kind,
        onset=onset,
        scale=scale,
        level=level,
        state=state,
        owner=therapist,
        opened_at=at,
        due_at=at + timedelta(hours=72 if level == "review" else 1),
        evidence=evidence or {},
    )
    AlertStep.objects.create(alert=made, at=at, after="open")
    if state != "open":
        AlertStep.objects.create(
            alert=made, at=at + timedelta(hours=2), before="open", after=state, by=therapist
        )
    return made
