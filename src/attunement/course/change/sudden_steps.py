"""Which steps from one session to the next are sudden: three published criteria."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import narwhals as nw
from scipy.stats import t

from attunement.frames import Lazy
from attunement.measures.scale import Direction
from attunement.problems import Problem

BEFORE, AFTER = ("_n-2", "_n-1", "_n"), ("_n+1", "_n+2", "_n+3")
FEWEST_EACH_SIDE = 2
LOST_WHEN_REVERSED = 0.5
ROUNDING = 1 - 1e-9  # a step of exactly the cut-off counts, whatever its decimals round to


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What counts as sudden.

    Attributes
    ----------
    scale, direction
        Which scale, and which way on it is better.
    cutoff : float
        Criterion 1: least step, in scale units.
    fraction : float
        Criterion 2: least step as a share of the score before it.
    zero : float
        The score from which that share is counted, in scale units: the lowest possible one for
        a scale that does not begin at 0.
    confidence : float
        Criterion 3: two-sided, of the t value.

    Raises
    ------
    Problem
        If a setting is impossible.
    """

    scale: str
    direction: Direction
    cutoff: float
    fraction: float
    zero: float
    confidence: float

    def __post_init__(self) -> None:
        if not self.cutoff > 0:
            raise Problem(f"{self.cutoff} is no step", "give a cut-off above 0", field="cutoff")
        if not 0 <= self.fraction <= 1:
            raise Problem(f"{self.fraction} is no share", "try .25", field="fraction")
        if not 0 < self.confidence < 1:
            raise Problem(f"{self.confidence} is not a confidence", "try .95", field="confidence")

    @property
    def sign(self) -> int:
        """+1 where higher is better, -1 where lower is better."""
        return 1 if self.direction is Direction.HIGHER else -1


def score_at(step: int) -> nw.Expr:
    """Score ``step`` sessions away, by the session's number; null where that has no score.

    An absent session is a missing score: the next one there is never takes its place.
    """
    way = 1 if step > 0 else -1
    found = [
        nw.when(_scored(way * rows, "session") == nw.col("session") + step).then(
            _scored(way * rows, "score")
        )
        for rows in range(1, abs(step) + 1)
    ]
    return nw.coalesce(*found)


def _scored(away: int, column: str) -> nw.Expr:
    """Value so many scored sessions further on in the same client's course."""
    return nw.col(column).shift(-away).over("client", order_by="session")


def tested(scored: Lazy, criteria: Criteria) -> Lazy:
    """Apply the criteria to the step after every scored session.

    Adds ``testable`` (enough scores around it), ``gain``, ``loss``, ``mean_before``,
    ``mean_after``, ``better`` (the step, positive where it is an improvement), and of the whole
    course ``first``, ``last`` (scores) and ``sd_first`` (SD of all clients' first scores).
    """
    around = _ends(
        scored.with_columns(
            nw.col("score").alias("_n"),
            **{name: score_at(int(name.removeprefix("_n"))) for name in (*BEFORE[:2], *AFTER)},
        )
    )
    sides = around.with_columns(n_before=_count(BEFORE), n_after=_count(AFTER)).with_columns(
        mean_before=_total(BEFORE) / nw.col("n_before"),
        mean_after=nw.when(nw.col("n_after") > 0).then(_total(AFTER) / nw.col("n_after")),
        better=criteria.sign * (nw.col("_n+1") - nw.col("_n")),
        testable=~nw.col("_n+1").is_null()
        & (nw.col("n_before") >= FEWEST_EACH_SIDE)
        & (nw.col("n_after") >= FEWEST_EACH_SIDE),
    )
    judged = _whole_course(sides.with_columns(_least=_t_value(criteria) * _pooled_sd()))
    return judged.with_columns(gain=_sudden(criteria, 1), loss=_sudden(criteria, -1))


