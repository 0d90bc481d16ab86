"""How large the change from first to last score is, in standard deviations."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import norm

from attunement.programme.outcomes.measure import Measure


@dataclass(frozen=True, kw_only=True)
class EffectSize:
    """Change from first to last score; positive is better.

    Attributes
    ----------
    scale : str
        Which.
    n : int
        Clients with both scores.
    pre_mean, pre_sd, post_mean, post_sd : float
        In scale units.
    pooled, pooled_low, pooled_high : float
        Over the pooled SD of first and last scores.
    by_first, by_first_low, by_first_high : float
        Over the SD of first scores.
    """

    scale: str
    n: int
    pre_mean: float
    pre_sd: float
    post_mean: float
    post_sd: float
    pooled: float
    pooled_low: float
    pooled_high: float
    by_first: float
    by_first_low: float
    by_first_high: float


def effect_size(
    people: pl.DataFrame, measure: Measure, confidence: float = 0.95
) -> EffectSize | None:
    """Estimate the pre-post effect size of one measure.

    Mean improvement over the pooled SD, with ``m``, ``s`` mean and SD of first (1) and last (2)
    scores of those who have both, whether or not they were cases at first::

        pooled   = (m1 - m2) / sqrt((s1^2 + s2^2) / 2)
        by_first = (m1 - m2) / s1

    (turned round where higher is better). The first is meant to be what NHS Talking Therapies
    reports, and that is unverified: its own definition could not be read. A critic's account of
    its annual report for 2022-23 (CBT Watch, *NHS Talking Therapies - No Better Than Placebo*;
    read) says that the difference is divided by the pooled SD, and neither how the two are pooled
    nor who is counted; other figures of that report are of cases alone. So do not lay the two side
    by side without checking. The second is Becker's (1988, *Br. J. Math. Stat. Psychol.*
    41:257-278; cited from memory).

    Intervals by the delta method for normal scores that are correlated (Bonett 2008, *Psychol.
    Methods* 13:99-109; cited from memory). Without a comparison it is no effect of therapy: it
    holds regression to the mean and whatever else happened meanwhile.

    Parameters
    ----------
    people
        From :func:`~attunement.programme.outcomes.judged.first_and_last`.
    measure
        Which.
    confidence
        Of the intervals.

    Returns
    -------
    None where fewer than three have both scores, or these do not vary.

    Examples
    --------
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> people = pl.DataFrame({"pre phq9": [18.0, 12, 20, 14, 16],
    ...                        "post phq9": [9.0, 11, 12, 8, 10]})
    >>> found = effect_size(people, PHQ9)
    >>> round(found.pooled, 2), round(found.by_first, 2)
    (2.4, 1.9)
    """
    known = people.select(
        pre=pl.col(f"pre {measure.scale}"), post=pl.col(f"post {measure.scale}")
    ).drop_nulls()
    n = known.height
    if n < 3:
        return None
    pre, post = known["pre"].to_numpy().astype(float), known["post"].to_numpy().astype(float)
    (a, c), (_, b) = np.cov(pre, post)
    if not (a > 0 and b > 0):
        return None
    gain = measure.sign * float(post.mean() - pre.mean())
    of_gain = (a + b - 2 * c) / n
    pooled = (a + b) / 2
    of_pooled = (2 * a**2 + 2 * b**2 + 4 * c**2) / (4 * (n - 1))
    z = float(norm.ppf(0.5 + confidence / 2))

    def estimate(variance: float, of_variance: float) -> tuple[float, float, float]:
        d = gain / variance**0.5
        se = np.sqrt(of_gain / variance + d**2 * of_variance / (4 * variance**2))
        return float(d), float(d - z * se), float(d + z * se)

    by_pooled, by_first = estimate(pooled, of_pooled), estimate(a, 2 * a**2 / (n - 1))
    return EffectSize(
        scale=measure.scale,
        n=n,
        pre_mean=float(pre.mean()),
        pre_sd=float(a**0.5),
        post_mean=float(post.mean()),
        post_sd=float(b**0.5),
        pooled=by_pooled[0],
        pooled_low=by_pooled[1],
        pooled_high=by_pooled[2],
        by_first=by_first[0],
        by_first_low=by_first[1],
        by_first_high=by_first[2],
    )
