import numpy as np
import pytest

from attunement.course.agreement.response_surface import response_surface
from attunement.problems import Problem

NAMES = ("agreement_slope", "agreement_curve", "gap_slope", "gap_curve")


def rated(dyads, seed, noise=0.5):
    """Ratings from 1 to 7 about 4, and an outcome with known coefficients."""
    rng = np.random.default_rng(seed)
    c, t = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], dyads).T
    outcome = 2 + 0.5 * c + 0.3 * t - 0.1 * c**2 + 0.25 * c * t - 0.2 * t**2
    return c + 4, t + 4, outcome + rng.normal(0, noise, dyads)


def test_the_surface_of_a_known_truth_is_found_exactly_without_noise():
    found = response_surface(*rated(50, 1, noise=0), middle=4)
    assert found.coefficients == pytest.approx([2, 0.5, 0.3, -0.1, 0.25, -0.2])
    assert [getattr(found, name).value for name in NAMES] == pytest.approx([0.8, -0.05, 0.2, -0.55])


def test_intervals_hold_the_truth_as_often_as_they_say():
    hits = np.zeros(4)
    for seed in range(400):
        found = response_surface(*rated(60, seed), middle=4)
        effects = [getattr(found, name) for name in NAMES]
        hits += [
            e.low < truth < e.high
            for e, truth in zip(effects, [0.8, -0.05, 0.2, -0.55], strict=True)
        ]
    assert hits / 400 == pytest.approx(np.full(4, 0.95), abs=0.035)


def test_changing_places_turns_the_slope_of_the_gap_round_and_nothing_else():
    client, therapist, outcome = rated(80, 2)
    one = response_surface(client, therapist, outcome, middle=4)
    other = response_surface(therapist, client, outcome, middle=4)
    assert other.gap_slope.value == pytest.approx(-one.gap_slope.value)
    for name in ("agreement_slope", "agreement_curve", "gap_curve"):
        assert getattr(other, name).value == pytest.approx(getattr(one, name).value)


def test_dyads_with_a_missing_value_are_left_out():
    client, therapist, outcome = rated(40, 3)
    assert response_surface(np.append(client, np.nan), np.append(therapist, 4.0),
                            np.append(outcome, 1.0), middle=4).dyads == 40  # fmt: skip


@pytest.mark.parametrize(
    ("ratings", "sentence"),
    [
        (rated(19, 1), "19 dyads have both ratings"),
        ((np.arange(30.0), np.arange(30.0), np.arange(30.0)), "the two ratings go in step"),
    ],
)
def test_what_is_needed_is_said(ratings, sentence):
    with pytest.raises(Problem, match=sentence):
        response_surface(*ratings, middle=4)
