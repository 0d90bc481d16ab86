"""How goal agreement went over the rounds in which both wrote: for charts, and for reasons."""

from dataclasses import dataclass

import polars as pl

from attunement.clinic.checkins.models import Rater
from attunement.clinic.goals.models import Round
from attunement.clinic.people.models import Episode
from attunement.goals.agreement import goal_agreement

SCHEMA = {
    "client": pl.String,
    "session": pl.Int64,
    "rater": pl.String,
    "goal": pl.String,
    "rank": pl.Int64,
    "pair": pl.String,
}


@dataclass(frozen=True, kw_only=True)
class Point:
    """Agreement at one session."""

    session: int
    agreement: float


def goals_table(episode: Episode) -> pl.DataFrame:
    """Give what both wrote blind as the table ``goals``; rounds that are not open are left out.

    Where lists were opened twice at one session, the later ones count.
    """
    rounds = Round.objects.filter(episode=episode, state=Round.State.OPEN).order_by("number")
    newest = {one.session: one for one in rounds}
    rows = []
    for one in newest.values():
        pairs = {
            goal: str(pair.pk)
            for pair in one.pairs.all()
            for goal in (pair.client_goal_id, pair.therapist_goal_id)
        }
        rows += [
            (str(episode.client_id), one.session, rater, str(pk), rank, pairs.get(pk))
            for pk, rater, rank in one.written.filter(writer__in=Rater.values).values_list(
                "pk", "writer", "rank"
            )
        ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def agreement_table(episode: Episode) -> pl.DataFrame:
    """Give ``client``, ``session`` and ``agreement`` (0 to 1), and the parts of the rest.

    What reasons read as their optional table. Both may see everything it is made of.
    """
    found: pl.DataFrame = goal_agreement(goals_table(episode))
    return found


def agreement_line(episode: Episode) -> list[Point]:
    """Give agreement over sessions, the earliest first."""
    rows = agreement_table(episode).select("session", "agreement").iter_rows()
    return [Point(session=session, agreement=value) for session, value in rows]
