import warnings
from dataclasses import FrozenInstanceError

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams

from attunement.frames import to_lazy
from attunement.multilevel import fit
from attunement.multilevel.design import design_of
from attunement.multilevel.sums import rows_of
from attunement.multilevel.whitening import lagged, whitened_sums
from attunement.problems import Problem

SLOPES = "score ~ time + exposure + (1 + time | client)"
LEVELS = "score ~ time + exposure + (1 | client)"
NESTED = "score ~ time + exposure + (1 | therapist/client)"


def figures(found):
    """Everything a fit says, in one row of numbers."""
    tidy = found.tidy().filter(pl.col("part") != "correlation")
    return tidy.select("estimate", "se", "low", "high").fill_null(0).to_numpy().ravel()


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("own_dates", [True, False])
@pytest.mark.parametrize(("formula", "random"), [(LEVELS, "1"), (SLOPES, "1 + time")])
def test_estimates_are_those_of_statsmodels(cohort, formula, random, own_dates, reml):
    """It begins at our estimates: from its own start it does not always arrive."""
    rows = cohort(21, 90, own_dates=own_dates, sds=(4.0, 1.0))
    found = fit(rows, formula, reml=reml)
    model = MixedLM.from_formula(
        "score ~ time + exposure", rows.to_pandas(), groups="client", re_formula=random
    )
    between = np.diag(found.variances["variance"][:-1])
    if len(between) > 1:
        between[0, 1] = between[1, 0] = found.correlations["covariance"].item()
    start = MixedLMParams.from_components(
        fe_params=found.coefficients["estimate"].to_numpy(),
        cov_re=between / found.variances["variance"][-1],
    )
    with warnings.catch_warnings(action="ignore"):
        other = model.fit(start_params=start, reml=reml)
    estimates, errors = (found.coefficients[name].to_numpy() for name in ("estimate", "se"))
    assert estimates == pytest.approx(np.asarray(other.fe_params), rel=1e-4)
    assert errors == pytest.approx(np.asarray(other.bse_fe), rel=1e-2)
    variances = [*np.diag(other.cov_re), other.scale]
    assert found.variances["variance"].to_numpy() == pytest.approx(variances, rel=1e-3)
    assert found.log_likelihood == pytest.approx(other.llf, abs=1e-5)
    assert found.log_likelihood >= other.llf - 1e-9


def test_clients_of_therapists_are_those_of_statsmodels(cohort):
    rows = cohort(2, 60)
    found = fit(rows, NESTED)
    other = MixedLM.from_formula(
        "score ~ time + exposure",
        rows.to_pandas(),
        groups="therapist",
        re_formula="1",
        vc_formula={"client": "0 + C(client)"},
    ).fit()
    assert found.variances["group"].to_list() == ["therapist:client", "therapist", "residual"]
    assert found.variances["variance"].to_numpy() == pytest.approx(
        [other.vcomp[0], other.cov_re.to_numpy()[0, 0], other.scale], rel=1e-3
    )
    assert found.log_likelihood == pytest.approx(other.llf, abs=1e-5)


@pytest.mark.parametrize(
    "formula", [NESTED, "score ~ treatment + (1 + time | client) + (1 | site/therapist)"]
)
def test_levels_may_be_named_by_a_slash_or_one_by_one(cohort, formula):
    rows = cohort(3)
    found = fit(rows, formula)
    apart = formula.replace("(1 | therapist/client)", "(1 | client) + (1 | therapist)").replace(
        "(1 | site/therapist)", "(1 | therapist) + (1 | site)"
    )
    assert figures(fit(rows, apart)) == pytest.approx(figures(found), rel=1e-9)


def test_the_number_of_bars_says_whether_effects_go_together(cohort):
    rows = cohort(4)
    apart = fit(rows, "score ~ time + (1 + time || client)")
    also = fit(rows, "score ~ time + (1 | client) + (0 + time | client)")
    assert apart.correlations.is_empty()
    assert apart.parameters == fit(rows, "score ~ time + (1 + time | client)").parameters - 1
    assert figures(also) == pytest.approx(figures(apart), rel=1e-9)


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.sampled_from([LEVELS, SLOPES, NESTED]))
def test_the_order_of_rows_and_the_names_of_groups_change_nothing(cohort, seed, formula):
    rows = cohort(5)
    mixed = rows.sample(fraction=1, shuffle=True, seed=seed).with_columns(
        client=pl.format("c{}", 1000 - pl.col("client"))
    )
    assert figures(fit(mixed, formula)) == pytest.approx(figures(fit(rows, formula)), rel=1e-8)


