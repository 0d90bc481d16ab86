import polars as pl
import pytest

from attunement.multilevel import compare, fit, fit_same_rows
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
    ("small", "large", "words"),
    [
        (LEVELS, "score ~ time + (1 | site/therapist/client)", "2 variances are held"),
        (LEVELS, SLOPES, "A variance is held"),
        ("score ~ time + (1 + time || client)", SLOPES, None),
    ],
)
def test_how_many_variances_lie_at_the_edge_is_told(cohort, small, large, words):
    rows = cohort(57)
    said = compare(*(fit(rows, formula) for formula in (small, large))).warnings
    assert (words in said[0] and len(said) == 1) if words else not said


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


def gaps(rows):
    """Leave ``time`` out of some rows and ``exposure`` out of as many others."""
    place = pl.int_range(pl.len()) % 10
    return rows.with_columns(
        time=pl.when(place != 0).then("time"), exposure=pl.when(place != 5).then("exposure")
    )


def test_models_are_fitted_to_the_rows_that_have_what_either_needs(cohort):
    rows = gaps(cohort(53))
    both = fit_same_rows(rows, [LEVELS, RICHER], reml=False)
    complete = rows.drop_nulls()
    assert {(one.rows, one.left_out) for one in both} == {
        (complete.height, rows.height - complete.height)
    }
    found = compare(*both)
    alone = compare(*(fit(complete, formula, reml=False) for formula in (LEVELS, RICHER)))
    assert (found.chi2, found.warnings) == (pytest.approx(alone.chi2), ())


def test_as_many_rows_are_not_yet_the_same_rows(cohort):
    rows = gaps(cohort(54, 50)).head(200)
    one = fit(rows, LEVELS, reml=False)
    other = fit(rows, "score ~ exposure + C(treatment) + (1 | client)", reml=False)
    assert one.rows == other.rows
    with pytest.raises(Problem, match="same rows"):
        compare(one, other)


@pytest.mark.parametrize(
    ("small", "large", "words"),
    [
        (LEVELS, "score ~ exposure + treatment + (1 | client)", "lacks time"),
        ("score ~ time + (1 | therapist)", SLOPES, r"lacks \(Intercept \| therapist\)"),
        (SLOPES, "score ~ time * exposure * treatment + (1 + time || client)", "Intercept . time"),
    ],
)
def test_a_model_that_does_not_contain_the_other_is_refused(cohort, small, large, words):
    rows = cohort(55)
    with pytest.raises(Problem, match=words):
        compare(*(fit(rows, formula, reml=False) for formula in (small, large)))


def test_a_test_that_names_alone_cannot_vouch_for_says_so(cohort):
    rows = cohort(56)
    one, other = "score ~ session + (1 | client)", "score ~ C(session) + (1 | therapist/client)"
    found = compare(*(fit(rows, formula, reml=False) for formula in (one, other)))
    assert "no column session" in found.warnings[0]
