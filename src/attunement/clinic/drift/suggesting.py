"""Say with whom a check-in may be worth the while: the work of a job, never of a page."""

import json
from datetime import timedelta

import polars as pl
from django.db import transaction
from django.utils import timezone

from attunement.clinic.checkins.models import CheckIn, Rater
from attunement.clinic.drift.models import Suggestion, Version
from attunement.clinic.noticing.instruments import scales
from attunement.clinic.people.models import Site
from attunement.clinic.service.tables import attendance_of, episodes_of, scores_of
from attunement.programme.retention.checkin import Against, CheckIns, worth_a_check_in
from attunement.programme.retention.drift import gather
from attunement.programme.retention.known import Watched
from attunement.programme.retention.model import Model, load

MOST_NAMED = 3


def in_use(site: Site) -> Version | None:
    """Give the version that is in use: the newest, where it held on those who began later."""
    newest = Version.objects.filter(site=site).first()
    return newest if newest is not None and newest.usable else None


def suggest_all() -> None:
    """Look at everyone in care, at every site with a model in use."""
    for site in Site.objects.order_by("pk"):
        suggest_site(site)


def suggest_site(site: Site) -> int:
    """Look at everyone in care at a site; say with how many a check-in may be worth the while."""
    old = Suggestion.objects.filter(episode__client__site=site)
    version = in_use(site)
    if version is None:
        old.delete()
        return 0
    found = _weighed(site, load(json.dumps(version.content)))
    with transaction.atomic():
        old.exclude(episode__in=list(found)).delete()
        for episode, (after, weighed) in found.items():
            Suggestion.objects.update_or_create(
                episode_id=episode,
                defaults={"version": version, "after": after, "weighed": weighed},
            )
    return len(found)


def _weighed(site: Site, model: Model) -> dict[str, tuple[int, list[str]]]:
    episodes = episodes_of(site).filter(ended_on__isnull=True)
    appointments = attendance_of(episodes)
    if appointments.is_empty():
        return {}
    watched = Watched(
        alliance=scales()[model.alliance],
        symptoms=None if model.symptoms is None else scales()[model.symptoms],
    )
    names = (model.alliance, *([model.symptoms] if model.symptoms else []))
    scores = scores_of(episodes, names).drop("therapist", "date")
    known = still_open(gather(appointments, scores, watched), _open_check_ins(site))
    if known.is_empty():
        return {}
    day = timezone.localdate()
    newest = known.filter(
        pl.col("after") == pl.col("after").max().over("client"),
        pl.col("date") >= day - timedelta(days=model.days),
    ).select("client", "after")
    own = worth_a_check_in(model, known, Against.OWN)
    whole = worth_a_check_in(model, known, Against.PROGRAMME)
    here = own.rows.join(newest, on=["client", "after"]).filter(pl.col("check_in"))
    return {
        client: (after, _named(own, client, after) or _named(whole, client, after))
        for client, after in here.select("client", "after").iter_rows()
    }


def _open_check_ins(site: Site) -> pl.DataFrame:
    """List the sessions whose check-in a client may still answer."""
    rows = CheckIn.objects.filter(
        session__episode__client__site=site,
        rater=Rater.CLIENT,
        answered_at__isnull=True,
        expires_at__gt=timezone.now(),
    ).values_list("session__episode_id", "session__number")
    return pl.DataFrame(
        [(str(episode), number) for episode, number in rows.distinct()],
        schema={"client": pl.String, "after": pl.Int64},
        orient="row",
    )


def still_open(known: pl.DataFrame, waiting: pl.DataFrame) -> pl.DataFrame:
    """Empty what is said of answering where a check-in may still be answered.

    The model learned from check-ins that were over: one that is open is not unanswered.
    """
    marked = known.join(waiting.with_columns(_open=True), on=["client", "after"], how="left")
    return marked.with_columns(
        pl.when(pl.col("_open").is_null()).then(pl.col(name)).alias(name)
        for name in ("unanswered_last", "unanswered_share")
    ).drop("_open")


def _named(found: CheckIns, client: str, after: int) -> list[str]:
    """Name what weighed most towards a suggestion."""
    own = found.parts.filter(pl.col("client") == client, pl.col("after") == after)
    return own.filter(pl.col("part") > 0)["feature"].head(MOST_NAMED).to_list()
