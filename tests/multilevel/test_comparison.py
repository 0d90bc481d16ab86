import polars as pl
import pytest

from attunement.multilevel import compare, fit
from attunement.problems import Problem

LEVELS = "score ~ time + (1 | client)"
SLOPES = "score ~ time + (1 + time | client)"
RICHER = "score ~ time + exposure + (1 | client)"


def test_restricted_fits_that_differ_in_what_varies_can_be_compared(cohort):
    rows = cohort(50)
    found = compare(fit(rows, SLOPES), fit(rows, LEVELS))
    assert found.df == 2
    assert "too large" in found.warnings[0]
    assert compare(fit(rows, LEVELS), fit(rows, SLOPES)).chi2 == pytest.approx(found.chi2)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ((LEVELS, True), (RICHER, True), "restricted likelihoods"),
        ((LEVELS, True), (SLOPES, False), "one fit is by restricted"),
        ((LEVELS, False), (LEVELS, False), "as many parameters"),
    ],
)
def test_what_cannot_be_compared_is_refused(cohort, first, second, words):
    rows = cohort(51)
    fits = [fit(rows, formula, reml=reml) for formula, reml in (first, second)]
    with pytest.raises(Problem, match=words):
        compare(*fits)


def test_other_rows_cannot_be_compared(cohort):
    rows = cohort(52)
    fewer = rows.filter(pl.col("session") > 1)
    with pytest.raises(Problem, match="same rows"):
        compare(fit(rows, LEVELS, reml=False), fit(fewer, RICHER, reml=False))
