"""How often the true reason is found, where it was planted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.course.baseline import Norms, estimate_norms
from attunement.guidance.reasons.counts import (
    FIRST_FEW,
    LIMITS,
    confused,
    fallen_together,
    hits,
    weights,
)
from attunement.guidance.reasons.finding import which
from attunement.guidance.reasons.judging import judge
from attunement.guidance.reasons.learning import learn_usual
from attunement.guidance.reasons.library import TOGETHER as ALL_FELL
from attunement.guidance.reasons.library import reasons_library, together
from attunement.guidance.reasons.limit import information_limit
from attunement.guidance.reasons.model import weight_of
from attunement.guidance.reasons.rows import rows
from attunement.guidance.reasons.told import standing
from attunement.guidance.reasons.usual import Usual
from attunement.intake.handed_in import meanings_of
from attunement.synthetic.planted.cohort import Planted, plant
from attunement.synthetic.planted.plan import STRENGTHS, UNDISTURBED, PlantedPlan

SITE = 2000
Index = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What was found of what was planted: told unasked, and ranked when asked.

    Attributes
    ----------
    hits : polars.DataFrame
        ``reason``, ``strength``, ``sessions``, and shares of them. Unasked: ``first`` (the true
        reason is told first), ``among_three``, ``any_reason``. Asked what would fit best:
        ``asked_first`` and ``asked_three`` (it comes first, or among the first three, of the
        twelve and the fall of all answers). ``limit``, ``limit_three``, ``limit_whole``,
        ``limit_three_whole`` and ``asked_limit``: what an ideal observer would name from the
        answers alone (:func:`.limit.information_limit`), or null.
    confused : polars.DataFrame
        ``asked``, ``reason`` (planted), ``named`` first (a reason, or ``none``), ``share``: medium
        strength.
    false_reasons : polars.DataFrame
        ``told_first`` and ``share`` of the undisturbed sessions.
    false_share : float
        Share of undisturbed sessions at which any reason is told.
    undisturbed : int
        How many those were.
    weights : polars.DataFrame
        How much is said to speak for what comes first when asked: ``weight``, the ``share`` of
        sessions with a reason of which that is said, how often that is ``right`` (and
        ``right_weak``, ``right_medium``, ``right_strong``: of sessions of that strength), and the
        share of ``undisturbed`` sessions.
    together : polars.DataFrame
        ``strength`` and ``sessions`` in which all answers fell (strength ``none``: in which
        nothing was planted), and shares of them: ``general`` (said to have fallen together, if a
        drop was noticed beside it, or when asked) and ``any_reason`` told unasked.
    """

    hits: pl.DataFrame
    confused: pl.DataFrame
    false_reasons: pl.DataFrame
    false_share: float
    undisturbed: int
    weights: pl.DataFrame
    together: pl.DataFrame


def evaluate(
    plan: PlantedPlan | None = None,
    seed: int = 0,
    *,
    limit: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Plant reasons, look for them, and count.

    Parameters
    ----------
    plan
        What is planted.
    seed
        The same seed gives the same figures. What is usual is learnt from another cohort, of
        the next seed, to which nothing happens.
    limit
        Whether to compute what perfect knowledge of the client would find.
    progress
        Called with the number of steps done, and of all.
    """
    plan = plan or PlantedPlan()
    planted = plant(plan, seed)
    site = plant(replace(plan, each=0, together=0, undisturbed=SITE), seed + 1)
    usual = learn_usual(_laid_out(site))
    norms = estimate_norms(site.scores, meanings_of(site.scores, None))
    found = look(planted, usual, norms, progress)
    fallen = plant(replace(plan, each=0, undisturbed=0, together=max(plan.each, 1)), seed + 2)
    every = pl.concat([found, look(fallen, usual, norms)])
    calm = found.filter(reason=UNDISTURBED)
    false = (
        calm.drop_nulls("told_first")
        .group_by("told_first")
        .agg(share=pl.len() / max(len(calm), 1))
        .sort(-pl.col("share"), "told_first")
    )
    disturbed = found.filter(pl.col("reason").is_in(list(reasons_library())))
    return Evaluation(
        hits=hits(disturbed, _limits(planted, plan) if limit else pl.DataFrame(schema=LIMITS)),
        confused=confused(disturbed.filter(strength="medium")),
        false_reasons=false,
        false_share=float(false["share"].sum()),
        undisturbed=len(calm),
        weights=weights(disturbed, calm),
        together=fallen_together(every),
    )


def look(
    planted: Planted,
    usual: Usual,
    norms: Mapping[str, Norms],
    progress: Callable[[int, int], None] | None = None,
) -> pl.DataFrame:
    """Look at every planted session, as :func:`attunement.reasons` does.

    Returns
    -------
    The truth, with ``told_first`` and ``own_told`` (the rank at which the true reason is told);
    ``asked_first``, ``weight`` (how much speaks for that), and ``own_asked``; ``general``, all
    null where there is none.
    """
    table = _laid_out(planted)
    judged = judge(
        table, which(table, "newest"), reasons_library(), usual, dict(norms), progress=progress
    )
    order, told, shown = standing(judged, FIRST_FEW, asked=True)
    ids = [*reasons_library(), ALL_FELL]
    rarity = [one.rarity for one in (*reasons_library().values(), together())]
    place = {name: number for number, name in enumerate(ids)}
    true = np.array([place.get(name, -1) for name in planted.truth["reason"]])
    own = order == true[:, None]
    told_first = np.where(told.any(axis=1), _first(order, told), -1)
    asked_first = np.where(shown[:, 0], order[:, 0], -1)
    weight = [
        None if number < 0 else weight_of(float(judged.strength[row, number]), rarity[number])
        for row, number in enumerate(asked_first.tolist())
    ]
    names = [*ids, None]
    return planted.truth.with_columns(
        told_first=pl.Series([names[one] for one in told_first], dtype=pl.String),
        own_told=_rank(np.cumsum(told, axis=1), own & told),
        asked_first=pl.Series([names[one] for one in asked_first], dtype=pl.String),
        own_asked=_rank(np.arange(1, len(names)), own & shown),
        weight=pl.Series(weight, dtype=pl.String),
        general=judged.general,
    )


def _first(order: Index, those: Flags) -> Index:
    return np.asarray(np.take_along_axis(order, those.argmax(axis=1)[:, None], axis=1)[:, 0])


def _rank(rank: Index, where: Flags) -> pl.Series:
    """Give the rank at the one place of each row, or null."""
    return pl.Series(np.where(where, rank, 0).max(axis=1)).replace(0, None)


def _laid_out(planted: Planted) -> pl.DataFrame:
    return rows(
        planted.responses,
        symptoms=planted.scores,
        attendance=planted.attendance,
        goals=planted.goals,
    )


def _limits(planted: Planted, plan: PlantedPlan) -> pl.DataFrame:
    """Compute the information limit for the reasons that show in answers."""
    limits = [
        {"reason": reason, "strength": name, **shares}
        for name, depth in STRENGTHS.items()
        for reason, shares in information_limit(planted, plan, depth).items()
    ]
    return pl.DataFrame(limits, schema=LIMITS)
