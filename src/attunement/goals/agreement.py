"""Goal agreement: how much of what matters to each the two lists have in common.

Definition
----------
The client's goals weigh c_1, c_2, ... and the therapist's t_1, t_2, ..., each adding up to one
(:func:`attunement.goals.weights.rank_weights`). People pair goals that belong together, each with
one other at most. A goal without a partner has a partner of weight zero. The index is

    agreement = sum over pairs of min(c, t)  =  1 - 1/2 * sum over all goals of |c - t|

It is the share of importance that both lists put in the same place: 1 where every goal has its
partner at the same place, 0 where nothing is paired. What is missing from 1 falls into three
parts that add up: what only the client wants, what only the therapist wants, and what both want
but rank differently.

Standing
--------
The formula is the overlap of two distributions, known since Czekanowski and, as proportional
similarity, Renkonen (1938, *Ann. Zool. Soc. Bot. Fenn. Vanamo* 6:1-231; read in a reference work).
Using it for goals is our own. We know of no norm and no cut-off for it. Agreement *between lists*
is another thing than agreement *as felt*: with target complaints the two were unrelated, and both
went with outcome (Busseri and Tyler 2004, *Psychother. Res.* 14:77-88; abstract read). So it stands
beside the check-in's answer on goals, and never in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from attunement.frames import hand_back, to_lazy, to_polars
from attunement.goals.tables import GOALS
from attunement.goals.weights import rank_weights
from attunement.problems import Problem

RATERS = ("client", "therapist")
SCHEMA = pl.Schema(
    {
        "agreement": pl.Float64,
        "client_only": pl.Float64,
        "therapist_only": pl.Float64,
        "ranked_apart": pl.Float64,
        "client_goals": pl.Int64,
        "therapist_goals": pl.Int64,
        "pairs": pl.Int64,
    }
)


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far two lists agree, and what is missing from one; all are shares of importance.

    Attributes
    ----------
    agreement : float
        From 0 (nothing in common) to 1 (the same goals in the same order).
    client_only, therapist_only : float
        Half the weight of the goals that only one of them has.
    ranked_apart : float
        What both want, but do not rank alike.
    client_goals, therapist_goals, pairs : int
        How many there are.
    """

    agreement: float
    client_only: float
    therapist_only: float
    ranked_apart: float
    client_goals: int
    therapist_goals: int
    pairs: int


def agreement(
    client: Sequence[float], therapist: Sequence[float], pairs: Sequence[tuple[int, int]]
) -> Agreement | None:
    """Reckon the goal agreement index of two ranked lists.

    Parameters
    ----------
    client, therapist
        The rank of each goal, the most important lowest.
    pairs
        Positions in ``client`` and in ``therapist`` that belong together.

    Returns
    -------
    None where one of the lists is empty: then there is nothing to compare, which is not the same
    as disagreement.

    Raises
    ------
    Problem
        If a goal stands in two pairs, or a pair names a goal that is not there.

    Examples
    --------
    >>> found = agreement([1, 2, 3], [1, 2], [(0, 1), (2, 0)])
    >>> round(found.agreement, 2), round(found.ranked_apart, 2)
    (0.5, 0.33)
    """
    if not client or not therapist:
        return None
    refuse_twice(pairs, len(client), len(therapist))
    c, t = rank_weights(client), rank_weights(therapist)
    mine, theirs = {i for i, _ in pairs}, {j for _, j in pairs}
    return Agreement(
        agreement=sum(min(c[i], t[j]) for i, j in pairs),
        client_only=sum(w for i, w in enumerate(c) if i not in mine) / 2,
        therapist_only=sum(w for j, w in enumerate(t) if j not in theirs) / 2,
        ranked_apart=sum(abs(c[i] - t[j]) for i, j in pairs) / 2,
        client_goals=len(c),
        therapist_goals=len(t),
        pairs=len(pairs),
    )


def refuse_twice(pairs: Sequence[tuple[int, int]], client: int, therapist: int) -> None:
    """Raise a :class:`Problem` unless every goal is there and stands in one pair at most."""
    for side, count in enumerate((client, therapist)):
        used = [pair[side] for pair in pairs]
        if len(set(used)) != len(used):
            raise Problem("a goal stands in two pairs", "let each belong to one other at most")
        if any(not 0 <= position < count for position in used):
            raise Problem("a pair names a goal that is not in the list", "name goals that are")


def goal_agreement(goals: Any) -> Any:
    """Reckon goal agreement for every client and session at which both wrote their goals.

    Parameters
    ----------
    goals
        The table :data:`attunement.goals.tables.GOALS`, of any kind. Goals that belong together
        have the same ``pair``.

    Returns
    -------
    One row per client and session, of the same kind: ``client``, ``session`` and what
    :class:`Agreement` holds, in order. Sessions at which only one wrote are left out.

    Raises
    ------
    Problem
        If a column is missing, a rater is neither client nor therapist, or a pair holds other
        than one goal of each.

    Examples
    --------
    >>> import polars as pl
    >>> goals = pl.DataFrame({"client": "a", "session": 1, "rank": [1, 2, 1, 2],
    ...                       "rater": ["client", "client", "therapist", "therapist"],
    ...                       "goal": ["sleep", "work", "sleep better", "mood"],
    ...                       "pair": ["x", None, "x", None]})
    >>> goal_agreement(goals)["agreement"].round(2).to_list()
    [0.67]
    """
    GOALS.require(goals)
    lazy = to_lazy(goals)
    rows = to_polars(lazy.select("client", "session", "rater", "goal", "rank", "pair"))
    strange = set(rows["rater"].unique()) - set(RATERS)
    if strange:
        raise Problem(
            f"{min(map(str, strange))!r} is no rater of goals",
            "write client or therapist",
            field="rater",
        )
    key = ["client", "session"]
    found = [
        dict(zip(key, place, strict=True)) | vars(one)
        for place, group in rows.sort(*key, "rater", "rank", "goal").group_by(
            key, maintain_order=True
        )
        if (one := of_one_session(group)) is not None
    ]
    schema = {name: rows.schema[name] for name in key} | SCHEMA
    return hand_back(pl.DataFrame(found, schema=schema), goals)


def of_one_session(group: pl.DataFrame) -> Agreement | None:
    """Reckon the agreement of the two lists of one session."""
    lists = [group.filter(pl.col("rater") == rater) for rater in RATERS]
    places: list[dict[Any, int]] = []
    for one in lists:
        paired = [pair for pair in one["pair"] if pair is not None]
        if len(set(paired)) != len(paired):
            raise Problem(
                "two goals of one person share a pair",
                "let a pair hold one goal of the client and one of the therapist",
                field="pair",
            )
        places.append({pair: i for i, pair in enumerate(one["pair"]) if pair is not None})
    both = places[0].keys() & places[1].keys()
    if places[0].keys() != places[1].keys() and all(one.height for one in lists):
        raise Problem(
            "a pair holds the goal of one person alone",
            "leave pair empty where a goal has no partner",
            field="pair",
        )
    pairs = sorted((places[0][pair], places[1][pair]) for pair in both)
    return agreement(lists[0]["rank"].to_list(), lists[1]["rank"].to_list(), pairs)