def _sudden(criteria: Criteria, way: int) -> nw.Expr:
    """All three criteria; ``way`` is +1 for a gain and -1 for a loss."""
    step = way * nw.col("better")
    apart = way * criteria.sign * (nw.col("mean_after") - nw.col("mean_before"))
    large = step >= criteria.cutoff * ROUNDING
    relative = step >= criteria.fraction * ROUNDING * (nw.col("_n") - criteria.zero).abs()
    return nw.col("testable") & large & relative & (apart > nw.col("_least"))


def _pooled_sd() -> nw.Expr:
    """SD within the two sides."""
    squares = _squares(BEFORE, "mean_before") + _squares(AFTER, "mean_after")
    return (squares / _df()).sqrt()


def _df() -> nw.Expr:
    """Degrees of freedom, null where a step cannot be tested."""
    return nw.when(nw.col("testable")).then(nw.col("n_before") + nw.col("n_after") - 2)


def _t_value(criteria: Criteria) -> nw.Expr:
    """Critical value for the scores there are."""
    values = {df: float(t.ppf(0.5 + criteria.confidence / 2, df)) for df in (2, 3, 4)}
    return nw.coalesce(*(nw.when(_df() == df).then(nw.lit(values[df])) for df in values))


def _count(names: Sequence[str]) -> nw.Expr:
    return reduce(add, (nw.when(nw.col(name).is_null()).then(0).otherwise(1) for name in names))


def _total(names: Sequence[str]) -> nw.Expr:
    return reduce(add, (nw.col(name).fill_null(0.0) for name in names))


def _squares(names: Sequence[str], mean: str) -> nw.Expr:
    return reduce(add, (((nw.col(name) - nw.col(mean)) ** 2).fill_null(0.0) for name in names))


def _ends(scored: Lazy) -> Lazy:
    """Mark the scores with which every client began and ended."""
    session, score = nw.col("session"), nw.col("score")
    return scored.with_columns(
        _first=nw.when(session == session.min().over("client")).then(score),
        _last=nw.when(session == session.max().over("client")).then(score),
    )


def _whole_course(steps: Lazy) -> Lazy:
    """Add every client's first and last score, and how far first scores lie apart."""
    return steps.with_columns(
        first=nw.col("_first").max().over("client"),
        last=nw.col("_last").max().over("client"),
        sd_first=nw.col("_first").std().over("scale"),
    )


def found(steps: Lazy, scored: Lazy, criteria: Criteria) -> Lazy:
    """Keep the sudden steps, one row each, with their size and whether they were reversed."""
    way = nw.when(nw.col("gain")).then(1).otherwise(-1)
    total = way * criteria.sign * (nw.col("last") - nw.col("first"))
    sudden = steps.filter(nw.col("gain") | nw.col("loss")).with_columns(
        kind=nw.when(nw.col("gain")).then(nw.lit("gain")).otherwise(nw.lit("loss")),
        session_n=nw.col("session"),
        score_before=nw.col("score"),
        score_after=nw.col("_n+1"),
        magnitude=nw.col("better").abs(),
        magnitude_sd=nw.when(nw.col("sd_first") > 0).then(
            nw.col("better").abs() / nw.col("sd_first")
        ),
        share_of_total=nw.when(total > 0).then(nw.col("better").abs() / total),
    )
    later = scored.select("client", nw.col("session").alias("later"), nw.col("score").alias("then"))
    step, lost = (
        nw.col("score_after") - nw.col("score_before"),
        nw.col("score_after") - nw.col("then"),
    )
    back = (
        sudden.join(later, on="client", how="inner")
        .filter(nw.col("later") > nw.col("session_n") + 1)
        .filter(lost / step >= LOST_WHEN_REVERSED * ROUNDING)
        .group_by("client", "session_n")
        .agg(reversal_session=nw.col("later").min())
    )
    return sudden.join(back, on=["client", "session_n"], how="left").with_columns(
        reversed=~nw.col("reversal_session").is_null()
    )
