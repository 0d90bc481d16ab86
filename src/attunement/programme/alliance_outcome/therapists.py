"""The between association once more, split into clients of one therapist and therapists."""

from dataclasses import dataclass

import polars as pl

from attunement.multilevel import fit
from attunement.programme.alliance_outcome.associations import Association
from attunement.programme.alliance_outcome.models import from_fit

FEWEST_THERAPISTS = 10


@dataclass(frozen=True, kw_only=True)
class TherapistSplit:
    """Associations at two levels between clients.

    Attributes
    ----------
    clients : Association
        Between clients of the same therapist.
    therapists : Association
        Between therapists, by their clients' mean level.
    share : float
        Share of the outcome's variance that lies between therapists.
    count : int
        Therapists.
    """

    clients: Association
    therapists: Association
    share: float
    count: int


def therapist_split(rows: pl.DataFrame, level: float) -> TherapistSplit | str:
    """Split clients' levels into their therapist's mean and their own departure from it.

    As in Baldwin, Wampold and Imel (2007, *J. Consult. Clin. Psychol.* 75:842; cited from
    memory), by a mixed model with intercepts for clients within therapists.

    ``y = b_c (a_i - a_j) + b_t a_j + b_w within + c time + v_j + u_i + e`` for client ``i`` of
    therapist ``j``, of whom ``a`` are the mean alliances.

    Parameters
    ----------
    rows
        From :func:`attunement.programme.alliance_outcome.centring.centred`, with ``therapist``.
    level
        Confidence of the intervals.

    Returns
    -------
    The split, or the reason why there is none.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.programme.alliance_outcome.centring import centred
    >>> from attunement.programme.alliance_outcome.pairing import pairs_of
    >>> scores = simulate(Plan(clients=100, responses=False), seed=7).scores
    >>> rows = centred(pairs_of(scores, alliance="session-check-in.alliance", outcome="phq9"))
    >>> found = therapist_split(rows, 0.95)
    >>> found.count, round(found.clients.value, 2)
    (20, -0.83)
    """
    if "therapist" not in rows.columns:
        return "no therapists are named"
    known = rows.drop_nulls("therapist")
    several = known.group_by("client").agg(n=pl.col("therapist").n_unique())["n"] > 1
    count = known["therapist"].n_unique()
    if several.any():
        return f"{several.sum():,} clients have had several therapists"
    if count < FEWEST_THERAPISTS:
        return f"{count} therapists are too few; {FEWEST_THERAPISTS} or more are needed"
    clients = known.group_by("client").agg(pl.col("therapist", "between").first())
    split = clients.with_columns(
        between_therapists=pl.col("between").mean().over("therapist")
    ).select(
        "client",
        "between_therapists",
        between_clients=pl.col("between") - pl.col("between_therapists"),
    )
    model = fit(
        known.join(split, on="client"),
        "outcome ~ within + between_clients + between_therapists + time + (1 | therapist/client)",
        level=level,
    )
    nothing = float("nan")
    return TherapistSplit(
        clients=from_fit(model, "between_clients", nothing),
        therapists=from_fit(model, "between_therapists", nothing),
        share=float(model.icc["therapist"]),
        count=count,
    )
