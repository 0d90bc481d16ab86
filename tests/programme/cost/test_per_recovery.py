"""What a recovery costs: everyone who began is counted, and no cost is without a perspective."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.problems import Problem
from attunement.programme.cost.fieller import ratio_interval
from attunement.programme.cost.per_recovery import cost_per_recovery
from attunement.programme.cost.per_recovery_chart import per_recovery_chart
from attunement.programme.cost.perspective import Perspective

COUNTY = Perspective(
    payer="the county",
    counted=["therapists' time", "rooms"],
    left_out=["clients' travel"],
    currency="EUR",
    price_year=2026,
)


def people(rng, clients=200, cost=1000.0, recovered=0.45):
    return pl.DataFrame(
        {
            "cost": rng.gamma(4, cost / 4, clients),
            "reliable_recovery": rng.random(clients) < recovered,
        }
    )


def test_all_costs_are_shared_by_the_recoveries():
    table = pl.DataFrame({"cost": [100.0] * 20, "reliable_recovery": [1] * 5 + [0] * 15})
    found = cost_per_recovery(table, COUNTY)
    assert found.value == 400
    assert (found.clients, found.recovered, found.per_client) == (20, 5, 100)
    assert found.low < 400 < found.high


def test_those_not_known_count_as_not_recovered_and_are_named():
    table = pl.DataFrame({"cost": [100.0] * 20, "reliable_recovery": [1] * 5 + [None] * 15})
    found = cost_per_recovery(table, COUNTY)
    assert (found.value, found.missing) == (400, 15)
    assert "Of 15 it is not known; they count as not recovered." in found.sentence


def test_the_interval_holds_the_truth():
    rng = np.random.default_rng(1)
    found = [cost_per_recovery(people(rng), COUNTY) for _ in range(1000)]
    inside = np.mean([one.low <= 1000 / 0.45 <= one.high for one in found])
    assert 0.93 <= inside <= 0.97


def test_the_sentence_names_the_perspective():
    said = cost_per_recovery(people(np.random.default_rng(2)), COUNTY).sentence
    assert "costs to the county, in EUR of 2026: therapists' time and rooms" in said
    assert "without clients' travel" in said


def test_fiellers_ends_are_where_the_difference_is_no_longer_told_from_zero():
    mean, covariance = np.array([4.0, 2.0]), np.array([[0.05, 0.02], [0.02, 0.03]])
    for end in ratio_interval(mean, covariance, 0.95):
        weights = np.array([1.0, -end])
        z = weights @ mean / np.sqrt(weights @ covariance @ weights)
        assert abs(z) == pytest.approx(1.959964, rel=1e-5)


def test_fieller_admits_when_there_is_no_upper_end_or_nothing_to_say():
    low, high = ratio_interval(np.array([4.0, 0.5]), np.diag([0.05, 0.2]), 0.95)
    assert low > 0
    assert high == float("inf")
    assert np.isnan(ratio_interval(np.array([0.1, 0.1]), np.eye(2), 0.95)).all()


@given(st.floats(0.01, 1000))
def test_the_unit_of_money_does_not_matter(factor):
    table = people(np.random.default_rng(3))
    one = cost_per_recovery(table, COUNTY)
    other = cost_per_recovery(table.with_columns(cost=pl.col("cost") * factor), COUNTY)
    assert other.value == pytest.approx(factor * one.value)
    assert other.high == pytest.approx(factor * one.high)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cost": pl.lit(None, pl.Float64)}, "the cost of 200 clients is missing"),
        ({"reliable_recovery": pl.lit(0)}, "nobody is known to have recovered"),
        ({"reliable_recovery": pl.lit(0.5)}, "other than 0 and 1"),
        ({"cost": pl.lit("much")}, "holds String"),
    ],
)
def test_what_is_needed_is_said(change, sentence):
    with pytest.raises(Problem, match=sentence):
        cost_per_recovery(people(np.random.default_rng(4)).with_columns(**change), COUNTY)


def test_a_perspective_names_a_payer_and_costs():
    with pytest.raises(TypeError):
        cost_per_recovery(people(np.random.default_rng(5)))
    for payer, counted in ((" ", ["rooms"]), ("the county", [])):
        with pytest.raises(Problem, match="names no payer"):
            Perspective(payer=payer, counted=counted, left_out=[], currency="EUR", price_year=2026)


def test_the_picture_says_where_an_interval_has_no_end():
    rng = np.random.default_rng(7)
    known = people(rng, clients=12).with_columns(reliable_recovery=pl.int_range(pl.len()) == 0)
    found = cost_per_recovery(known, COUNTY)
    assert found.high == float("inf")
    assert "no upper end" in per_recovery_chart(found).to_json()
