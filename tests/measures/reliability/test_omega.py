import numpy as np
import pytest
from statsmodels.multivariate.factor import Factor

from attunement.measures.reliability.alpha import cronbach_alpha
from attunement.measures.reliability.omega import omega_total
from attunement.problems import Problem

LOADINGS = np.array([0.4, 0.5, 0.6, 0.7, 0.8])


def congeneric(people, seed, loadings=LOADINGS, uniquenesses=None):
    """Answers that share one factor, with the loadings given."""
    rng = np.random.default_rng(seed)
    rest = 1 - loadings**2 if uniquenesses is None else uniquenesses
    noise = rng.normal(size=(people, len(loadings))) * np.sqrt(rest)
    return rng.normal(size=(people, 1)) * loadings + noise


def test_omega_is_that_of_statsmodels_factor():
    table = congeneric(200, seed=3) * [1, 2, 1, 0.5, 1]
    sd = table.std(axis=0, ddof=1)
    fitted = Factor((table - table.mean(axis=0)) / sd, n_factor=1, method="ml").fit()
    loadings = np.abs(fitted.loadings.ravel()) * sd
    common = loadings.sum() ** 2
    omega = common / (common + (fitted.uniqueness * sd**2).sum())
    found = omega_total(table)
    assert found.omega.value == pytest.approx(omega, abs=1e-4)
    assert found.loadings == pytest.approx(loadings, abs=5e-3)


def test_omega_recovers_the_truth_where_alpha_falls_short():
    loadings = np.array([0.3, 0.3, 0.9, 0.9])
    rest = 1 - loadings**2
    truth = loadings.sum() ** 2 / (loadings.sum() ** 2 + rest.sum())
    table = congeneric(20_000, 4, loadings)
    found = omega_total(table)
    assert found.omega.value == pytest.approx(truth, abs=0.01)
    assert found.loadings == pytest.approx(loadings, abs=0.03)
    assert found.uniquenesses == pytest.approx(rest, abs=0.05)
    assert cronbach_alpha(table).value < truth - 0.02


def test_omegas_interval_holds_the_truth_as_often_as_it_says():
    truth = LOADINGS.sum() ** 2 / (LOADINGS.sum() ** 2 + (1 - LOADINGS**2).sum())
    found = [omega_total(congeneric(200, seed)).omega for seed in range(300)]
    assert np.mean([o.low < truth < o.high for o in found]) == pytest.approx(0.95, abs=0.035)


def test_omega_equals_alpha_for_equally_good_items():
    table = congeneric(50_000, 5, np.full(4, 0.6))
    assert omega_total(table).omega.value == pytest.approx(cronbach_alpha(table).value, abs=1e-3)


def test_a_heywood_case_is_named_and_has_no_interval():
    loadings = np.array([1.0, 0.4, 0.4])
    table = congeneric(60, 6, loadings, np.array([0.0, 0.8, 0.8]))
    found = omega_total(table, items=["heard", "safe", "goals"])
    assert found.omega.low is None
    assert found.omega.high is None
    assert found.omega.warnings == ("explained wholly by the factor (a Heywood case): heard",)
    assert 0 < found.omega.value < 1


def test_an_item_that_was_not_turned_round_is_named():
    table = congeneric(300, seed=7) * [1, 1, -1, 1, 1]
    assert omega_total(table).omega.warnings == ("opposed to the others (is it reversed?): 3",)


REPEATED = congeneric(30, 11)[:, [0, 1, 1]]


@pytest.mark.parametrize(
    ("compute", "sentence"),
    [
        (lambda: omega_total(np.eye(9)[:, :2]), "this needs 3 items or more"),
        (lambda: omega_total(congeneric(5, 12)), "more than 5 people"),
        (lambda: omega_total(REPEATED), "an item repeats what the others say"),
        (
            lambda: omega_total(congeneric(9, 1)[:, :4] * [1, 1, 0, 1], items=list("abcd")),
            "item c has the same answer throughout",
        ),
    ],
)
def test_what_is_needed_is_said(compute, sentence):
    with pytest.raises(Problem, match=sentence):
        compute()
