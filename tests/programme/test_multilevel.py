import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from attunement.programme.multilevel import fit

SIMULATIONS = 200


def null_study(seed):
    """Sixteen clients of four therapists in a trial without effect, some sessions missed."""
    random = np.random.default_rng(seed)
    client = np.repeat(np.arange(16), 6)
    kept = random.uniform(size=len(client)) < 0.8
    own = random.normal(size=(16, 2)) * [2.0, 0.4]
    session = np.tile(np.arange(6), 16)
    score = own[client, 0] + own[client, 1] * session + random.normal(size=len(client))
    table = pl.DataFrame(
        {"client": client, "session": session, "treated": client % 2, "score": score}
    )
    return table.filter(kept)


def test_intervals_cover_what_is_true_as_often_as_they_say_where_nothing_works():
    """Few clients, so that the normal's quantile would cover too seldom: Satterthwaite's does not.

    The benchmark repeats it 1,000 times for more models.
    """
    formula = "score ~ session * treated + (1 + session | client)"
    covered = np.zeros(3)
    for seed in range(SIMULATIONS):
        found = fit(null_study(seed), formula).coefficients[1:]
        covered += ((found["low"] < 0) & (found["high"] > 0)).to_numpy()
    low, high = binom.ppf([0.0005, 0.9995], SIMULATIONS, 0.95)
    assert (covered >= low).all()
    assert (covered <= high).all()


def test_a_fit_of_nothing_says_nothing_alarming():
    said = [fit(null_study(seed), "score ~ treated + (1 | client)").warnings for seed in range(5)]
    assert said == [()] * 5


def test_p_agrees_with_the_interval():
    found = fit(null_study(1), "score ~ session * treated + (1 | client)").coefficients
    outside = (found["low"] > 0) | (found["high"] < 0)
    assert (outside == (found["p"] < 0.05)).all()


def test_parts_of_the_variance_add_up_to_what_is_seen():
    found = fit(null_study(2), "score ~ session + (1 | client)")
    between, within = found.variances["variance"]
    assert found.icc["client"] == pytest.approx(between / (between + within))
