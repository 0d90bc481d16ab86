import numpy as np
import pytest
from scipy.stats import norm

from attunement.course.change.methods import (
    Norm,
    cutoff_a,
    cutoff_b,
    cutoff_c,
    edwards_nunnally,
    hageman_arrindell,
    jacobson_truax,
    reliable_change,
    true_score_beyond,
    z_of,
)
from attunement.problems import Problem

# Ten people before and after, in a unit of no meaning.
PRE = np.array([30.0, 26, 35, 41, 22, 28, 33, 37, 24, 29])
POST = np.array([12.0, 25, 20, 39, 18, 30, 15, 22, 24, 11])
SD, R = float(PRE.std(ddof=1)), 0.85


@pytest.mark.parametrize(
    ("sd", "reliability", "confidence", "published"),
    [
        (6.1, 0.84, 0.95, 6.76),
        (6.1, 0.84, 0.90, 5.68),
        (5.0, 0.92, 0.95, 3.92),
        (7.1, 0.90, 0.95, 6.22),
        (7.1, 0.90, 0.90, 5.22),
        (9.0, 0.90, 0.95, 7.89),
        (0.8, 0.91, 0.95, 0.67),
        (0.8, 0.94, 0.95, 0.54),
    ],
)
def test_reliable_change_has_its_known_values(sd, reliability, confidence, published):
    assert reliable_change(sd, reliability, confidence) == pytest.approx(published, abs=0.005)


def test_the_cutoffs_lie_where_jacobson_and_truax_put_them():
    clinical, functional = Norm(mean=40, sd=8), Norm(mean=10, sd=5)
    assert cutoff_a(clinical, -1) == 24
    assert cutoff_b(functional, -1) == 20
    assert cutoff_c(functional, clinical) == pytest.approx((5 * 40 + 8 * 10) / 13)


def test_cutoff_c_is_where_both_groups_are_equally_many_sds_away():
    clinical, functional = Norm(mean=40, sd=8), Norm(mean=10, sd=5)
    cut = cutoff_c(functional, clinical)
    assert (cut - functional.mean) / functional.sd == pytest.approx(
        (clinical.mean - cut) / clinical.sd
    )


def test_the_jacobson_truax_index_is_worked_by_hand():
    # 30 -> 12 with SD 6, r .75: SE 3, error of a difference sqrt(18) = 4.2426
    index = jacobson_truax(np.array([30.0]), np.array([12.0]), 6, 0.75).index
    assert index == pytest.approx([-18 / 4.242640687])


def test_the_edwards_nunnally_index_is_worked_by_hand():
    # mean before 30; 40 regresses to 30 + .75 * 10 = 37.5; SE = 6 * sqrt(.25) = 3
    index = edwards_nunnally(np.array([40.0, 20]), np.array([31.5, 22.5]), 6, 0.75).index
    assert index == pytest.approx([-2, 0])


def simulated(n=40_000):
    """Parallel measurements of true scores that change by different amounts."""
    rng = np.random.default_rng(20)
    true_pre = rng.normal(30, 6, n)
    true_post = true_pre * 0.8 + rng.normal(-2, 4, n)
    error = rng.normal(0, 2.5, (2, n))
    return true_pre, true_post, true_pre + error[0], true_post + error[1]


def test_hageman_and_arrindells_value_is_the_best_estimate_of_the_true_change():
    true_pre, true_post, pre, post = simulated()
    sd = float(pre.std(ddof=1))
    found = hageman_arrindell(pre, post, sd, 1 - 2.5**2 / sd**2)
    missed = (true_post - true_pre) - found.value
    assert missed.mean() == pytest.approx(0, abs=0.05)
    assert np.corrcoef(missed, post - pre)[0, 1] == pytest.approx(0, abs=0.02)


def test_hageman_and_arrindells_error_is_the_error_of_that_estimate():
    true_pre, true_post, pre, post = simulated()
    sd = float(pre.std(ddof=1))
    found = hageman_arrindell(pre, post, sd, 1 - 2.5**2 / sd**2)
    missed = (true_post - true_pre) - found.value
    assert missed.std() == pytest.approx(found.standard_error, rel=0.02)


def test_hageman_and_arrindells_reliability_of_differences_is_the_textbooks():
    change = POST - PRE
    error = SD**2 * (1 - R)
    r_post = 1 - error / POST.var(ddof=1)
    covariance = np.cov(PRE, POST)[0, 1]
    textbook = (SD**2 * R + POST.var(ddof=1) * r_post - 2 * covariance) / change.var(ddof=1)
    expected = (change * textbook + change.mean() * (1 - textbook)) / np.sqrt(textbook * 2 * error)
    assert hageman_arrindell(PRE, POST, SD, R).index == pytest.approx(expected)


def test_hageman_and_arrindell_refuse_changes_that_are_all_error():
    with pytest.raises(Problem, match="differ no more than error"):
        hageman_arrindell(PRE, PRE - 5, SD, R)


def test_a_true_score_called_beyond_the_cutoff_is_wrongly_so_no_more_often_than_promised():
    _, true_post, pre, post = simulated()
    sd = float(pre.std(ddof=1))
    beyond = true_score_beyond(post, 20, sd, 1 - 2.5**2 / sd**2, sign=-1, z=z_of(0.90))
    assert beyond.mean() > 0.1
    assert (true_post[beyond] >= 20).mean() < norm.sf(z_of(0.90))


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_outside_its_range_is_refused(confidence):
    with pytest.raises(Problem, match="is not a confidence"):
        z_of(confidence)
