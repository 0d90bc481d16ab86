import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from attunement.problems import Problem
from attunement.programme.outcomes.case_mix import expected_chances
from attunement.programme.outcomes.funnel import BEYOND, chance_limits, funnel, shrink


def clinic(rng, units, clients, *, spread=0.0, mix=0.0, rate=0.45):
    unit = rng.integers(0, units, clients)
    x = rng.normal(size=clients) + mix * (unit / units - 0.5)
    own = rng.normal(0, spread, units)
    logit = np.log(rate / (1 - rate)) + x + own[unit]
    y = rng.random(clients) < 1 / (1 + np.exp(-logit))
    return pl.DataFrame({"therapist": [f"t{i:02d}" for i in unit], "x": x, "better": y})


def test_among_equal_units_1_in_20_is_outside_the_inner_limits_and_hardly_any_beyond():
    rng = np.random.default_rng(3)
    outside, beyond, units = 0, 0, 0
    for _ in range(60):
        found = funnel(clinic(rng, 40, 2400, mix=2.0), "therapist", "better", ["x"])
        outside += (found.units["place"] != "as expected").sum()
        beyond += (found.units["place"] == BEYOND).sum()
        units += found.units.height
    assert 0.03 <= outside / units <= 0.065
    assert beyond / units <= 0.006


def test_without_adjustment_a_difference_in_clients_looks_like_one_in_therapists():
    rows = clinic(np.random.default_rng(5), 40, 6000, mix=4.0)
    plain = funnel(rows, "therapist", "better")
    fair = funnel(rows, "therapist", "better", ["x"])
    assert plain.between_sd > 0.1
    assert fair.between_sd < 0.05


def test_a_unit_that_differs_is_seen():
    rng = np.random.default_rng(8)
    rows = clinic(rng, 20, 3000)
    bad = pl.DataFrame({"therapist": "zz", "x": 0.0, "better": rng.random(100) < 0.15})
    found = funnel(pl.concat([rows, bad]), "therapist", "better", ["x"])
    row = found.units.row(by_predicate=pl.col("unit") == "zz", named=True)
    assert row["place"] == BEYOND
    assert row["rate"] < row["shrunken"] < found.rate


@pytest.mark.parametrize("size", [20, 57, 400])
def test_exact_limits_lie_between_the_whole_numbers_that_bound_the_share(size):
    low, high = chance_limits(0.3, np.array([float(size)]), 0.0, 0.95)
    for limit, tail in ((low[0], 0.025), (high[0], 0.975)):
        whole = binom.ppf(tail, size, 0.3)
        assert whole - 1 <= limit * size <= whole
        assert binom.cdf(whole - 1, size, 0.3) <= tail <= binom.cdf(whole, size, 0.3)


def test_shrunken_intervals_cover_what_units_truly_are():
    rng = np.random.default_rng(9)
    hits, units = 0, 0
    for spread in (0.0, 0.05, 0.1):
        for _ in range(60):
            truth = 0.5 + rng.normal(0, spread, 30)
            se = np.sqrt(0.25 / rng.integers(20, 120, 30))
            rates = rng.normal(truth, se)
            mean, sd = shrink(rates, se, 0.5, np.ones(30, dtype=bool))
            hits += (np.abs(mean - truth) <= 1.96 * sd).sum()
            units += 30
            assert (np.abs(mean - 0.5) <= np.abs(rates - 0.5) + 1e-12).all()
            assert (sd > 0).all()
    assert 0.93 <= hits / units <= 0.99


def test_no_unit_is_ranked_and_the_order_of_rows_is_nothing():
    rows = clinic(np.random.default_rng(1), 12, 900)
    found = funnel(rows, "therapist", "better", ["x"])
    again = funnel(rows.reverse(), "therapist", "better", ["x"])
    assert found.units["unit"].to_list() == sorted(found.units["unit"])
    assert found.units["unit"].equals(again.units["unit"])
    assert found.units["rate"].to_list() == pytest.approx(again.units["rate"].to_list())
    assert not any("rank" in name for name in found.units.columns)


def test_a_unit_with_few_clients_is_named_and_not_placed():
    rows = clinic(np.random.default_rng(2), 5, 400)
    few = pl.DataFrame({"therapist": ["new"] * 4, "x": 0.0, "better": [True] * 4})
    row = funnel(pl.concat([rows, few]), "therapist", "better").units.row(
        by_predicate=pl.col("unit") == "new", named=True
    )
    assert row["why_not"] == "fewer than 15 clients"
    assert {row[name] for name in ("rate", "n", "clients", "place", "shrunken")} == {None}


def test_expected_chances_add_up_to_what_was_seen():
    rows = clinic(np.random.default_rng(4), 5, 1500).with_columns(
        x=pl.when(pl.int_range(pl.len()) % 10 > 0).then("x"),
        gender=pl.Series(["a", "b", None] * 500),
    )
    chance = expected_chances(rows, "better", ["x", "gender"])
    assert chance.sum() == pytest.approx(rows["better"].sum(), rel=1e-3)
    assert np.unique(expected_chances(rows, "better", [])).size == 1


def test_what_cannot_be_compared_is_refused():
    rows = clinic(np.random.default_rng(4), 5, 200)
    with pytest.raises(Problem, match="no column site"):
        funnel(rows, "site", "better")
    with pytest.raises(Problem, match="no therapist has 900"):
        funnel(rows, "therapist", "better", fewest=900)
    with pytest.raises(Problem, match="to adjust for"):
        funnel(rows, "therapist", "better", ["age"])
    with pytest.raises(Problem, match="too few to adjust"):
        funnel(rows.head(30), "therapist", "better", ["x", "therapist"], fewest=2)
    with pytest.raises(Problem, match="or nobody"):
        funnel(rows.with_columns(better=pl.lit(value=True)), "therapist", "better")
