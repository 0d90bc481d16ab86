"""What does nothing is not praised, what helps is found, and little is called little."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from attunement.course import course
from attunement.course.baseline import Norms
from attunement.guidance.followup import chances, site_evidence
from attunement.guidance.followup.site import FEWEST_CLIENTS, _design, _unaided
from attunement.measures.scale import Direction, Scale
from guidance.followup.site_cohorts import STRATEGIES, site

SCALES = {"alliance": Scale(name="alliance", direction=Direction.HIGHER)}
NULL_SITES, PLANTED_SITES = 200, 40
PLANTED = {"s3": 1.6}


def laid_out(seed, **options):
    scores, attempts = site(seed, **options)
    noticed = course(scores, {"alliance": "higher-is-better"}, norms={"alliance": Norms(sd=0.5)})
    return chances(noticed.signals, noticed.ruptures, attempts, SCALES)


def test_at_most_five_in_a_hundred_sites_without_any_effect_hear_of_one():
    alarmed, covered = 0, []
    for seed in range(NULL_SITES):
        found = site_evidence(laid_out(1000 + seed, clients=200)).values()
        alarmed += any(one.stands_out for one in found)
        covered += [one.interval[0] <= 0 <= one.interval[1] for one in found if one.interval]
    assert len(covered) > 1000
    assert alarmed <= 0.05 * NULL_SITES
    assert 0.93 <= np.mean(covered) <= 0.995


def test_a_planted_effect_is_found_and_its_neighbours_stay_silent():
    found = [site_evidence(laid_out(5000 + seed, effect=PLANTED)) for seed in range(PLANTED_SITES)]
    hits = [one["s3"].stands_out and one["s3"].difference > 0 for one in found]
    others = [any(e.stands_out for k, e in one.items() if k != "s3") for one in found]
    assert np.mean(hits) >= 0.75
    assert np.mean(others) <= 0.05
    truth = np.mean([one["s3"].difference for one in found])
    assert 0.25 <= truth <= 0.45
    assert 0 < np.mean([one["s3"].shrunken for one in found]) < truth


def test_without_depth_held_equal_every_strategy_would_look_harmful():
    plain, held = [], []
    for seed in range(20):
        laid = laid_out(1000 + seed)
        tried = laid.drop_nulls("strategy")
        unaided = laid.filter(pl.col("strategy").is_null())
        plain.append(tried["recovered"].mean() - unaided["recovered"].mean())
        held.append(np.mean([one.difference for one in site_evidence(laid).values()]))
    assert np.mean(plain) < -0.05
    assert abs(np.mean(held)) < 0.03


def test_recovery_unaided_is_the_regression_that_another_library_finds():
    rows = laid_out(7).filter(pl.col("strategy").is_null())
    ours = _unaided(rows)
    client = rows["client"].rank("dense").to_numpy()
    model = sm.GLM(
        rows["recovered"].to_numpy().astype(float), _design(rows), sm.families.Binomial()
    )
    theirs = model.fit(cov_type="cluster", cov_kwds={"groups": client, "use_correction": False})
    clients = len(np.unique(client))
    assert ours.weights == pytest.approx(theirs.params, rel=0.02, abs=0.02)
    expected = theirs.cov_params() * clients / (clients - 1)
    assert ours.covariance == pytest.approx(expected, rel=0.05, abs=0.01)


def rows(n, strategy, recovered, depth=3.0):
    return [
        (f"{strategy}{i}", 4, 5, 1, depth + 0.01 * (i % 7), i < recovered, strategy)
        for i in range(n)
    ]


def table(*groups):
    names = ["client", "onset", "session", "lag", "depth", "recovered", "strategy"]
    return pl.DataFrame([row for group in groups for row in group], schema=names, orient="row")


def test_too_few_clients_give_counts_alone():
    few = FEWEST_CLIENTS - 1
    found = site_evidence(table(rows(60, None, 30), rows(few, "a", few), rows(30, "b", 15)))
    assert (found["a"].clients, found["a"].difference, found["a"].shrunken) == (few, None, None)
    assert not found["a"].stands_out
    assert found["b"].difference is not None


def test_without_enough_recovery_unaided_nothing_is_said():
    found = site_evidence(table(rows(12, None, 6), rows(40, "a", 30)))
    assert found["a"].difference is None
    everyone = site_evidence(table(rows(60, None, 60), rows(40, "a", 30)))
    assert everyone["a"].difference is None


def test_a_site_without_tries_has_no_evidence():
    assert site_evidence(table(rows(60, None, 30))) == {}


def test_what_is_said_does_not_depend_on_the_order_of_rows():
    laid = laid_out(3)
    assert site_evidence(laid.sample(fraction=1.0, shuffle=True, seed=1)).keys() == set(STRATEGIES)
    one, other = site_evidence(laid), site_evidence(laid.reverse())
    for name in STRATEGIES:
        assert one[name].shrunken == pytest.approx(other[name].shrunken)
