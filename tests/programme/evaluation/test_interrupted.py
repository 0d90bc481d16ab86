"""Interrupted time series: known truths come back, and intervals hold in short series."""

import numpy as np
import polars as pl
import pytest
from statsmodels.regression.linear_model import OLS
from statsmodels.tsa.statespace.sarimax import SARIMAX

from attunement.problems import Problem
from attunement.programme.evaluation.autocorrelation import autocorrelation, fit_series
from attunement.programme.evaluation.interrupted import interrupted_time_series
from attunement.programme.evaluation.interrupted_chart import interrupted_chart
from attunement.programme.evaluation.segments import interrupted_power, segments


def errors(rng, periods, rho, sd=1.0):
    """Errors that follow a first-order autoregression from its steady state."""
    noise = rng.normal(0, sd, periods) * np.sqrt(1 - rho**2)
    found = np.empty(periods)
    found[0] = noise[0] / np.sqrt(1 - rho**2)
    for period in range(1, periods):
        found[period] = rho * found[period - 1] + noise[period]
    return found


def users(seed, *, level=20.0, slope=1.0, periods=60, start=37, rho=0.3, sd=4.0):
    """Monthly users with growth and a season."""
    time = np.arange(1, periods + 1)
    after = time >= start
    value = 200 + 1.5 * time + 8 * np.sin(2 * np.pi * time / 12)
    value = value + after * (level + slope * (time - start))
    noise = errors(np.random.default_rng(seed), periods, rho, sd)
    return pl.DataFrame({"time": time, "value": value + noise})


def test_step_and_change_of_trend_come_back():
    found = [interrupted_time_series(users(seed), start=37, season=12) for seed in range(30)]
    assert np.mean([one.level.value for one in found]) == pytest.approx(20, abs=1)
    assert np.mean([one.slope.value for one in found]) == pytest.approx(1, abs=0.1)
    assert np.mean([one.at_end.value for one in found]) == pytest.approx(43, abs=1.5)
    expected = 200 + 1.5 * 60
    assert np.mean([one.relative for one in found]) == pytest.approx(43 / expected, abs=0.01)


def test_a_comparison_series_takes_off_what_moves_both():
    own, other = users(1, level=20, slope=0), users(2, level=0, slope=0)
    shock = 15.0 * (own["time"] >= 37)
    both = pl.concat(
        [
            own.with_columns(value=pl.col("value") + shock, group=1),
            other.with_columns(value=pl.col("value") + shock, group=0),
        ]
    ).sample(fraction=1, shuffle=True, seed=1)
    found = interrupted_time_series(both, start=37, group="group", season=12)
    assert found.level.low < 20 < found.level.high
    assert found.level.value < 30
    alone = interrupted_time_series(both.filter(group=1), start=37, season=12)
    assert alone.level.value > 30
    assert "without a comparison series" in alone.warnings[0]
    assert found.warnings == ()


def test_with_a_comparison_the_estimate_is_that_of_all_interactions():
    own, other = users(1), users(2)
    design = segments(own["time"].to_numpy().astype(float), 37, 12)
    stacked = np.block([[design, design], [design, np.zeros_like(design)]])
    every = OLS(np.r_[own["value"], other["value"]], stacked).fit().params
    both = pl.concat([own.with_columns(group=1), other.with_columns(group=0)])
    found = interrupted_time_series(both, start=37, group="group", season=12)
    assert found.level.value == pytest.approx(every[design.shape[1] + 2])
    assert found.slope.value == pytest.approx(every[design.shape[1] + 3])


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_intervals_of_no_effect_hold_in_a_short_autocorrelated_series(rho):
    rng = np.random.default_rng(int(10 * rho))
    design = segments(np.arange(1.0, 61.0), 37, 12)
    hits = np.zeros(2)
    times = 600
    for _ in range(times):
        fit = fit_series(errors(rng, 60, rho), design)
        found = [fit.effect(unit, level=0.95) for unit in np.eye(design.shape[1])[2:4]]
        hits += [one.low <= 0 <= one.high for one in found]
    assert ((hits / times > 0.93) & (hits / times < 0.97)).all()


