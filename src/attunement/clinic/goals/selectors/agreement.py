"""How goal agreement went over the rounds in which both wrote: for charts, and for reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from attunement.clinic.checkins.models import Rater
from attunement.clinic.goals.models import Goal, Pair, Round, Written
from attunement.clinic.goals.selectors.compared import agreement_of
from attunement.clinic.people.models import Episode
from attunement.goals.agreement import goal_agreement

STANDS_FOR = 3
"""For how many sessions the newest agreement says something about the session at hand."""

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


def looked_through(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Keep the open rounds whose lists someone went through: paired, or made a shared goal of.

    Right after lists are opened nothing is paired, and that is no disagreement.
    """
    here = OuterRef("pk")
    return rounds.filter(state=Round.State.OPEN).filter(
        Exists(Pair.objects.filter(round=here))
        | Exists(Goal.objects.filter(from_client__round=here))
        | Exists(Goal.objects.filter(from_therapist__round=here))
    )


def goals_table(episode: Episode) -> pl.DataFrame:
    """Give what both wrote as the table ``goals``, once someone went through the lists.

    The first lists are written blind; those of later rounds after having seen both.
    Where lists were opened twice at one session, the later ones count.
    """
    rounds = looked_through(Round.objects.filter(episode=episode)).order_by("number")
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

    The form in which reasons read agreement. Both may see everything it is made of.
    """
    found: pl.DataFrame = goal_agreement(goals_table(episode))
    return found


def agreement_line(episode: Episode) -> list[Point]:
    """Give agreement over sessions, the earliest first."""
    rows = agreement_table(episode).select("session", "agreement").iter_rows()
    return [Point(session=session, agreement=value) for session, value in rows]


def standing(at: Mapping[UUID, int]) -> dict[UUID, list[Point]]:
    """Give the agreement that stands at one session of several episodes, after earlier ones.

    It is that of the newest round that someone went through, opened at that session or at most
    :data:`STANDS_FOR` before; it comes last, as of that session. Those of earlier sessions come
    before it. Three queries, however many episodes there are.

    Parameters
    ----------
    at
        The number of a session, by episode.

    Returns
    -------
    By episode; those without such a round, or with an empty list, are left out.
    """
    rounds = (
        looked_through(Round.objects.filter(episode__in=list(at)))
        .order_by("number")
        .prefetch_related(Prefetch("written", Written.objects.defer("text", "purpose")), "pairs")
    )
    by_session: dict[UUID, dict[int, Round]] = {}
    for one in rounds:
        if one.session <= at[one.episode_id]:
            by_session.setdefault(one.episode_id, {})[one.session] = one
    found = {}
    for episode, several in by_session.items():
        newest = max(several)
        stands = _agreed(several.pop(newest))
        if stands is not None and at[episode] - newest <= STANDS_FOR:
            before = ((session, _agreed(one)) for session, one in sorted(several.items()))
            found[episode] = [
                *(Point(session=n, agreement=value) for n, value in before if value is not None),
                Point(session=at[episode], agreement=stands),
            ]
    return found


def _agreed(one: Round) -> float | None:
    """Give the agreement of one round; None where a list is empty."""
    client, therapist = (
        sorted((w for w in one.written.all() if w.writer == side), key=lambda w: w.rank)
        for side in (Rater.CLIENT, Rater.THERAPIST)
    )
    agreed = agreement_of(client, therapist, list(one.pairs.all()))
    return None if agreed is None else agreed.agreement
