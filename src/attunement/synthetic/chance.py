"""What chance alone would show in a given table of scores, if nothing had happened to anyone."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from attunement.course.baseline import Norms
from attunement.course.strain.signals import DEFAULT_RULE, Rule, signals
from attunement.measures.scale import Scale

STEPS = (1.0, 0.5, 0.25, 0.2, 0.125, 0.1)
COURSE = ["client", "scale"]


@dataclass(frozen=True, kw_only=True)
class Chance:
    """Shares of clients who are flagged at least once though nothing happened.

    Attributes
    ----------
    watch, review, drift : float
        By a watch or a review, by a review, by a slow drift, on any scale.
    clients : int
        How many were simulated: a share p has an error of ``sqrt(p (1 - p) / clients)``.
    """

    watch: float
    review: float
    drift: float
    clients: int


def chance_of_flags(
    scores: pl.DataFrame,
    scales: Mapping[str, Scale],
    norms: Mapping[str, Norms],
    rule: Rule = DEFAULT_RULE,
    *,
    clients: int = 2000,
    seed: int = 20260101,
) -> Chance:
    """Simulate the same clients, sessions and scales without any strain, and count the flags.

    Every client keeps their own level, sessions and missing scores. Around that level and the
    usual trend, scores are independent and normal; a client's variance is the programme's,
    spread as its norms say (``df * sd^2 / chi-squared(df)``, the distribution that moderating
    variances supposes: Smyth 2004, *Stat. Appl. Genet. Mol. Biol.* 3:3). They are cut off at
    the ends of the scale and rounded as the scores are. Real scores carry over from session
    to session and have heavier tails, so that chance will flag more people than this.

    Parameters
    ----------
    scores
        The table ``scores``.
    scales, norms
        What is known of each scale, by name; those that are watched.
    rule
        When a score is called unusual.
    clients
        About how many to simulate: a small table is repeated, a large one sampled.
    seed
        The same seed gives the same shares.

    Returns
    -------
    The shares; all 0 for a table without scores.
    """
    random = np.random.default_rng(seed)
    known = scores.filter(
        pl.col("scale").is_in(list(scales)), pl.col("score").is_finite()
    ).with_columns(pl.col("client").rank("dense"))
    people = known["client"].n_unique()
    if not people:
        return Chance(watch=0.0, review=0.0, drift=0.0, clients=0)
    if people > clients:
        chosen = pl.Series(random.choice(people, clients, replace=False) + 1)
        known = known.filter(pl.col("client").is_in(chosen.cast(known["client"].dtype).implode()))
        people = clients
    copies = -(-clients // people)
    many = pl.concat(
        known.select("client", "scale", "session", "score", copy=pl.lit(copy))
        for copy in range(copies)
    ).with_columns(client=pl.struct("client", "copy").rank("dense"))
    simulated = pl.concat(
        _without_strain(part, scales[str(name)], norms[str(name)], random)
        for (name,), part in many.group_by("scale", maintain_order=True)
    )
    flagged = (
        signals(simulated, scales, norms, rule)
        .group_by("client")
        .agg(
            watch=(pl.col("signal").is_in(["watch", "review"])).any(),
            review=(pl.col("signal") == "review").any(),
            drift=((pl.col("ewma") < pl.col("ewma_limit")) | pl.col("cusum_alarm")).any(),
        )
    )
    share = {
        name: float(flagged[name].sum()) / len(flagged) for name in ("watch", "review", "drift")
    }
    return Chance(**share, clients=len(flagged))


def _without_strain(
    courses: pl.DataFrame, scale: Scale, norms: Norms, random: np.random.Generator
) -> pl.DataFrame:
    """Draw new scores at the same sessions around every client's own level."""
    placed = courses.with_columns(
        course=pl.col("client").rank("dense"),
        level=pl.col("score").mean().over("client"),
        since=pl.col("session") - pl.col("session").mean().over("client"),
    )
    number = placed["course"].n_unique()
    spread = norms.sd * np.sqrt(norms.df / random.chisquare(norms.df, number))
    noise = random.normal(size=len(placed)) * spread[placed["course"].to_numpy() - 1]
    drawn = pl.col("level") + norms.trend * pl.col("since") + pl.Series(noise)
    step = _step(courses["score"])
    score = (drawn / step).round() * step if step else drawn
    return placed.select("client", "scale", "session", score=score.clip(scale.low, scale.high))


def _step(scores: pl.Series) -> float | None:
    """Find what scores are rounded to, if to anything."""
    for step in STEPS:
        steps = scores / step
        if ((steps - steps.round()).abs() < 1e-6).all():
            return step
    return None