def test_plain_newey_west_intervals_would_miss_far_too_often():
    rng = np.random.default_rng(1)
    design = segments(np.arange(1.0, 61.0), 37, 12)
    inside = 0
    for _ in range(300):
        plain = OLS(errors(rng, 60, 0.3), design).fit(cov_type="HAC", cov_kwds={"maxlags": 3})
        inside += abs(plain.params[2]) < 1.96 * plain.bse[2]
    assert inside / 300 < 0.88


def test_without_autocorrelation_or_lags_the_error_is_the_classical_one_on_average():
    rng = np.random.default_rng(4)
    design = segments(np.arange(1.0, 121.0), 61)
    unit = np.eye(4)[2]
    ratios = []
    for _ in range(60):
        noise = rng.normal(size=120)
        found = fit_series(noise, design, lag=0).effect(unit, level=0.95)
        ratios.append(found.se / OLS(noise, design).fit().bse[2])
    assert np.mean(ratios) == pytest.approx(1, abs=0.03)


def test_autocorrelation_agrees_with_maximum_likelihood_in_a_long_series():
    noise = errors(np.random.default_rng(5), 2000, 0.5)
    design = np.column_stack([np.ones(2000), np.linspace(0, 1, 2000)])
    exact = SARIMAX(noise, exog=design, order=(1, 0, 0)).fit(disp=False)
    assert autocorrelation(noise, design) == pytest.approx(exact.params[2], abs=0.003)


def test_the_power_calculator_foretells_how_the_estimate_spreads():
    found = [
        interrupted_time_series(users(seed, level=0, slope=0, sd=4.0), start=37, season=12)
        for seed in range(200)
    ]
    told = interrupted_power(36, 24, sd=4.0, autocorrelation=0.3, season=12)
    for name in ("level", "slope", "at_end"):
        values = [getattr(one, name).value for one in found]
        assert np.std(values) == pytest.approx(getattr(told, name).se, rel=0.12)


def test_the_detectable_effect_is_found_four_times_in_five():
    told = interrupted_power(24, 24, sd=1.0, level_change=1.0)
    assert told.level.detectable == pytest.approx(2.8016 * told.level.se, rel=1e-4)
    again = interrupted_power(24, 24, sd=1.0, level_change=told.level.detectable)
    assert again.level.power == pytest.approx(0.8, abs=0.001)
    none = interrupted_power(24, 24, sd=1.0)
    assert none.level.power == pytest.approx(0.05, abs=1e-9)


def test_the_sentence_says_association_and_gives_both_values():
    said = interrupted_time_series(users(1), start=37, season=12).sentence
    assert "association in time" in said
    assert "against" in said
    none = interrupted_time_series(users(1, level=0, slope=0), start=37, season=12).sentence
    assert "Chance alone could explain this." in none


@pytest.mark.parametrize(
    ("table", "start", "sentence"),
    [
        (users(1).filter(pl.col("time") != 10), 37, "a period is missing"),
        (pl.concat([users(1), users(1)]), 37, "a period is missing, doubled"),
        (users(1), 5, "4 periods lie before the start and 56 after"),
        (users(1), 99, "60 periods lie before the start and 0 after"),
        (users(1).with_columns(value=None), 37, "holds Null"),
        (users(1).drop("time"), 37, "no column time"),
    ],
)
def test_what_is_needed_is_said(table, start, sentence):
    with pytest.raises(Problem, match=sentence):
        interrupted_time_series(table, start=start)


def test_a_comparison_with_other_periods_is_refused():
    both = pl.concat([users(1).with_columns(group=1), users(2, periods=59).with_columns(group=0)])
    with pytest.raises(Problem, match="other periods"):
        interrupted_time_series(both, start=37, group="group")


def test_the_picture_shows_the_series_the_fit_and_what_was_expected():
    own, other = users(1), users(2)
    both = pl.concat([own.with_columns(group=1), other.with_columns(group=0)])
    found = interrupted_time_series(both, start=37, group="group")
    drawn = interrupted_chart(found, value="monthly users").to_json()
    for word in ("as it went", "as expected", "comparison", "start", "monthly users"):
        assert word in drawn
