import numpy as np
import polars as pl
import pytest
from scipy.stats import norm, t

from attunement.course.proportions import share
from attunement.measures.scale import Direction
from attunement.programme.outcomes.effect_size import effect_size
from attunement.programme.outcomes.imputation import impute, pool, pool_share
from attunement.programme.outcomes.judged import OUTCOMES, judge
from attunement.programme.outcomes.measure import PHQ9, Measure
from attunement.programme.outcomes.rates import BEST, IMPUTED, LEFT_OUT, WORST, outcome_rates


def people(pre, post):
    return judge(
        pl.DataFrame(
            {"client": range(len(pre)), "pre phq9": pre, "post phq9": post},
            schema_overrides={"pre phq9": pl.Float64, "post phq9": pl.Float64},
        ),
        [PHQ9],
    )


def rate(found, outcome, missing):
    row = found.row(
        by_predicate=(pl.col("outcome") == outcome) & (pl.col("missing") == missing), named=True
    )
    return row["n"], row["of"]


def test_every_rate_stands_with_its_denominator():
    found = outcome_rates(
        people(
            [16, 16, 14, 8, 8, 12, None, 18],
            [4, 16, 9, 8, 15, None, None, None],
        ),
        [PHQ9],
        imputations=0,
    )
    assert rate(found, "reliable_improvement", LEFT_OUT) == (1, 5)
    assert rate(found, "reliable_improvement", WORST) == (1, 8)
    assert rate(found, "reliable_improvement", BEST) == (4, 8)
    assert rate(found, "recovery", LEFT_OUT) == (2, 3)
    assert rate(found, "recovery", WORST) == (2, 6)
    assert rate(found, "recovery", BEST) == (5, 6)
    assert rate(found, "deterioration", WORST) == (4, 8)
    assert rate(found, "deterioration", BEST) == (1, 8)
    row = found.row(0, named=True)
    assert row["low"] == pytest.approx(share(1, 5).low)


def sick(n, seed):
    """First and last scores; the worse somebody began, the likelier the last one is missing."""
    rng = np.random.default_rng(seed)
    true = rng.normal(15, 4, n)
    pre = np.clip(np.round(true + rng.normal(0, 2, n)), 0, 27)
    post = np.clip(np.round(0.8 * true - 2 + rng.normal(0, 4, n)), 0, 27)
    gone = rng.random(n) < norm.cdf((pre - 15) / 4 - 0.3)
    return pre, post, gone


def test_imputation_comes_nearer_the_truth_than_leaving_out_and_lies_within_best_and_worst():
    pre, post, gone = sick(2500, 3)
    truth = people(pre, post)
    found = outcome_rates(
        people(pre, pl.Series(post).set(pl.Series(gone), None)), [PHQ9], imputations=10
    )
    for outcome in OUTCOMES:
        of = found.filter(pl.col("outcome") == outcome)
        share_of = dict(of.select("missing", "share").iter_rows())
        imputed = of.row(by_predicate=pl.col("missing") == IMPUTED, named=True)
        true = truth[outcome].mean()
        assert imputed["low"] < true < imputed["high"]
        assert min(share_of[WORST], share_of[BEST]) <= imputed["share"]
        assert imputed["share"] <= max(share_of[WORST], share_of[BEST])
    recovery = found.filter(pl.col("outcome") == "recovery")
    missed = dict(recovery.select("missing", "share").iter_rows())
    assert abs(missed[IMPUTED] - truth["recovery"].mean()) < abs(
        missed[LEFT_OUT] - truth["recovery"].mean()
    )


def test_imputed_scores_are_possible_ones_and_known_ones_stay():
    pre, post, gone = sick(300, 5)
    table = pl.DataFrame({"pre": pre, "post": pl.Series(post).set(pl.Series(gone), None)})
    for filled in impute(table, times=2, seed=1):
        assert filled.null_count().sum_horizontal().item() == 0
        assert (filled["post"] % 1 == 0).all()
        assert filled["post"].min() >= table["post"].min()
        assert filled["post"].max() <= table["post"].max()
        kept = ~pl.Series(gone)
        assert filled.filter(kept)["post"].equals(table.filter(kept)["post"])
    first, again = (next(impute(table, times=1, seed=9)) for _ in range(2))
    assert first.equals(again)


