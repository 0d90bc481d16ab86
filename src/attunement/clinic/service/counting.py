"""Take the counts of a site: aggregate queries, run by a job at night."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from attunement.clinic.checkins.models import CheckIn, Rater, Session
from attunement.clinic.formulation.counting import NAME as HELPED
from attunement.clinic.formulation.counting import count_helped
from attunement.clinic.noticing.instruments import scales, watched_scales
from attunement.clinic.noticing.models import Alert, Score
from attunement.clinic.people.models import Episode, Membership, Site
from attunement.clinic.people.permissions import Role
from attunement.clinic.privacy.declined import who_declined
from attunement.clinic.service.models import Snapshot
from attunement.course.strain.ceiling import ceiling

RECENT, YEAR = timedelta(days=90), timedelta(days=365)
RATED = "session-check-in"
AGES = (("day", timedelta(days=1)), ("days", timedelta(days=3)), ("week", timedelta(days=7)))
OLDER = "older"
AT_CEILING_SESSIONS = 3

Numbers = dict[str, Any]


def count_all() -> None:
    """Take the counts of every site: the work of a job."""
    for site in Site.objects.order_by("pk"):
        count_site(site)


def count_site(site: Site) -> Snapshot:
    """Take the counts of one site and keep them in place of the earlier ones."""
    now = timezone.now()
    numbers = {
        "people": people(site, now),
        "checkins": checkins(site, now),
        "months": months(site, now),
        "sessions": sessions(site, now),
        "ceiling": at_ceiling(site, now),
        "alerts": alerts(site, now),
        HELPED: count_helped(site),
    }
    snapshot, _new = Snapshot.objects.update_or_create(
        site=site, defaults={"at": now, "numbers": numbers}
    )
    return snapshot


def people(site: Site, now: datetime) -> Numbers:
    """Count clients in care, begun and ended lately, and therapists."""
    since = (now - RECENT).date()
    episodes = Episode.objects.filter(client__site=site, client__erased_at__isnull=True)
    found: Numbers = episodes.aggregate(
        in_care=Count("client", filter=Q(ended_on__isnull=True), distinct=True),
        begun=Count("pk", filter=Q(started_on__gte=since)),
        ended=Count("pk", filter=Q(ended_on__gte=since)),
    )
    staff = Membership.objects.filter(site=site, role=Role.THERAPIST, active=True)
    return {**found, "therapists": staff.count()}


def asked(site: Site, since: datetime) -> Any:
    """Give check-ins that are over: answered, or not in time."""
    return CheckIn.objects.filter(
        session__episode__client__site=site,
        due_at__gte=since,
        state__in=[CheckIn.State.ANSWERED, CheckIn.State.EXPIRED],
    )


def checkins(site: Site, now: datetime) -> Numbers:
    """Count answered and unanswered check-ins of clients and therapists, lately."""
    found: Numbers = {}
    for rater in Rater.values:
        counted = asked(site, now - RECENT).filter(rater=rater)
        answered = counted.filter(state=CheckIn.State.ANSWERED).count()
        found[rater] = {"answered": answered, "unanswered": counted.count() - answered}
    return found


def months(site: Site, now: datetime) -> list[Numbers]:
    """Count the clients' check-ins by month over a year."""
    counted = (
        asked(site, now - YEAR)
        .filter(rater=Rater.CLIENT)
        .annotate(month=TruncMonth("due_at"))
        .values("month")
        .annotate(asked=Count("pk"), answered=Count("pk", filter=Q(state=CheckIn.State.ANSWERED)))
        .order_by("month")
    )
    return [
        {"month": one["month"].date().isoformat(), **{k: one[k] for k in ("asked", "answered")}}
        for one in counted
    ]


def sessions(site: Site, now: datetime) -> Numbers:
    """Count sessions lately, by what became of them."""
    counted = (
        Session.objects.filter(
            episode__client__site=site, starts_at__gte=now - RECENT, starts_at__lte=now
        )
        .exclude(status=Session.Status.PLANNED)
        .values_list("status")
        .annotate(Count("pk"))
    )
    return dict.fromkeys(
        [value for value in Session.Status.values if value != "planned"], 0
    ) | dict(counted)


def at_ceiling(site: Site, now: datetime) -> Numbers:
    """Count clients whose newest ratings of the work together were all at the very top."""
    known = {name: scales()[name] for name in watched_scales(RATED)}
    rows = Score.objects.filter(
        episode__client__site=site,
        private=False,
        on__gte=(now - RECENT).date(),
        scale__in=list(known),
        rater=Rater.CLIENT,
        value__isnull=False,
    ).exclude(episode__client__in=who_declined())
    columns = ("episode_id", "scale", "number", "value")
    scores = pl.DataFrame(
        [
            (str(client), scale, number, value)
            for client, scale, number, value in rows.values_list(*columns)
        ],
        schema={"client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64},
        orient="row",
    )
    newest = (
        ceiling(scores, known).sort("session").group_by("client").agg(pl.all().last())
        if scores.height
        else scores
    )
    if not newest.height:
        return {"rated": 0, "at_ceiling": 0, "sessions": AT_CEILING_SESSIONS}
    top = newest.filter(pl.col("sessions_at_ceiling") >= AT_CEILING_SESSIONS)
    return {"rated": newest.height, "at_ceiling": top.height, "sessions": AT_CEILING_SESSIONS}


def alerts(site: Site, now: datetime) -> Numbers:
    """Count open alerts by how long they have waited, and how many were closed lately.

    One that no longer stands is not counted.
    """
    mine = Alert.objects.filter(episode__client__site=site).exclude(
        evidence__has_key=Alert.TAKEN_BACK
    )
    found = mine.filter(state__in=Alert.OPEN_STATES)
    ages: Numbers = {}
    newer = now
    for name, age in AGES:
        ages[name] = found.filter(opened_at__gt=now - age, opened_at__lte=newer).count()
        newer = now - age
    ages[OLDER] = found.filter(opened_at__lte=newer).count()
    overdue = found.filter(state__in=["open", "escalated"], due_at__lt=now).count()
    closed = mine.filter(closed_at__gte=now - RECENT).values_list("opened_at", "closed_at")
    waits = sorted((end - start).total_seconds() / 3600 for start, end in closed if end)
    median = waits[len(waits) // 2] if waits else None
    return {"open": ages, "overdue": overdue, "closed": len(waits), "median_hours": median}
