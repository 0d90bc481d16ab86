"""Strain: what is unusual for this client, and what is drifting."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

import narwhals as nw

from attunement.course.baseline import Norms
from attunement.course.prediction import of_scale, predicted
from attunement.course.windows import (
    by_scale,
    highest_so_far,
    known_scores,
    neighbour,
    so_far,
)
from attunement.frames import Lazy, any_table
from attunement.measures.scale import Scale
from attunement.problems import Problem
from attunement.tables import SIGNALS

LEAST_TO_SPREAD = 2
LARGEST_EXPONENT = 700


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When a score is called unusual.

    Attributes
    ----------
    watch, review : float
        How far below what earlier scores lead us to expect, in SDs of that prediction.
    fewest : int
        Earlier scores needed before anything is said.
    ewma_weight : float
        Weight of the newest surprise in the exponentially weighted mean.
    ewma_limit : float
        Width of its limit, in its own SDs.
    cusum_slack, cusum_interval : float
        Allowance and decision interval of the lower cumulative sum, in SDs.

    Raises
    ------
    Problem
        If a value is out of range.

    Examples
    --------
    >>> Rule(watch=1.5).review
    2.5
    """

    watch: float = 2.0
    review: float = 2.5
    fewest: int = 3
    ewma_weight: float = 0.2
    ewma_limit: float = 2.7
    cusum_slack: float = 0.5
    cusum_interval: float = 4.0

    def __post_init__(self) -> None:
        if not 0 < self.watch <= self.review:
            raise Problem("watch must be above 0, and review no less", field="watch, review")
        if self.fewest < LEAST_TO_SPREAD:
            raise Problem("a spread needs two earlier scores or more", field="fewest")
        if not 0 < self.ewma_weight < 1:
            raise Problem("a weight lies between 0 and 1", field="ewma_weight")
        if min(self.ewma_limit, self.cusum_slack, self.cusum_interval) < 0:
            raise Problem("limits of drifts must be 0 or more", field="ewma_limit, cusum")

    @property
    def most_scores(self) -> int:
        """How many scores of a course the charts for drifts hold: 3137 by default."""
        return int(LARGEST_EXPONENT / -log(1 - self.ewma_weight))


DEFAULT_RULE = Rule()


@any_table
def signals(
    scores: Lazy,
    scales: Mapping[str, Scale],
    norms: Mapping[str, Norms],
    rule: Rule = DEFAULT_RULE,
) -> Lazy:
    """Compare every score with what the same client's earlier ones lead us to expect.

    The client's variance is moderated by the programme's; the limits are those of a
    prediction for one new observation (see :func:`attunement.course.prediction.predicted`).
    Each surprise, divided by its predicted SD, goes into two charts for slow drifts: an
    exponentially weighted mean (Roberts 1959, *Technometrics* 1:239) and a cumulative sum
    (Page 1954, *Biometrika* 41:100). To chart such surprises, so that no parameter need be
    known beforehand, is the idea of Hawkins 1987 (*The Statistician* 36), without his
    transformation; how often our limits err is found by simulation (``attunement rules``).

    Parameters
    ----------
    scores
        The table ``scores``: ``client``, ``scale``, ``session``, ``score`` (scale units),
        one row per key. Rows of scales that are not in ``scales`` are left out; a score
        that is not a finite number counts as missing.
    scales, norms
        What is known of each scale, by name.
    rule
        When a score is called unusual.

    Returns
    -------
    The table ``signals``, a row for each of ``scores``, from this session and earlier ones
    only. ``ewma`` and ``cusum`` are in SDs, and below zero is worse on every scale; neither
    is kept beyond ``rule.most_scores`` scores of a course.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.measures import Direction, Scale
    >>> scores = pl.DataFrame({"client": "a", "scale": "alliance", "session": range(1, 6),
    ...                        "score": [7.5, 8.0, 7.8, 7.6, 4.0]})
    >>> scale = Scale(name="alliance", direction=Direction.HIGHER, low=0, high=10)
    >>> signals(scores, {"alliance": scale}, {"alliance": Norms(sd=0.5)})["signal"].to_list()
    [None, None, None, 'none', 'review']
    """
    predicted = _predict(known_scores(scores, scales), norms, rule)
    return _drifts(_limits(predicted, scales, rule), rule).select(SIGNALS.names)


def _predict(scores: Lazy, norms: Mapping[str, Norms], rule: Rule) -> Lazy:
    """Add what earlier scores lead us to expect: ``prior_mean``, ``sigma`` and ``_spread``."""
    level, trend = of_scale(norms, "level"), of_scale(norms, "trend")
    usual = (
        level
        if isinstance(trend, int | float) and trend == 0
        else level + trend * nw.col("session")
    )
    deviating = scores.with_columns(_deviation=nw.col("score") - usual)
    weight = of_scale(norms, "level_weight")
    expected = predicted(deviating, "_deviation", norms, fewest=rule.fewest, weight=weight)
    return expected.with_columns(prior_mean=usual + nw.col("_mean"))


def _limits(predicted: Lazy, scales: Mapping[str, Scale], rule: Rule) -> Lazy:
    """Add the limits, the signal, and the ``_surprise``: how many SDs better than expected."""
    sign = by_scale({name: scale.sign for name, scale in scales.items()})
    score, surprise = nw.col("score"), nw.col("_surprise")
    reach = sign * nw.col("_spread")
    signal = (
        nw.when(surprise < -rule.review)
        .then(nw.lit("review"))
        .otherwise(
            nw.when(surprise < -rule.watch)
            .then(nw.lit("watch"))
            .otherwise(nw.when(~surprise.is_null()).then(nw.lit("none")))
        )
    )
    return predicted.with_columns(
        limit_watch=nw.col("prior_mean") - rule.watch * reach,
        limit_review=nw.col("prior_mean") - rule.review * reach,
        _surprise=(score - nw.col("prior_mean")) / reach,
    ).with_columns(signal=signal)


def _drifts(limited: Lazy, rule: Rule) -> Lazy:
    """Add the change since the score before, and the two charts for slow drifts.

    Neither chart needs recursion: the weighted mean is a cumulative sum of rescaled surprises, and
    the lower cumulative sum is ``C - max(0, highest C so far)``.
    """
    surprise, weight = nw.col("_surprise"), rule.ewma_weight
    said = (~surprise.is_null()) & (nw.col("prior_n") < rule.most_scores)
    age = nw.when(said).then(nw.col("prior_n").cast(nw.Float64) - rule.fewest)
    decay = log(1 - weight)
    steady = rule.ewma_limit * (weight / (2 - weight)) ** 0.5
    return (
        limited.with_columns(_age=age)
        .with_columns(
            _grown=surprise * (-decay * nw.col("_age")).exp(),
            _excess=surprise + rule.cusum_slack,
        )
        .with_columns(
            _weighted=so_far(nw.col("_grown")),
            _sum=so_far(nw.col("_excess")),
            _before=neighbour(nw.col("score"), 1),
        )
        .with_columns(_top=highest_so_far(nw.col("_sum")))
        .with_columns(
            change=nw.col("score") - nw.col("_before"),
            ewma=weight * (decay * nw.col("_age")).exp() * nw.col("_weighted"),
            ewma_limit=-steady * (1 - (2 * decay * (nw.col("_age") + 1)).exp()).sqrt(),
            cusum=nw.when(said).then(
                nw.col("_sum") - nw.when(nw.col("_top") > 0).then(nw.col("_top")).otherwise(0.0)
            ),
        )
        .with_columns(cusum_alarm=nw.col("cusum") < -rule.cusum_interval)
    )
