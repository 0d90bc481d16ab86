"""Rates of outcomes, each with its denominator and with what is made of the missing."""

from collections.abc import Mapping, Sequence

import polars as pl

from attunement.course.proportions import share
from attunement.programme.outcomes.imputation import Pooled, impute, pool_share
from attunement.programme.outcomes.judged import OUTCOMES, judge
from attunement.programme.outcomes.measure import Measure

BOTH_SCORES = "with first and last score"
EVERYBODY = "everybody who began"
OF_CASES = ("recovery", "reliable_recovery")
LEFT_OUT, WORST, BEST, IMPUTED = "left out", "as if worst", "as if best", "imputed"

RATES = {
    "outcome": pl.String,
    "denominator": pl.String,
    "missing": pl.String,
    "n": pl.Int64,
    "of": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def outcome_rates(
    people: pl.DataFrame,
    measures: Sequence[Measure],
    *,
    beside: Sequence[str] = (),
    imputations: int = 20,
    seed: int = 0,
) -> pl.DataFrame:
    """Give every outcome's rate under each way to treat those whose scores are missing.

    *Left out*: only who has first and last scores, as services usually report. Of *everybody who
    began* (intention to treat) three ways: *as if worst*, nobody missing improved and all of them
    got worse; *as if best*, the other way round; the truth lies between. *Imputed*: multiple
    imputation (see :func:`~attunement.programme.outcomes.imputation.impute`), right where what is
    missing hangs only on what is known. Recovery is of those who were cases at first; who has no
    first score may have been one.

    Each share is ``n / of``.

    Parameters
    ----------
    people
        From :func:`~attunement.programme.outcomes.judged.judge`, with columns of ``beside``.
    measures
        As there.
    beside
        Columns of numbers that help to impute.
    imputations
        How often to impute; 0 leaves it out.
    seed
        For the imputation.

    Returns
    -------
    A row per outcome and way: ``outcome``, ``denominator``, ``missing``, ``n``, ``of``, ``share``,
    ``low``, ``high`` (Wilson 1927; Rubin's rules where imputed, and no ``n`` there).

    Examples
    --------
    >>> from attunement.programme.outcomes.judged import judge
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> people = pl.DataFrame({"client": list("abcd"), "pre phq9": [18.0, 12, 20, 14],
    ...                        "post phq9": [7.0, 11, 9, None]})
    >>> found = outcome_rates(judge(people, [PHQ9]), [PHQ9], imputations=0)
    >>> found = found.filter(outcome="recovery").select("missing", "n", "of")
    >>> found.rows()
    [('left out', 2, 3), ('as if worst', 2, 4), ('as if best', 3, 4)]
    """
    pooled = _imputed(people, measures, beside, imputations, seed)
    rows = []
    for outcome in OUTCOMES:
        known = people.filter(pl.col(outcome).is_not_null())
        n, unknown = int(known[outcome].sum()), _unknown(people, outcome)
        worst, best = (unknown, 0) if outcome == "deterioration" else (0, unknown)
        of = known.height + unknown
        rows += [
            _row(outcome, BOTH_SCORES, LEFT_OUT, n, known.height),
            _row(outcome, EVERYBODY, WORST, n + worst, of),
            _row(outcome, EVERYBODY, BEST, n + best, of),
        ]
        if outcome in pooled:
            found = pooled[outcome]
            rows.append(
                (outcome, EVERYBODY, IMPUTED, None, round(found.of), found.share, found.low,
                 found.high)
            )  # fmt: skip
    return pl.DataFrame(rows, schema=RATES, orient="row")


def _unknown(people: pl.DataFrame, outcome: str) -> int:
    """Count those who belong to the denominator, or may, and whose outcome is not known."""
    may = pl.col(outcome).is_null()
    if outcome in OF_CASES:
        may &= pl.col("case").fill_null(value=True)
    return people.filter(may).height


def _row(outcome: str, denominator: str, missing: str, n: int, of: int) -> tuple[object, ...]:
    found = share(n, of)
    return outcome, denominator, missing, n, of, found.share, found.low, found.high


def _imputed(
    people: pl.DataFrame, measures: Sequence[Measure], beside: Sequence[str], times: int, seed: int
) -> Mapping[str, Pooled]:
    if times < 2 or not people["both"].any() or people["both"].all():
        return {}
    names = [f"{time} {measure.scale}" for measure in measures for time in ("pre", "post")]
    filled = [
        judge(table, measures)
        for table in impute(people.select(*names, *beside), times=times, seed=seed)
    ]
    return {outcome: pool_share([table[outcome] for table in filled]) for outcome in OUTCOMES}
