import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.metrics import brier_score_loss, roc_auc_score

from attunement.problems import Problem
from attunement.programme.retention.measures import (
    alerts,
    auc,
    brier,
    calibration,
    calibration_plot,
    decision_curve,
    expected_alerts,
)


def draws(rng, rows, *, shift=-2.2, slope=1.0):
    """Log-odds, and outcomes that they forecast up to a shift and a slope."""
    x = rng.normal(-2.2, 1, rows)
    return x, rng.random(rows) < expit(shift + slope * (x + 2.2))


forecasts = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=4, max_size=40).filter(
    lambda rows: 0 < sum(left for _, left in rows) < len(rows)
)


@given(forecasts)
def test_auc_is_that_of_scikit_learn_with_ties(rows):
    forecast, left = zip(*rows, strict=True)
    assert auc(forecast, left).value == pytest.approx(roc_auc_score(left, forecast))


def test_the_standard_error_is_delongs_written_out_pair_by_pair():
    rng = np.random.default_rng(2)
    x, y = draws(rng, 120)
    pairs = (x[y][:, None] > x[~y]) + 0.5 * (x[y][:, None] == x[~y])
    variance = (
        pairs.mean(axis=1).var(ddof=1) / y.sum() + pairs.mean(axis=0).var(ddof=1) / (~y).sum()
    )
    found = auc(x, y)
    assert found.se == pytest.approx(variance**0.5)
    reach = 1.959963984540054 * found.se / (found.value * (1 - found.value))
    assert found.low == pytest.approx(expit(logit(found.value) - reach))


def test_a_row_given_twice_counts_once_where_both_are_of_one_client():
    rng = np.random.default_rng(4)
    x, y = draws(rng, 200)
    once = auc(x, y, np.arange(200))
    twice = auc(np.tile(x, 2), np.tile(y, 2), np.tile(np.arange(200), 2))
    assert twice.value == pytest.approx(once.value)
    assert twice.se == pytest.approx(once.se, rel=0.02)


def test_the_interval_of_the_auc_covers_the_truth_though_rows_of_a_client_are_alike():
    rng = np.random.default_rng(8)
    clients, sessions, runs = 200, 6, 1000
    truth = auc(*_alike(rng, 100_000, 2)[:2]).value
    hits = 0
    for _ in range(runs):
        x, y, client = _alike(rng, clients, sessions)
        found = auc(x, y, client)
        hits += found.low <= truth <= found.high
    assert 0.93 <= hits / runs <= 0.97


def _alike(rng, clients, sessions):
    own = rng.normal(size=clients).repeat(sessions)
    x = 0.6 * rng.normal(size=own.size) + 0.8 * rng.normal(size=clients).repeat(sessions)
    y = rng.random(own.size) < expit(-2 + x + own)
    return x, y, np.arange(clients).repeat(sessions)


def test_where_everybody_left_nothing_can_be_told_apart():
    with pytest.raises(Problem, match="tell apart"):
        auc([0.1, 0.2], [True, True])


def test_brier_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    x, y = draws(rng, 50)
    assert brier(expit(x), y) == pytest.approx(brier_score_loss(y, expit(x)))


def test_calibration_is_the_logistic_regression_it_says():
    rng = np.random.default_rng(1)
    x, y = draws(rng, 800, shift=-1.8, slope=0.7)
    found = calibration(expit(x), y)
    both = sm.Logit(y.astype(float), sm.add_constant(x)).fit(disp=0)
    assert found.slope.value == pytest.approx(both.params[1], rel=1e-5)
    assert found.slope.value == pytest.approx(0.7, abs=0.25)
    assert found.ratio == pytest.approx(y.sum() / expit(x).sum())
    fixed = sm.GLM(y.astype(float), np.ones(800), offset=x, family=sm.families.Binomial()).fit()
    assert found.in_the_large.value == pytest.approx(fixed.params[0])


def test_intervals_of_calibration_cover_the_truth_of_a_right_forecast():
    rng = np.random.default_rng(6)
    hits, runs = np.zeros(2), 400
    for _ in range(runs):
        x, y = draws(rng, 1200)
        found = calibration(expit(x), y, np.arange(1200) // 5)
        hits += [
            found.slope.low <= 1 <= found.slope.high,
            found.in_the_large.low <= 0 <= found.in_the_large.high,
        ]
    assert (hits / runs >= 0.93).all()
    assert (hits / runs <= 0.97).all()


def test_the_plot_counts_every_row_once():
    rng = np.random.default_rng(7)
    x, y = draws(rng, 1003)
    plot = calibration_plot(expit(x), y)
    assert plot["n"].sum() == 1003
    assert plot["left"].sum() == y.sum()
    assert plot["forecast"].is_sorted()
    assert (plot["low"] <= plot["observed"]).all()


def test_alerts_are_counted():
    found = alerts([0.1, 0.2, 0.3, 0.4], [False, True, False, True], 0.3)
    assert found.rate == 0.5
    assert (found.ppv.n, found.ppv.of) == (1, 2)
    assert (found.sensitivity.n, found.sensitivity.of) == (1, 2)


def test_net_benefit_is_that_worked_by_hand():
    curve = decision_curve([0.1, 0.2, 0.3, 0.4], [False, True, False, True], [0.25])
    row = curve.row(0, named=True)
    assert row["model"] == pytest.approx(1 / 4 - 1 / 4 / 3)
    assert row["everybody"] == pytest.approx(1 / 2 - 1 / 2 / 3)
    assert row["nobody"] == 0


def test_alerts_below_every_forecast_are_alerts_on_everybody():
    rng = np.random.default_rng(9)
    x, y = draws(rng, 300)
    low = decision_curve(expit(x), y, [expit(x).min() / 2])
    assert low["model"].item() == pytest.approx(low["everybody"].item())


def test_alerts_of_a_rare_event_are_mostly_false_alarms():
    """Hazard 2.5 %, AUC .70, alerts on 20 % of sessions: sensitivity .45, PPV 5.6 %."""
    found = expected_alerts(0.025, 0.70, 0.20)
    assert found.sensitivity == pytest.approx(0.45, abs=0.005)
    assert found.ppv == pytest.approx(0.056, abs=0.0005)


def test_expected_alerts_are_those_of_a_simulation():
    rng = np.random.default_rng(3)
    left = rng.random(400_000) < 0.025
    x = rng.normal(size=left.size) + left * 2**0.5 * norm.ppf(0.70)
    seen = alerts(x, left, float(np.quantile(x, 0.8)))
    found = expected_alerts(0.025, 0.70, 0.20)
    assert auc(x, left).value == pytest.approx(0.70, abs=0.01)
    assert seen.sensitivity.share == pytest.approx(found.sensitivity, abs=0.01)
    assert seen.ppv.share == pytest.approx(found.ppv, abs=0.002)


def test_the_plot_of_few_rows_has_few_groups():
    assert isinstance(calibration_plot([0.1, 0.2], [False, True]), pl.DataFrame)
    assert calibration_plot([0.1, 0.2], [False, True]).height == 2