@settings(max_examples=15)
@given(st.floats(-1e6, 1e6), st.sampled_from([1e-3, 0.5, 7.0, 1e4]))
def test_another_zero_and_unit_of_outcome_and_time_change_what_they_must_and_no_more(
    cohort, shift, unit
):
    rows = cohort(6)
    plain = fit(rows, SLOPES)
    moved = fit(
        rows.with_columns(
            score=pl.col("score") * unit + shift, exposure=pl.col("exposure") * unit - shift
        ),
        SLOPES,
    )
    slopes = plain.coefficients["estimate"][1:].to_numpy() * [unit, 1]
    assert moved.coefficients["estimate"][1:].to_numpy() == pytest.approx(slopes, rel=1e-6)
    assert moved.variances["sd"].to_numpy() == pytest.approx(
        plain.variances["sd"].to_numpy() * unit, rel=1e-6
    )
    assert moved.coefficients["df"][1:].to_numpy() == pytest.approx(
        plain.coefficients["df"][1:].to_numpy(), rel=1e-4
    )


def test_large_numbers_that_are_alike_lose_no_digits(cohort):
    rows = cohort(7)
    later = rows.with_columns(time=pl.col("time") + 1e6, score=pl.col("score") + 1e6)
    first, second = (fit(one, LEVELS) for one in (rows, later))
    assert second.coefficients["se"][1:].to_numpy() == pytest.approx(
        first.coefficients["se"][1:].to_numpy(), rel=1e-6
    )
    assert second.log_likelihood == pytest.approx(first.log_likelihood, abs=1e-5)


@pytest.mark.parametrize(
    "formula", [LEVELS, SLOPES, NESTED, "log(score + 50) ~ C(site) + (1|client)"]
)
@pytest.mark.parametrize(
    "convert",
    [
        pl.DataFrame.lazy,
        pl.DataFrame.to_pandas,
        pl.DataFrame.to_arrow,
        lambda rows: duckdb.connect().from_arrow(rows.to_arrow()),
    ],
    ids=["lazy", "pandas", "arrow", "duckdb"],
)
def test_every_kind_of_table_gives_the_same(cohort, convert, formula):
    rows = cohort(8)
    found = fit(convert(rows), formula)
    assert figures(found) == pytest.approx(figures(fit(rows, formula)), rel=1e-8, abs=1e-12)


@pytest.mark.spark
@pytest.mark.parametrize("formula", [SLOPES, NESTED])
def test_spark_gives_the_same(cohort, spark, formula):
    rows = cohort(8)
    table = spark.createDataFrame(rows.to_arrow())
    found = fit(table, formula)
    assert figures(found) == pytest.approx(figures(fit(rows, formula)), rel=1e-8)


@pytest.mark.spark
def test_spark_whitens_rows_alike(cohort, spark):
    rows = cohort(8)
    design = design_of(to_lazy(rows), LEVELS, order="session")
    first, second = (
        whitened_sums(lagged(rows_of(to_lazy(table), design)), design, -0.4)
        for table in (rows, spark.createDataFrame(rows.to_arrow()))
    )
    assert second.total == pytest.approx(first.total, rel=1e-8)
    assert second.logs == pytest.approx(first.logs)


def test_rows_that_lack_something_are_left_out_and_counted(cohort):
    rows = cohort(9)
    holes = rows.with_columns(
        score=pl.when(pl.col("session") != 2).then("score"),
        exposure=pl.when(pl.col("session") != 3).then("exposure").otherwise(float("nan")),
    )
    found = fit(holes, LEVELS)
    kept = rows.filter(~pl.col("session").is_in([2, 3]))
    assert found.left_out == rows.height - kept.height
    assert figures(found)[:-1] == pytest.approx(figures(fit(kept, LEVELS))[:-1], rel=1e-8)