def test_what_is_missing_stays_missing_for_the_next_filling(monkeypatch):
    given = []
    usual = pl.DataFrame.to_numpy

    def lent(frame):
        given.append(usual(frame))
        given[-1].setflags(write=False)
        return given[-1]

    monkeypatch.setattr(pl.DataFrame, "to_numpy", lent)
    table = pl.DataFrame({"pre": [18, 12, 20, 14], "post": [9, 11, None, None]})
    assert len({tuple(one["post"]) for one in impute(table, times=20, seed=1)}) > 1
    assert np.isnan(given[0]).sum() == 2


def test_rubins_rules_are_those_worked_by_hand():
    found = pool(np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.5, 0.5]), 1e12)
    assert found.value == 2
    assert found.se == pytest.approx((0.5 + 4 / 3) ** 0.5)
    lost = (4 / 3) / (0.5 + 4 / 3)
    assert found.missing_information == pytest.approx(lost)
    assert found.df == pytest.approx(2 / lost**2, rel=1e-6)


def test_intervals_by_rubins_rules_cover_the_truth():
    """Proper imputations of a normal mean, drawn from its posterior."""
    rng = np.random.default_rng(7)
    hits, runs, n, m = 0, 1000, 60, 10
    for _ in range(runs):
        x = rng.normal(0, 1, n)
        seen = x[rng.random(n) < 0.6]
        k = seen.size
        variance = (k - 1) * seen.var(ddof=1) / rng.chisquare(k - 1, m)
        mean = rng.normal(seen.mean(), np.sqrt(variance / k))
        drawn = rng.normal(mean[:, None], np.sqrt(variance)[:, None], (m, n - k))
        filled = np.hstack([np.broadcast_to(seen, (m, k)), drawn])
        found = pool(filled.mean(axis=1), filled.var(axis=1, ddof=1) / n, n - 1)
        hits += abs(found.value) <= t.ppf(0.975, found.df) * found.se
    assert 0.93 <= hits / runs <= 0.97


def test_a_share_of_nobody_or_of_all_has_no_pooled_interval():
    none = pool_share([pl.Series([False, False, None])] * 3)
    assert (none.share, none.low, none.of) == (0, None, 2)
    assert pool_share([pl.Series([None], dtype=pl.Boolean)] * 2).share is None


def test_an_effect_size_is_the_one_worked_by_hand():
    found = effect_size(people([10, 14, 18, 20], [6, 8, 12, 18]), PHQ9)
    pre, post = np.array([10, 14, 18, 20]), np.array([6, 8, 12, 18])
    gain = pre.mean() - post.mean()
    pooled = np.sqrt((pre.var(ddof=1) + post.var(ddof=1)) / 2)
    assert found.pooled == pytest.approx(gain / pooled)
    assert found.by_first == pytest.approx(gain / pre.std(ddof=1))
    assert found.n == 4


def test_intervals_of_effect_sizes_cover_the_truth():
    rng = np.random.default_rng(2)
    runs, n, r, sd = 1000, 80, 0.5, (4.0, 6.0)
    covariance = [[sd[0] ** 2, r * sd[0] * sd[1]], [r * sd[0] * sd[1], sd[1] ** 2]]
    measure = Measure(scale="x", direction=Direction.LOWER, case_at=10, reliable=5)
    gain = 5.0
    truth = gain / np.sqrt((sd[0] ** 2 + sd[1] ** 2) / 2), gain / sd[0]
    hits = np.zeros(2)
    for _ in range(runs):
        pre, post = rng.multivariate_normal([15, 15 - gain], covariance, n).T
        found = effect_size(pl.DataFrame({"pre x": pre, "post x": post}), measure)
        hits += [
            found.pooled_low <= truth[0] <= found.pooled_high,
            found.by_first_low <= truth[1] <= found.by_first_high,
        ]
    assert (hits / runs >= 0.93).all()
    assert (hits / runs <= 0.97).all()


def test_too_few_or_equal_scores_have_no_effect_size():
    assert effect_size(people([10, 12], [8, 9]), PHQ9) is None
    assert effect_size(people([10, 10, 10], [8, 9, 7]), PHQ9) is None
