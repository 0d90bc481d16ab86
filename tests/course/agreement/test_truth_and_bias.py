import time

import numpy as np
import polars as pl
import pytest

from attunement.course.agreement.truth_and_bias import truth_and_bias
from attunement.problems import Problem


def programme(dyads, sessions, seed, bias_sd=0.3, truth_sd=0.1):
    """Ratings of many pairs with bias -.40, truth .50 and .20 of the therapist's own last."""
    rng = np.random.default_rng(seed)
    level = rng.normal(5, 0.8, dyads)
    bias, truth = rng.normal(-0.4, bias_sd, dyads), rng.normal(0.5, truth_sd, dyads)
    moved = rng.normal(0, 0.5, (sessions, dyads))
    judged, before = np.empty_like(moved), np.zeros(dyads)
    for session in range(sessions):
        before = truth * moved[session] + 0.2 * before + rng.normal(0, 0.4, dyads)
        judged[session] = bias + before
    key = pl.DataFrame(
        {
            "client": np.tile(np.arange(dyads), sessions),
            "session": np.repeat(np.arange(1, sessions + 1), dyads),
        }
    ).with_columns(scale=pl.lit("alliance"))
    return pl.concat(
        key.with_columns(score=(part + level).ravel(), rater=pl.lit(rater))
        for part, rater in ((moved, "client"), (judged, "therapist"))
    )


def test_truth_and_bias_are_recovered_within_three_hundredths():
    found = [truth_and_bias(programme(300, 15, seed), "alliance") for seed in range(8)]
    assert np.mean([f.bias.value for f in found]) == pytest.approx(-0.40, abs=0.03)
    assert [f.truth.value for f in found] == pytest.approx([0.50] * 8, abs=0.03)
    assert np.mean([f.previous.value for f in found]) == pytest.approx(0.14, abs=0.03)
    assert np.mean([f.bias_sd for f in found]) == pytest.approx(0.3, abs=0.03)
    assert np.mean([f.truth_sd for f in found]) == pytest.approx(0.1, abs=0.03)
    assert np.mean([f.residual_sd for f in found]) == pytest.approx(0.4, abs=0.01)
    assert (found[0].dyads, found[0].sessions) == (300, 300 * 14)


def test_bias_is_recovered_in_one_programme_whose_pairs_share_it():
    found = truth_and_bias(programme(300, 15, seed=1, bias_sd=0.0, truth_sd=0.0), "alliance")
    assert found.bias.value == pytest.approx(-0.40, abs=0.03)
    assert found.truth.value == pytest.approx(0.50, abs=0.03)


def test_intervals_of_bias_and_truth_hold_the_truth():
    hits = np.zeros(2)
    for seed in range(40):
        found = truth_and_bias(programme(60, 12, seed), "alliance")
        hits += [found.bias.low < -0.4 < found.bias.high, found.truth.low < 0.5 < found.truth.high]
    assert (hits / 40 >= 0.85).all()


def test_the_previous_ratings_known_shortfall_is_part_of_the_result():
    found = truth_and_bias(programme(100, 15, seed=2), "alliance")
    assert "too low by about 0.0" in found.warnings[-1]
    assert "Nickell 1981" in found.warnings[-1]


def test_sessions_that_only_one_rated_do_not_count():
    scores = programme(40, 8, seed=3)
    lone = pl.DataFrame(
        {"client": 1, "session": 99, "scale": "alliance", "score": 0.0, "rater": "client"}
    ).cast(scores.schema)
    one, other = (truth_and_bias(t, "alliance") for t in (scores, pl.concat([scores, lone])))
    assert one == other


def test_row_order_and_unit_do_not_matter():
    scores = programme(40, 8, seed=4)
    one = truth_and_bias(scores, "alliance")
    shuffled = scores.sample(fraction=1, shuffle=True, seed=1)
    other = truth_and_bias(shuffled.with_columns(score=pl.col("score") * 10 + 3), "alliance")
    assert other.bias.value == pytest.approx(10 * one.bias.value, rel=1e-4)
    assert other.truth.value == pytest.approx(one.truth.value, abs=1e-4)
    assert other.truth.se == pytest.approx(one.truth.se, rel=1e-3)


def test_two_thousand_pairs_take_less_than_ten_seconds():
    scores = programme(2000, 12, seed=5)
    start = time.perf_counter()
    found = truth_and_bias(scores, "alliance")
    assert time.perf_counter() - start < 10
    assert found.dyads == 2000


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        (programme(9, 5, 1), "9 clients have 3 sessions that both client and therapist rated"),
        (programme(30, 2, 1), "0 clients have 3 sessions"),
        (programme(30, 5, 1).drop("rater"), "no column rater"),
        (
            programme(30, 5, 1).with_columns(
                score=pl.when(rater="client").then(5.0).otherwise("score")
            ),
            "never move within a dyad",
        ),
    ],
)
def test_what_is_needed_is_said(scores, sentence):
    with pytest.raises(Problem, match=sentence):
        truth_and_bias(scores, "alliance")