def test_columns_that_cannot_be_told_apart_get_no_estimate(cohort):
    rows = cohort(10).with_columns(twice=2 * pl.col("time") + 1)
    found = fit(rows, "score ~ time + twice + exposure + (1 | client)")
    assert found.coefficients["term"].to_list() == ["Intercept", "time", "twice", "exposure"]
    assert found.coefficients["estimate"].is_null().to_list() == [False, False, True, False]
    assert "Collinear: twice" in found.warnings[0]
    without = fit(rows, LEVELS)
    assert found.log_likelihood == pytest.approx(without.log_likelihood)


def test_an_effect_that_does_not_vary_is_said_so(cohort):
    rows = cohort(11, sds=(4.0, 0.0), therapist_sd=0.0)
    found = fit(rows, "score ~ time + exposure + (1 + time || client)")
    assert found.variances["sd"][1] < 0.2
    singular = fit(cohort(12, therapists=4, therapist_sd=0.0), NESTED)
    assert any("only 4 groups of therapist" in warning for warning in singular.warnings)


def test_a_singular_fit_is_called_one(cohort):
    alike = cohort(13).with_columns(score=pl.col("exposure") + (pl.col("session") % 2))
    found = fit(alike, "score ~ exposure + (1 | client)")
    assert "Singular" in found.warnings[0]
    assert found.variances["variance"][0] == pytest.approx(0, abs=1e-6)


def test_a_model_without_a_constant_is_no_other_where_categories_span_it(cohort):
    rows = cohort(14)
    one = fit(rows, "score ~ treatment + time + (1 | client)")
    other = fit(rows, "score ~ 0 + treatment + time + (1 | client)")
    assert other.variances["sd"].to_numpy() == pytest.approx(one.variances["sd"].to_numpy())
    constant, *shifts = one.coefficients["estimate"].to_list()[:3]
    assert other.coefficients["estimate"][:3].to_list() == pytest.approx(
        [constant, *(constant + shift for shift in shifts)]
    )


def test_a_result_cannot_be_altered(cohort):
    found = fit(cohort(15), LEVELS)
    with pytest.raises(FrozenInstanceError):
        found.rows = 1


def test_it_prints_as_researchers_expect(cohort):
    text = str(fit(cohort(16), SLOPES))
    for words in ("restricted maximum likelihood", "Random effects", "SE", "df", "95% interval"):
        assert words in text


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("score ~ tyme + (1 | client)", "did you mean 'time'"),
        ("score ~ time + (1 | clients)", "did you mean 'client'"),
        ("score ~ time", "nothing in the formula varies"),
        ("score time (1 | client)", "is no formula"),
        ("score ~ time + (1 | client", "parentheses"),
        ("score ~ time + (| client)", "cannot be understood"),
        ("score ~ time + (1 | client + 2)", "cannot be understood"),
        ("score ~ open('x') + (1 | client)", "cannot be understood"),
        ("score ~ time + C(open('x')) + (1 | client)", "cannot be understood"),
        ("treatment ~ time + (1 | client)", "does not hold numbers"),
        ("score ~ time + (1 | client) + (1 + time | client)", "varies twice"),
        ("score ~ time + (1 | session) + (1 | treatment)", "do not lie within"),
    ],
)
def test_a_formula_that_cannot_be_meant_is_explained_in_a_sentence(cohort, formula, words):
    with pytest.raises(Problem, match=r"formula: .*\.") as problem:
        fit(cohort(17), formula)
    assert words in str(problem.value)


def test_a_table_that_can_carry_nothing_is_explained_in_a_sentence(cohort):
    rows = cohort(18)
    with pytest.raises(Problem, match="no row has everything"):
        fit(rows.with_columns(score=pl.lit(None, pl.Float64)), LEVELS)
    with pytest.raises(Problem, match="infinite"):
        fit(rows.with_columns(exposure=pl.col("exposure") / 0), LEVELS)
    with pytest.raises(Problem, match="3 complete rows for 3 effects"):
        fit(rows.head(3), LEVELS)


def test_one_row_a_client_tells_nothing_of_what_varies_within(cohort):
    rows = cohort(19).filter(pl.col("session") == 1)
    assert "No client has two rows" in fit(rows, "score ~ exposure + (1 | client)").warnings[0]


def test_an_outcome_that_never_varies_is_no_mistake(cohort):
    found = fit(cohort(23).with_columns(score=pl.lit(5.0)), LEVELS)
    assert found.coefficients["estimate"].to_list() == pytest.approx([5, 0, 0], abs=1e-6)
