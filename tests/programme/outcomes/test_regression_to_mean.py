import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attunement.measures.scale import Direction
from attunement.problems import Problem
from attunement.programme.outcomes.regression_to_mean import Population, no_change, selected

PHQ9 = Population(mean=9, sd=6, reliability=0.84, low=0, high=27)


def in_treatment(population=PHQ9, case_at=10):
    """First scores of a hundred thousand people at the cut-off or worse."""
    scores, chance = selected(population, case_at)
    return np.repeat(scores, np.round(100_000 * chance).astype(int))


def test_54_of_100_improve_and_20_are_no_cases_any_more_although_nobody_changed():
    found = no_change(in_treatment(), PHQ9, reliable=6, case_at=10)
    assert found.any_improvement == pytest.approx(0.54, abs=0.005)
    assert found.mean_change == pytest.approx(-0.83, abs=0.005)
    assert found.reliable_improvement == pytest.approx(0.079, abs=0.0005)
    assert found.no_case_any_more == pytest.approx(0.195, abs=0.0005)
    by_5 = no_change(in_treatment(), PHQ9, reliable=5, case_at=10)
    assert by_5.reliable_improvement == pytest.approx(0.13, abs=0.005)


@pytest.mark.parametrize(("follow_ups", "share"), [(3, 0.79), (6, 0.89)])
def test_the_best_of_several_follow_ups_flatters_more(follow_ups, share):
    found = no_change(in_treatment(), PHQ9, reliable=6, case_at=10, follow_ups=follow_ups)
    assert found.any_improvement == pytest.approx(share, abs=0.005)


def test_it_agrees_with_a_simulation():
    rng = np.random.default_rng(4)
    true = rng.normal(9, 6 * 0.84**0.5, 400_000)

    def seen():
        error = rng.normal(0, 6 * 0.16**0.5, true.size)
        return np.clip(np.round(true + error), 0, 27)

    first, second = seen(), seen()
    chosen = first >= 14
    found = no_change(first[chosen], PHQ9, reliable=6, case_at=10)
    change = second[chosen] - first[chosen]
    assert found.any_improvement == pytest.approx((change < 0).mean(), abs=0.005)
    assert found.reliable_deterioration == pytest.approx((change >= 6).mean(), abs=0.003)
    assert found.no_case_any_more == pytest.approx((second[chosen] < 10).mean(), abs=0.004)
    assert found.mean_change == pytest.approx(change.mean(), abs=0.02)


def test_a_scale_turned_round_gives_the_same():
    turned = Population(mean=18, sd=6, reliability=0.84, low=0, high=27, direction=Direction.HIGHER)
    one = no_change(in_treatment(), PHQ9, reliable=6, case_at=10)
    other = no_change(27 - in_treatment(), turned, reliable=6, case_at=17)
    assert other.any_improvement == pytest.approx(one.any_improvement)
    assert other.reliable_deterioration == pytest.approx(one.reliable_deterioration)
    assert other.no_case_any_more == pytest.approx(one.no_case_any_more)
    assert other.mean_change == pytest.approx(-one.mean_change)


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 27), min_size=1, max_size=20),
    st.floats(0.3, 0.95),
    st.integers(1, 8),
)
def test_shares_are_shares_and_a_larger_change_is_rarer(first, reliability, reliable):
    population = Population(mean=12, sd=5, reliability=reliability, low=0, high=27)
    found = no_change(first, population, reliable=reliable, case_at=10)
    stricter = no_change(first, population, reliable=reliable + 1, case_at=10)
    for share in (found.any_improvement, found.reliable_improvement, found.no_case_any_more):
        assert -1e-9 <= share <= 1 + 1e-9
    assert stricter.reliable_improvement <= found.reliable_improvement + 1e-12
    assert found.reliable_improvement <= found.any_improvement + 1e-12


def test_the_impossible_is_refused():
    with pytest.raises(Problem, match="standard deviation"):
        Population(mean=9, sd=0, reliability=0.8)
    with pytest.raises(Problem, match="reliability"):
        Population(mean=9, sd=5, reliability=1)
    with pytest.raises(Problem, match="no first score"):
        no_change([], PHQ9, reliable=6, case_at=10)
