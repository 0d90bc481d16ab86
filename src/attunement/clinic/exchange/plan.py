"""What taking in a file would add to a site, and what is there already. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

import polars as pl

from attunement.clinic.checkins.models import CheckIn, Session
from attunement.clinic.exchange.models import Import
from attunement.clinic.exchange.reading import Incoming
from attunement.clinic.noticing.models import Score
from attunement.clinic.people.models import Client, Episode, Membership, Site
from attunement.clinic.people.permissions import Role
from attunement.intake.notes import Note

LEFT_AFTER = timedelta(days=60)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What would be added.

    Attributes
    ----------
    new_clients : list of str
        Codes of clients who are not at the site yet.
    episodes : mapping
        Code to the episode that goes on, for those who are.
    scores : polars.DataFrame
        As in :class:`Incoming`, without what is there already, each with its ``date``.
    answers : polars.DataFrame or None
        Likewise.
    there : int
        Scores that are there already, and stay as they are.
    sessions : int
        Sessions that are new.
    dated : bool
        Whether the file has days; otherwise sessions are laid a week apart.
    therapists : mapping
        What the file calls a therapist to their membership.
    strangers : list of str
        Therapists of the file who are not at the site: their clients are nobody's yet.
    again : bool
        Whether this very file has been taken in.
    """

    new_clients: list[str]
    episodes: Mapping[str, Episode]
    scores: pl.DataFrame
    answers: pl.DataFrame | None
    there: int
    sessions: int
    dated: bool
    therapists: Mapping[str, Membership]
    strangers: list[str]
    again: bool
    notes: list[Note] = field(default_factory=list)

    @property
    def new_scores(self) -> int:
        """How many scores are new."""
        return self.scores.height


def plan(incoming: Incoming, site: Site, digest: str, today: date) -> Planned:
    """Compare what a file says with what the site has."""
    known = dict(
        Client.objects.filter(site=site, code__in=incoming.clients).values_list("code", "pk")
    )
    episodes = newest_episodes(list(known.values()))
    by_code = {code: episodes[pk] for code, pk in known.items() if pk in episodes}
    codes = {episode.pk: code for code, episode in by_code.items()}
    scores = dated(incoming, today).scores
    stored = stored_scores(codes)
    key = ["client", "session", "scale", "rater"]
    fresh = scores.join(stored, on=key, how="anti", maintain_order="left")
    new_sessions = (
        fresh.select("client", "session")
        .unique()
        .join(stored_sessions(codes), on=["client", "session"], how="anti")
    )
    named = set(fresh["therapist"].drop_nulls()) if "therapist" in fresh.columns else set()
    therapists = members_by_mail(site, named)
    return Planned(
        new_clients=[code for code in incoming.clients if code not in known],
        episodes=by_code,
        scores=fresh,
        answers=fresh_answers(incoming, fresh, codes),
        there=scores.height - fresh.height,
        sessions=new_sessions.height,
        dated=is_dated(incoming),
        therapists=therapists,
        strangers=sorted(named - therapists.keys()),
        again=Import.objects.filter(site=site, digest=digest, state=Import.State.APPLIED).exists(),
        notes=incoming.notes,
    )


def is_dated(incoming: Incoming) -> bool:
    """Whether every score has a day."""
    return "date" in incoming.scores.columns and incoming.scores["date"].null_count() == 0


def dated(incoming: Incoming, today: date) -> Incoming:
    """Give every score a day."""
    if is_dated(incoming):
        return incoming
    return replace(incoming, scores=a_week_apart(incoming.scores, today))


def newest_episodes(clients: list[UUID]) -> dict[UUID, Episode]:
    """Give each client's episode that is open, or else the newest."""
    found = Episode.objects.filter(client__in=clients).select_related("client__site")
    ordered = sorted(found, key=lambda one: (one.ended_on is None, one.started_on))
    return {episode.client_id: episode for episode in ordered}


def a_week_apart(scores: pl.DataFrame, today: date) -> pl.DataFrame:
    """Lay sessions without a day a week apart, so that each client's last one is today."""
    weeks = pl.col("session").max().over("client") - pl.col("session")
    return scores.with_columns(date=pl.lit(today) - pl.duration(weeks=weeks))


def members_by_mail(site: Site, named: set[str]) -> dict[str, Membership]:
    """Find therapists of the site by their e-mail address."""
    members = Membership.objects.filter(site=site, role=Role.THERAPIST, active=True).select_related(
        "person"
    )
    by_mail = {member.person.email.casefold(): member for member in members}
    return {
        name: by_mail[name.strip().casefold()]
        for name in named
        if name.strip().casefold() in by_mail
    }


def stored_scores(codes: Mapping[UUID, str]) -> pl.DataFrame:
    """Give the keys of scores that are there, with the file's code of each client."""
    rows = Score.objects.filter(episode__in=codes, private=False).values_list(
        "episode", "number", "scale", "rater"
    )
    return pl.DataFrame(
        [(codes[episode], *rest) for episode, *rest in rows.iterator()],
        schema={"client": pl.String, "session": pl.Int64, "scale": pl.String, "rater": pl.String},
        orient="row",
    )


def stored_sessions(codes: Mapping[UUID, str]) -> pl.DataFrame:
    """Give the sessions that are there."""
    rows = Session.objects.filter(episode__in=codes).values_list("episode", "number")
    return pl.DataFrame(
        [(codes[episode], number) for episode, number in rows.iterator()],
        schema={"client": pl.String, "session": pl.Int64},
        orient="row",
    )


def fresh_answers(
    incoming: Incoming, fresh: pl.DataFrame, codes: Mapping[UUID, str]
) -> pl.DataFrame | None:
    """Keep the answers of sessions that are new and have no check-in of their own."""
    if incoming.answers is None:
        return None
    rows = CheckIn.objects.filter(session__episode__in=codes).values_list(
        "session__episode", "session__number", "rater"
    )
    asked = pl.DataFrame(
        [(codes[episode], *rest) for episode, *rest in rows.iterator()],
        schema={"client": pl.String, "session": pl.Int64, "rater": pl.String},
        orient="row",
    )
    key = ["client", "session"]
    return incoming.answers.join(fresh.select(key).unique(), on=key, how="semi").join(
        asked, on=[*key, "rater"], how="anti", maintain_order="left"
    )
