"""Control charts against published tables, a reference data set and simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.course.strain.control import (
    cusum,
    cusum_run_length,
    ewma,
    ewma_limits,
    ewma_run_length,
    individuals_chart,
    mean_range,
    mean_sd,
    shewhart_run_length,
    subgroup_chart,
)
from attunement.problems import Problem

standardised = st.lists(st.floats(-6, 6), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("width", "sides", "length"),
    [(3, 2, 370.4), (3, 1, 740.8), (2, 2, 21.98), (2, 1, 43.96)],
)
def test_shewhart_charts_run_as_long_as_the_tables_say(width, sides, length):
    assert shewhart_run_length(width, sides=sides) == pytest.approx(length, abs=0.05)


@pytest.mark.parametrize(
    ("interval", "shift", "sides", "length"),
    [
        (4, 0, 1, 335.4),
        (5, 0, 1, 930.9),
        (4, 0, 2, 167.7),
        (5, 0, 2, 465.4),
        (4, 1, 1, 8.38),
        (5, 1, 1, 10.38),
        (4, 2, 1, 3.34),
        (5, 2, 1, 4.01),
    ],
)
def test_cumulative_sums_run_as_long_as_the_tables_say(interval, shift, sides, length):
    found = cusum_run_length(interval, shift=shift, sides=sides)
    assert found == pytest.approx(length, abs=0.05 if shift == 0 else 0.005)


@pytest.mark.parametrize(
    ("weight", "width", "shift", "length"),
    [
        (0.1, 2.814, 0, 499.5),
        (0.2, 2.962, 0, 499.7),
        (0.3, 3.023, 0, 499.9),
        (0.2, 2.7, 0, 237.7),
        (0.1, 2.814, 1, 10.33),
        (0.2, 2.962, 1, 10.54),
        (0.3, 3.023, 1, 11.96),
    ],
)
def test_weighted_means_run_as_long_as_the_tables_say(weight, width, shift, length):
    found = ewma_run_length(width, weight=weight, shift=shift)
    assert found == pytest.approx(length, abs=0.1 if shift == 0 else 0.005)


def test_a_weighted_mean_of_the_newest_point_alone_is_a_shewhart_chart():
    assert ewma_run_length(3.0, weight=1.0) == pytest.approx(shewhart_run_length(3.0), rel=1e-9)


def test_run_lengths_agree_with_simulated_runs():
    z = np.random.default_rng(1).normal(0.5, 1, (4000, 400))
    lengths = [np.argmax(cusum(run)[0] > 4) + 1 for run in z]
    assert np.mean(lengths) == pytest.approx(cusum_run_length(4, shift=0.5), rel=0.04)


@pytest.mark.parametrize(("size", "d2"), [(2, 1.128), (3, 1.693), (5, 2.326), (10, 3.078)])
def test_the_mean_range_is_the_tabulated_d2(size, d2):
    assert mean_range(size) == pytest.approx(d2, abs=0.0005)


@pytest.mark.parametrize(("size", "c4"), [(2, 0.7979), (5, 0.9400), (25, 0.9896)])
def test_the_mean_sd_is_the_tabulated_c4(size, c4):
    assert mean_sd(size) == pytest.approx(c4, abs=0.00005)


@pytest.mark.parametrize("spread", ["pooled", "range"])
def test_both_estimates_of_a_subgroup_chart_find_the_true_spread(spread):
    subgroups = np.random.default_rng(2).normal(10, 0.35, (20_000, 4))
    chart = subgroup_chart(subgroups, spread=spread)
    assert chart.sd == pytest.approx(0.35, rel=0.01)
    assert chart.upper - chart.centre == pytest.approx(3 * 0.35 / 2, rel=0.01)


@pytest.mark.reference
def test_piston_rings_give_the_published_limits_and_signals(reference_data):
    rings = np.loadtxt(reference_data / "pistonrings.txt", skiprows=1, usecols=(0, 1), ndmin=2)
    diameters = rings[:, 0].reshape(40, 5)

    chart = subgroup_chart(diameters[:25])
    means = diameters.mean(axis=1)
    upper, lower = cusum(chart.standardise(means), reference=0.5)

    assert chart.centre == pytest.approx(74.00118, abs=5e-6)
    assert chart.sd == pytest.approx(0.009887547, abs=5e-10)
    assert chart.lower == pytest.approx(73.98791, abs=5e-6)
    assert chart.upper == pytest.approx(74.01444, abs=5e-6)
    assert chart.beyond(means).sum() == 3
    assert (upper > 5).sum() + (lower < -5).sum() == 4


def test_an_individuals_chart_lies_2_66_moving_ranges_from_its_mean():
    chart = individuals_chart([5.0, 5.4, 5.0, 5.8])
    assert chart.centre == pytest.approx(5.3)
    assert chart.upper - chart.centre == pytest.approx(2.66 * (0.4 + 0.4 + 0.8) / 3, rel=1e-3)


@given(standardised)
def test_cumulative_sums_equal_their_recursion(values):
    up = down = 0.0
    uppers, lowers = [], []
    for z in values:
        up, down = max(0.0, up + z - 0.5), min(0.0, down + z + 0.5)
        uppers.append(up)
        lowers.append(down)
    upper, lower = cusum(values)
    np.testing.assert_allclose(upper, uppers, atol=1e-12)
    np.testing.assert_allclose(lower, lowers, atol=1e-12)


@given(standardised)
def test_a_chart_turned_upside_down_sees_the_mirror_image(values):
    upper, lower = cusum(values)
    mirrored_upper, mirrored_lower = cusum([-z for z in values])
    np.testing.assert_allclose(upper, -mirrored_lower, atol=1e-12)
    np.testing.assert_allclose(lower, -mirrored_upper, atol=1e-12)
    np.testing.assert_allclose(ewma(values), -ewma([-z for z in values]), atol=1e-12)


def test_limits_of_a_weighted_mean_widen_to_what_is_left_in_the_long_run():
    limits = ewma_limits(200, weight=0.2, width=2.7)
    assert limits[0] == pytest.approx(2.7 * 0.2)
    assert (np.diff(limits) >= 0).all()
    assert limits[-1] == pytest.approx(2.7 * (0.2 / 1.8) ** 0.5)


@pytest.mark.parametrize(
    ("chart", "values"),
    [
        (subgroup_chart, [1.0, 2.0]),
        (subgroup_chart, [[1.0], [2.0]]),
        (individuals_chart, [1.0]),
        (individuals_chart, [1.0, float("nan")]),
        (cusum, []),
    ],
)
def test_what_cannot_be_charted_is_refused_in_a_sentence(chart, values):
    with pytest.raises(Problem, match=r"^[^.]+\.$"):
        chart(values)
