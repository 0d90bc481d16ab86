"""Scores at equal baselines: regression to the mean cancels out."""

import numpy as np
import polars as pl
import pytest
from statsmodels.regression.linear_model import OLS

from attunement.problems import Problem
from attunement.programme.evaluation.adjusted import adjusted_difference


def trial(rng, *, effect=0.0, clients=200, missing=0.0):
    """Clients whose first PHQ-9 was 10 or more, half of them with an offer."""
    true = rng.normal(9, 6 * 0.84**0.5, 20 * clients)
    first, later = (true + rng.normal(0, 6 * 0.16**0.5, len(true)) for _ in range(2))
    taken = np.flatnonzero(first >= 10)[:clients]
    offered = rng.permutation(np.arange(clients) % 2)
    table = pl.DataFrame(
        {"offered": offered, "before": first[taken], "phq9": later[taken] + effect * offered}
    )
    lost = pl.Series(rng.random(clients) < missing)
    return table.with_columns(phq9=pl.when(lost).then(None).otherwise("phq9"))


def compared(table, **options):
    return adjusted_difference(table, outcome="phq9", baseline="before", **options)


def test_everyone_seems_better_and_yet_no_difference_is_found():
    rng = np.random.default_rng(1)
    tables = [trial(rng) for _ in range(600)]
    assert np.mean([(one["phq9"] - one["before"]).mean() for one in tables]) < -0.7
    found = [compared(one).difference for one in tables]
    inside = np.mean([one.low <= 0 <= one.high for one in found])
    assert 0.93 <= inside <= 0.97


def test_a_true_difference_comes_back():
    rng = np.random.default_rng(2)
    found = [compared(trial(rng, effect=-2.0)).difference.value for _ in range(60)]
    assert np.mean(found) == pytest.approx(-2, abs=0.2)


def test_it_is_least_squares_with_errors_hc2():
    table = trial(np.random.default_rng(3))
    design = np.column_stack([np.ones(200), table["offered"], table["before"]])
    other = OLS(table["phq9"].to_numpy(), design).fit(cov_type="HC2")
    found = compared(table).difference
    assert found.value == pytest.approx(other.params[1])
    assert found.se == pytest.approx(other.bse[1])


def test_clusters_are_allowed_for():
    table = trial(np.random.default_rng(4)).sort("offered")
    groups = table.with_row_index("row").with_columns(team=pl.col("row") // 10)
    shifted = groups.with_columns(phq9=pl.col("phq9") + (pl.col("team") % 4))
    alone, found = compared(shifted), compared(shifted, cluster="team")
    assert found.difference.value == pytest.approx(alone.difference.value)
    assert found.difference.df == 18


def test_those_without_an_outcome_are_left_out_and_counted():
    found = compared(trial(np.random.default_rng(5), missing=0.2))
    assert found.missing > 0
    assert found.clients + found.missing == 200
    assert f"Of {found.missing} clients it is not known." in found.sentence


def test_what_is_needed_is_said():
    with pytest.raises(Problem, match="5 clients of an arm"):
        compared(trial(np.random.default_rng(6), clients=10))
    same = trial(np.random.default_rng(7)).with_columns(before=12.0)
    with pytest.raises(Problem, match="all baselines are the same"):
        compared(same)
