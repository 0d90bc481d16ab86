"""Stepped wedges: the published variance, and effects that may grow."""

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.problems import Problem
from attunement.programme.evaluation.stepped_wedge import stepped_wedge
from attunement.programme.evaluation.stepped_wedge_chart import decimals, stepped_wedge_chart
from attunement.programme.evaluation.wedge_chart import wedge_chart
from attunement.programme.evaluation.wedge_design import (
    steps,
    wedge_covariance,
    wedge_power,
    wedge_variance,
)

DESIGN = steps([3, 3, 3, 3])


def trial(rng, grows=(0.0,) * 5, *, between=0.05, each=20, design=DESIGN):
    """Clients of clusters whose effect depends on the periods since they began."""
    clusters, periods = design.shape
    since = (design.cumsum(axis=1) * design).astype(int)
    level = rng.normal(0, between**0.5, clusters)[:, None] + 0.1 * np.arange(periods)
    mean = level + np.asarray(grows)[since]
    outcome = mean[:, :, None] + rng.normal(size=(clusters, periods, each))
    cluster, period = np.indices((clusters, periods))
    return pl.DataFrame(
        {
            "cluster": np.repeat(cluster.ravel(), each),
            "period": np.repeat(period.ravel(), each),
            "treated": np.repeat(design.ravel(), each),
            "outcome": outcome.ravel(),
        }
    )


def test_the_golden_design_has_a_standard_error_of_one_tenth():
    variance = wedge_variance(DESIGN, cell_variance=1 / 20, between=0.05)
    assert variance == pytest.approx(0.01000, abs=5e-6)
    power = wedge_power(DESIGN, 0.3, per_cell=20, sd=1.05**0.5, icc=0.05 / 1.05)
    assert power.se == pytest.approx(0.1000, abs=5e-5)


@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=6),
    st.floats(0.01, 2),
    st.floats(0, 1),
    st.integers(0, 2),
)
def test_the_closed_form_is_generalised_least_squares(each, cell, between, more):
    design = steps(each, periods=len(each) + 1 + more)
    closed = wedge_variance(design, cell_variance=cell, between=between)
    full = wedge_covariance(design, cell_variance=cell, between=between)
    assert full[0, 0] == pytest.approx(closed, rel=1e-6)


def test_an_effect_that_may_grow_needs_more_clusters():
    constant = wedge_power(DESIGN, 0.3, per_cell=20)
    growing = wedge_power(DESIGN, 0.3, per_cell=20, by_exposure=True)
    drifting = wedge_power(DESIGN, 0.3, per_cell=20, autocorrelation=0.5)
    assert growing.se > constant.se
    assert drifting.se > constant.se


def test_a_constant_effect_comes_back_with_the_foretold_error():
    rng = np.random.default_rng(1)
    found = [
        stepped_wedge(trial(rng, (0, 0.3, 0.3, 0.3, 0.3)), cluster_periods=False).constant
        for _ in range(25)
    ]
    assert np.mean([one.value for one in found]) == pytest.approx(0.3, abs=0.06)
    assert np.mean([one.se for one in found]) == pytest.approx(0.1, abs=0.012)


def test_an_effect_that_grows_is_told_by_the_average_and_not_by_the_constant():
    rng = np.random.default_rng(2)
    design = steps([6, 6, 6, 6])
    found = [
        stepped_wedge(trial(rng, (0, 0.2, 0.4, 0.6, 0.8), design=design, each=40)) for _ in range(8)
    ]
    assert np.mean([one.average.value for one in found]) == pytest.approx(0.5, abs=0.06)
    assert np.mean([one.constant.value for one in found]) < 0.3
    last = np.mean([one.by_exposure[4].value for one in found])
    assert last == pytest.approx(0.8, abs=0.1)


def test_intervals_of_no_effect_hold_roughly_in_a_few_simulations():
    rng = np.random.default_rng(3)
    found = [stepped_wedge(trial(rng, each=5)) for _ in range(25)]
    for name in ("constant", "average"):
        inside = sum(getattr(one, name).low <= 0 <= getattr(one, name).high for one in found)
        assert inside >= 21


def test_it_counts_and_warns_of_few_clusters():
    few = steps([1, 1, 1, 1])
    found = stepped_wedge(trial(np.random.default_rng(4), design=few))
    assert (found.clusters, found.periods, found.rows) == (4, 5, 400)
    assert "with 4 clusters" in found.warnings[0]
    assert found.sentence.startswith("Averaged over the periods since 4 clusters began")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"treated": 1 - pl.col("treated")}, "stopped again"),
        ({"treated": (pl.int_range(pl.len()) % 2)}, "with and without it in one period"),
        ({"treated": (pl.col("period") > 1).cast(pl.Int8)}, "in 1 different periods"),
        ({"cluster": pl.lit(1), "treated": pl.col("period") > 1}, "1 clusters began"),
    ],
)
def test_what_is_needed_is_said(change, sentence):
    table = trial(np.random.default_rng(5)).with_columns(**change)
    with pytest.raises(Problem, match=sentence):
        stepped_wedge(table)


def test_a_design_in_which_all_begin_together_is_refused():
    design = np.tile([0.0, 1.0], (6, 1))
    with pytest.raises(Problem, match="cannot tell the effect from the course of time"):
        wedge_power(design, 0.3, per_cell=10)


def test_the_picture_shows_who_begins_when():
    drawn = wedge_chart(DESIGN).to_json()
    assert "Who begins when" in drawn


def test_the_cells_are_the_means_of_clusters_in_the_order_of_their_start():
    names = [f"team {12 - number}" for number in range(12)]
    table = trial(np.random.default_rng(6)).with_columns(
        cluster=pl.col("cluster").replace_strict(list(range(12)), names, return_dtype=pl.String)
    )
    cells = stepped_wedge(table).cells
    first = cells.row(0, named=True)
    own = table.filter(cluster=first["cluster"], period=0)
    assert (first["rows"], first["mean"]) == (20, pytest.approx(own["outcome"].mean()))
    begins = cells.filter("treated").group_by("cluster", maintain_order=True).first()["period"]
    assert begins.is_sorted()


def test_the_picture_hides_means_of_a_few():
    drawn = stepped_wedge_chart(stepped_wedge(trial(np.random.default_rng(7), each=4))).to_json()
    assert set(re.findall(r'"said": "(.*?)"', drawn)) == {""}


@pytest.mark.parametrize(("most", "places"), [(0.4, 2), (4.4, 2), (44.0, 1), (444.0, 0)])
def test_means_are_written_with_three_figures(most, places):
    assert decimals(pl.Series([-most, 0.1])) == places
