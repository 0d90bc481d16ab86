import numpy as np
import polars as pl
import pytest

from attunement.multilevel import fit, group_effects, predict
from attunement.problems import Problem

SLOPES = "score ~ time + exposure + (1 + time | client)"
NESTED = "score ~ time + exposure + (1 + time | client) + (1 | therapist)"


@pytest.mark.parametrize("formula", [SLOPES, NESTED])
def test_effects_of_groups_solve_hendersons_equations(cohort, formula):
    """Henderson's mixed-model equations with the same variances, solved whole."""
    rows = cohort(40, 30, therapists=5)
    found = fit(rows, formula)
    client, therapist = rows["client"].to_numpy(), rows["therapist"].to_numpy()
    fixed = np.column_stack([np.ones(len(rows)), rows["time"], rows["exposure"]])
    own = (client[:, None] == np.arange(30))[:, :, None] * fixed[:, None, :2]
    level, slope, *_ = found.variances["variance"]
    covariance = found.correlations["covariance"].item()
    prior = np.kron(np.eye(30), np.linalg.inv([[level, covariance], [covariance, slope]]))
    random = own.reshape(len(rows), -1)
    if formula == NESTED:
        random = np.hstack([random, therapist[:, None] == np.arange(5)])
        spread = found.variances.filter(pl.col("group") == "therapist")["variance"].item()
        prior = np.block([[prior, np.zeros((60, 5))], [np.zeros((5, 60)), np.eye(5) / spread]])
    residual = found.variances["variance"][-1]
    both = np.hstack([fixed, random])
    equations = both.T @ both / residual
    equations[3:, 3:] += prior
    inverse = np.linalg.inv(equations)
    solution = inverse @ both.T @ rows["score"].to_numpy() / residual
    effects = group_effects(found, rows).sort("client", "term", descending=[False, False])
    levels, slopes = solution[3:63:2].copy(), solution[4:63:2]
    if formula == NESTED:
        whose = rows.group_by("client").agg(pl.col("therapist").first()).sort("client")
        levels += solution[63:][whose["therapist"].to_numpy()]
    for term, values in (("Intercept", levels), ("time", slopes)):
        assert effects.filter(pl.col("term") == term)["effect"].to_numpy() == pytest.approx(
            values, rel=1e-6, abs=1e-8
        )
    predicted = predict(found, rows, known=rows, level=0.9)
    assert predicted["expected"].to_numpy() == pytest.approx(both @ solution, rel=1e-8)
    spread = np.einsum("ri,ij,rj->r", both, inverse, both) + residual
    widths = ((predicted["high"] - predicted["low"]) ** 2).to_numpy()
    assert widths / spread == pytest.approx(np.full(len(rows), widths[0] / spread[0]), rel=1e-6)


def test_the_band_of_a_new_client_holds_as_many_outcomes_as_it_says(cohort):
    found = fit(cohort(41, 1_500, therapists=300), NESTED)
    later = predict(found, cohort(42, 3_000, therapists=1_000), level=0.8)
    inside = later.select(pl.col("score").is_between("low", "high").mean()).item()
    assert inside == pytest.approx(0.8, abs=0.02)


def test_a_client_who_is_known_is_predicted_better(cohort):
    rows = cohort(43, 200)
    early, late = rows.filter(pl.col("session") < 6), rows.filter(pl.col("session") >= 6)
    found = fit(early, SLOPES)
    errors = [
        (table["expected"] - table["score"]).pow(2).mean()
        for table in (predict(found, late, known=early), predict(found, late))
    ]
    assert errors[0] < errors[1] / 1.5


def test_a_stranger_among_known_clients_is_predicted_as_new(cohort):
    rows = cohort(44)
    found = fit(rows, SLOPES)
    strangers = rows.with_columns(client=pl.col("client") + 1_000).drop("score")
    assert predict(found, strangers, known=rows).equals(predict(found, strangers))


def test_rows_that_lack_something_or_hold_a_new_category_are_not_predicted(cohort):
    rows = cohort(45)
    found = fit(rows, "score ~ time + treatment + (1 | client)")
    odd = rows.head(3).with_columns(
        time=pl.Series([1.0, None, 1.0]), treatment=pl.Series(["TAU", "TAU", "new"])
    )
    assert predict(found, odd)["expected"].is_null().to_list() == [False, True, True]


def test_the_table_comes_back_as_what_it_was(cohort):
    rows = cohort(46)
    found = fit(rows, SLOPES)
    assert type(predict(found, rows.to_pandas())).__module__.startswith("pandas")


def test_a_band_must_hold_a_share(cohort):
    rows = cohort(47)
    with pytest.raises(Problem, match="cannot cover"):
        predict(fit(rows, SLOPES), rows, level=1.0)


def test_a_model_of_levels_alone_predicts_a_known_client_and_a_new_one():
    rows = pl.DataFrame({"client": [1, 1, 2, 2, 3, 3], "score": [5.0, 4, 9, 7, 2, 2]})
    found = fit(rows, "score ~ 1 + (1 | client)")
    mean = found.coefficients["estimate"].item()
    own = group_effects(found, rows).filter(pl.col("client") == 2)["effect"].item()
    both = predict(found, pl.DataFrame({"client": [2, 4]}), known=rows)
    assert both["expected"].to_list() == pytest.approx([mean + own, mean])
    assert predict(found, pl.DataFrame({"client": [2]}).clear())["expected"].to_list() == []
