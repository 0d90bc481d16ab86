"""The two lists side by side, where they differ first."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from attunement.clinic.checkins.models import Rater
from attunement.clinic.goals.models import Pair, Round, Written
from attunement.goals.agreement import Agreement, agreement
from attunement.goals.pairing import suggest_pairs
from attunement.goals.weights import rank_weights

ALIKE_WITHIN = 1e-9


class Kind(StrEnum):
    """How a row of the comparison stands, in the order in which rows are shown."""

    SUGGESTED = "suggested"
    CLIENT_ONLY = "client-only"
    THERAPIST_ONLY = "therapist-only"
    APART = "apart"
    ALIKE = "alike"


@dataclass(frozen=True, kw_only=True)
class Row:
    """Goals that belong together, may belong together, or that only one wrote."""

    kind: Kind
    client: Written | None = None
    therapist: Written | None = None
    difference: float = 0.0
    heavier: str = ""
    led_on: bool = False

    @property
    def paired(self) -> bool:
        """Whether the two were put together."""
        return self.kind in {Kind.APART, Kind.ALIKE}


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A round that is open: its rows, and how far the lists agree."""

    rows: tuple[Row, ...]
    agreement: Agreement | None
    client_left: tuple[Written, ...]
    therapist_left: tuple[Written, ...]


def lists_of(round_: Round) -> tuple[list[Written], list[Written]]:
    """Give what the client and what the therapist wrote, each in their order."""
    found = list(round_.written.order_by("rank"))
    return (
        [one for one in found if one.writer == Rater.CLIENT],
        [one for one in found if one.writer == Rater.THERAPIST],
    )


def agreement_of(
    client: Sequence[Written], therapist: Sequence[Written], pairs: Sequence[Pair]
) -> Agreement | None:
    """Reckon how far two lists agree."""
    mine = {one.pk: place for place, one in enumerate(client)}
    theirs = {one.pk: place for place, one in enumerate(therapist)}
    return agreement(
        [one.rank for one in client],
        [one.rank for one in therapist],
        [(mine[one.client_goal_id], theirs[one.therapist_goal_id]) for one in pairs],
    )


def compare(round_: Round) -> Compared:
    """Lay the lists of an open round side by side."""
    if not round_.is_open:
        raise LookupError("lists that are being written are compared by nobody")
    client, therapist = lists_of(round_)
    pairs = list(round_.pairs.all())
    rows = [
        *paired(client, therapist, pairs),
        *unpaired(client, therapist, pairs),
    ]
    left = [row for row in rows if not row.paired]
    return Compared(
        rows=tuple(sorted(rows, key=place)),
        agreement=agreement_of(client, therapist, pairs),
        client_left=tuple(row.client for row in left if row.client),
        therapist_left=tuple(row.therapist for row in left if row.therapist),
    )


def paired(
    client: Sequence[Written], therapist: Sequence[Written], pairs: Sequence[Pair]
) -> list[Row]:
    """Give a row for each pair, with how far apart its goals rank."""
    weights = {
        one.pk: weight
        for side in (client, therapist)
        for one, weight in zip(side, rank_weights([one.rank for one in side]), strict=True)
    }
    named = {one.pk: one for one in (*client, *therapist)}
    rows = []
    for one in pairs:
        more = weights[one.client_goal_id] - weights[one.therapist_goal_id]
        apart = abs(more)
        rows.append(
            Row(
                kind=Kind.APART if apart > ALIKE_WITHIN else Kind.ALIKE,
                client=named[one.client_goal_id],
                therapist=named[one.therapist_goal_id],
                difference=apart,
                heavier=Rater.CLIENT if more > 0 else Rater.THERAPIST,
                led_on=led_on(named[one.client_goal_id]) or led_on(named[one.therapist_goal_id]),
            )
        )
    return rows


def unpaired(
    client: Sequence[Written], therapist: Sequence[Written], pairs: Sequence[Pair]
) -> list[Row]:
    """Give a row for what only one wrote, and one for two that share words."""
    theirs = [one for one in client if one.pk not in {pair.client_goal_id for pair in pairs}]
    mine = [one for one in therapist if one.pk not in {pair.therapist_goal_id for pair in pairs}]
    found = suggest_pairs([one.text for one in theirs], [one.text for one in mine])
    taken = {theirs[one.client].pk for one in found} | {mine[one.therapist].pk for one in found}
    return [
        *(
            Row(kind=Kind.SUGGESTED, client=theirs[one.client], therapist=mine[one.therapist])
            for one in found
        ),
        *(
            Row(kind=Kind.CLIENT_ONLY, client=one, led_on=led_on(one))
            for one in theirs
            if one.pk not in taken
        ),
        *(
            Row(kind=Kind.THERAPIST_ONLY, therapist=one, led_on=led_on(one))
            for one in mine
            if one.pk not in taken
        ),
    ]


def led_on(written: Written) -> bool:
    """Say whether a shared goal came of it."""
    return written.led_to_as_client.exists() or written.led_to_as_therapist.exists()


def place(row: Row) -> tuple[int, float, int]:
    """Sort what differs most to the top."""
    first = row.client or row.therapist
    return list(Kind).index(row.kind), -row.difference, first.rank if first else 0
