"""Clients in care, and the three of them who have an account."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from attunement.clinic.checkins.models import CheckIn, Rater
from attunement.clinic.demo.names import client_names
from attunement.clinic.demo.staff import Staff, sign_up
from attunement.clinic.people.models import Client, Episode
from attunement.clinic.privacy.consent import VERSION
from attunement.clinic.privacy.models import Consent

ACCOUNTS = 3
LANGUAGES = ("en", "en", "es", "de", "en")


def admit(attendance: pl.DataFrame, staff: Staff, today: date) -> Mapping[str, Episode]:
    """Store every client with their episode; give the episodes by the cohort's pseudonym."""
    therapists = dict(zip(sorted(attendance["therapist"].unique()), staff.therapists, strict=True))
    courses = (
        attendance.sort("client", "session")
        .group_by("client", maintain_order=True)
        .agg(
            pl.col("therapist").first(),
            pl.col("planned_end").first(),
            first=pl.col("date").first(),
            last=pl.col("date").last(),
        )
    )
    names = client_names(courses.height)
    clients, episodes = [], {}
    for place, row in enumerate(courses.iter_rows(named=True)):
        therapist = therapists[row["therapist"]]
        client = Client(
            site=therapist.site,
            code=f"{therapist.site.name[:2].upper()}-{place + 1:03}",
            name=names[place],
            language=LANGUAGES[place % len(LANGUAGES)],
        )
        ended = row["last"] < today - timedelta(days=7)
        clients.append(client)
        episodes[row["client"]] = Episode(
            client=client,
            therapist=therapist,
            started_on=min(row["first"], today),
            planned_sessions=row["planned_end"],
            ended_on=row["last"] if ended else None,
        )
    Client.objects.bulk_create(clients)
    Episode.objects.bulk_create(episodes.values())
    Consent.objects.bulk_create(
        Consent(client=one.client, version=VERSION, given_at=begun(one.started_on), by_link=True)
        for one in episodes.values()
    )
    return episodes


def begun(day: date) -> datetime:
    """Give the moment at which someone said yes, on their first day."""
    return datetime.combine(day, time(8), UTC)


def give_accounts(episodes: Mapping[str, Episode], staff: Staff) -> list[Client]:
    """Give some clients of the first therapist an account, the site's language first."""
    password = staff.therapists[0].person.password
    in_care = [
        episode.client
        for episode in episodes.values()
        if episode.therapist == staff.therapists[0] and episode.ended_on is None
    ]
    chosen = sorted(in_care, key=lambda one: one.language != one.site.language)[:ACCOUNTS]
    for place, client in enumerate(chosen):
        login = "client" if place == 0 else f"client{place + 1}"
        client.account = sign_up(login, client.name, client.language, password)
        client.email = client.account.email
        client.save()
        answered = CheckIn.objects.filter(session__episode__client=client, rater=Rater.CLIENT)
        answered.filter(state=CheckIn.State.ANSWERED).update(account=client.account)
    return chosen
