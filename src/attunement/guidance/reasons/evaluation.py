"""How often the true reason is found, where it was planted."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from attunement.course.baseline import estimate_norms
from attunement.guidance.reasons.finding import Found, reasons
from attunement.guidance.reasons.learning import learn_usual
from attunement.guidance.reasons.library import reasons_library
from attunement.guidance.reasons.limit import information_limit
from attunement.guidance.reasons.rows import rows
from attunement.intake.handed_in import meanings_of
from attunement.synthetic.planted.cohort import Planted, plant
from attunement.synthetic.planted.plan import STRENGTHS, TOGETHER, UNDISTURBED, PlantedPlan

FIRST_FEW = 3
SITE = 2000


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What was found of what was planted.

    Attributes
    ----------
    hits : polars.DataFrame
        ``reason``, ``strength``, ``sessions``, and shares of them: ``first`` (the true reason is
        told first), ``among_three``, ``any_reason``, and ``limit``: what an ideal observer would
        tell first from the answers alone (:func:`.limit.information_limit`), or null.
    confused : polars.DataFrame
        ``reason`` (planted), ``told_first`` (a reason, or ``none``), ``share``: medium strength.
    false_reasons : polars.DataFrame
        ``told_first`` and ``share`` of the undisturbed sessions.
    false_share : float
        Share of undisturbed sessions at which any reason is told.
    undisturbed : int
        How many those were.
    together : polars.DataFrame
        ``strength`` and ``sessions`` in which all answers fell (strength ``none``: in which
        nothing was planted), and shares of them: ``general`` (said to have fallen together, if a
        drop was noticed beside it) and ``any_reason``.
    """

    hits: pl.DataFrame
    confused: pl.DataFrame
    false_reasons: pl.DataFrame
    false_share: float
    undisturbed: int
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
    site = plant(replace(plan, each=0, undisturbed=SITE), seed + 1)
    scales = meanings_of(site.scores, None)
    usual = learn_usual(rows(site.responses, symptoms=site.scores, attendance=site.attendance))
    norms = estimate_norms(site.scores, scales)

    def look(cohort: Planted, steps: Callable[[int, int], None] | None = None) -> Found:
        return reasons(
            cohort.responses,
            symptoms=cohort.scores,
            attendance=cohort.attendance,
            goals=cohort.goals,
            usual=usual,
            norms=norms,
            progress=steps,
        )

    found = look(planted, progress)
    fallen = plant(replace(plan, each=0, undisturbed=0, together=max(plan.each, 1)), seed + 2)
    together = [
        _said_together(cohort, told.sessions)
        for cohort, told in ((planted, found), (fallen, look(fallen)))
    ]
    told = found.reasons.select("client", "rank", told="reason")
    table = planted.truth.select("client", "reason", "strength").join(
        told.filter(rank=1).select("client", told_first="told"), on="client", how="left"
    )
    own = told.join(planted.truth.select("client", "reason"), on="client").filter(
        pl.col("told") == pl.col("reason")
    )
    table = table.join(own.select("client", own_rank="rank"), on="client", how="left")
    limits = _limits(planted, plan) if limit else None
    return _counted(table, limits, pl.concat(together))


def _said_together(planted: Planted, sessions: pl.DataFrame) -> pl.DataFrame:
    """Count how often all answers are said to have fallen together, where they did or did not."""
    grades = {name: number for number, name in enumerate(("none", *STRENGTHS))}
    return (
        planted.truth.filter(pl.col("reason").is_in([TOGETHER, UNDISTURBED]))
        .join(sessions, on=["client", "session"])
        .group_by("strength")
        .agg(
            sessions=pl.len(),
            general=pl.col("general").mean(),
            any_reason=(pl.col("reasons") > 0).mean(),
        )
        .sort(pl.col("strength").replace_strict(grades))
    )


def _limits(planted: Planted, plan: PlantedPlan) -> pl.DataFrame:
    """Compute the information limit for the reasons that show in answers."""
    shares = [
        {"reason": reason, "strength": name, "limit": share}
        for name, depth in STRENGTHS.items()
        for reason, share in information_limit(planted, plan, depth).items()
    ]
    schema = {"reason": pl.String, "strength": pl.String, "limit": pl.Float64}
    return pl.DataFrame(shares, schema=schema)


def _counted(
    table: pl.DataFrame, limits: pl.DataFrame | None, together: pl.DataFrame
) -> Evaluation:
    order = {name: number for number, name in enumerate(reasons_library())}
    grades = {name: number for number, name in enumerate(STRENGTHS)}
    disturbed = table.filter(pl.col("reason") != UNDISTURBED)
    hits = (
        disturbed.group_by("reason", "strength")
        .agg(
            sessions=pl.len(),
            first=(pl.col("told_first") == pl.col("reason")).fill_null(value=False).mean(),
            among_three=(pl.col("own_rank") <= FIRST_FEW).fill_null(value=False).mean(),
            any_reason=pl.col("told_first").is_not_null().mean(),
        )
        .sort(pl.col("reason").replace_strict(order), pl.col("strength").replace_strict(grades))
    )
    if limits is None:
        hits = hits.with_columns(limit=pl.lit(None, pl.Float64))
    else:
        hits = hits.join(limits, on=["reason", "strength"], how="left", maintain_order="left")
    confused = (
        disturbed.filter(strength="medium")
        .with_columns(pl.col("told_first").fill_null("none"))
        .group_by("reason", "told_first")
        .agg(told=pl.len())
        .with_columns(share=pl.col("told") / pl.col("told").sum().over("reason"))
        .drop("told")
        .sort(pl.col("reason").replace_strict(order), -pl.col("share"), "told_first")
    )
    calm = table.filter(reason=UNDISTURBED)
    false = (
        calm.drop_nulls("told_first")
        .group_by("told_first")
        .agg(share=pl.len() / max(len(calm), 1))
        .sort(-pl.col("share"), "told_first")
    )
    return Evaluation(
        hits=hits,
        confused=confused,
        false_reasons=false,
        false_share=float(np.sum(false["share"].to_numpy())),
        undisturbed=len(calm),
        together=together,
    )
