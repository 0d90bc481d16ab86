import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attunement.measures.reliability.alpha import (
    complete,
    cronbach_alpha,
    ends,
    item_statistics,
    standard_error_of_measurement,
)
from attunement.problems import Problem

LOADINGS = np.array([0.4, 0.5, 0.6, 0.7, 0.8])


def congeneric(people, seed, loadings=LOADINGS, uniquenesses=None):
    """Answers that share one factor, with the loadings given."""
    rng = np.random.default_rng(seed)
    rest = 1 - loadings**2 if uniquenesses is None else uniquenesses
    noise = rng.normal(size=(people, len(loadings))) * np.sqrt(rest)
    return rng.normal(size=(people, 1)) * loadings + noise


def answers():
    """Random answers from 0 to 10 with some disagreement in the total."""
    shape = st.tuples(st.integers(5, 30), st.integers(2, 8))
    whole = arrays(np.float64, shape, elements=st.integers(0, 10).map(float))
    return whole.filter(lambda table: np.ptp(table.sum(axis=1)) > 0)


def test_alpha_and_its_interval_are_those_of_pingouin():
    table = congeneric(120, seed=1)
    alpha = cronbach_alpha(table)
    value, interval = pingouin.cronbach_alpha(pd.DataFrame(table))
    assert alpha.value == pytest.approx(value, abs=1e-12)
    assert [alpha.low, alpha.high] == pytest.approx(list(interval), abs=5e-4)
    assert alpha.n == 120


def test_alpha_of_three_people_worked_by_hand():
    table = np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 5.0]])
    assert cronbach_alpha(table).value == pytest.approx(2 * (1 - (1 + 3) / 7))


def test_alpha_uses_only_people_who_answered_everything():
    table = congeneric(50, seed=2)
    with_gaps = np.vstack([table, [[np.nan, 9, 9, 9, 9]]])
    assert cronbach_alpha(with_gaps) == cronbach_alpha(table)
    assert len(complete(with_gaps)) == 50


@given(answers(), st.floats(-50, 50), st.floats(0.1, 20), st.randoms(use_true_random=False))
def test_alpha_does_not_depend_on_origin_unit_or_order(table, shift, unit, random):
    people, items = list(range(table.shape[0])), list(range(table.shape[1]))
    random.shuffle(people)
    random.shuffle(items)
    changed = (table[people][:, items] + shift) * unit
    assert cronbach_alpha(changed).value == pytest.approx(
        cronbach_alpha(table).value, rel=1e-6, abs=1e-8
    )


@given(answers())
def test_alpha_is_at_most_one_and_inside_its_interval(table):
    alpha = cronbach_alpha(table)
    assert alpha.value <= 1 + 1e-12
    assert alpha.low <= alpha.value <= alpha.high


def test_alphas_interval_holds_the_truth_as_often_as_it_says():
    loadings, truth = np.full(4, 0.7), 4 * 0.49 / (4 * 0.49 + 0.51)
    found = [cronbach_alpha(congeneric(60, seed, loadings)) for seed in range(600)]
    assert np.mean([a.low < truth < a.high for a in found]) == pytest.approx(0.95, abs=0.025)


def test_item_statistics_are_those_of_plain_correlations_and_alphas():
    table = congeneric(80, seed=8)
    frame = pd.DataFrame(table)
    for place, item in enumerate(item_statistics(table, list("abcde"))):
        others = frame.drop(columns=place)
        assert item.item == "abcde"[place]
        assert item.item_total == pytest.approx(frame[place].corr(others.sum(axis=1)))
        assert item.alpha_if_dropped == pytest.approx(pingouin.cronbach_alpha(others)[0])
        assert item.mean == pytest.approx(frame[place].mean())
        assert item.sd == pytest.approx(frame[place].std())


def test_an_item_that_never_varies_has_no_correlation():
    table = np.column_stack([congeneric(20, 9)[:, :3], np.full(20, 4.0)])
    assert item_statistics(table, list("abcd"))[3].item_total is None


def test_with_two_items_none_can_be_dropped():
    assert item_statistics(congeneric(20, 10)[:, :2], ["a", "b"])[0].alpha_if_dropped is None


def test_the_standard_error_of_measurement_leads_to_the_published_reliable_changes():
    for sd, reliability, z, change in [
        (6.1, 0.84, 1.96, 6.76),
        (6.1, 0.84, 1.645, 5.68),
        (5.0, 0.92, 1.96, 3.92),
        (7.1, 0.90, 1.96, 6.22),
        (0.8, 0.94, 1.96, 0.54),
    ]:
        error = standard_error_of_measurement(sd, reliability)
        assert z * 2**0.5 * error == pytest.approx(change, abs=0.006)


def test_ends_count_answers_and_whole_check_ins():
    table = np.array([[10, 10], [10, np.nan], [10, 4], [0, 0.0]])
    seen = ends(table, np.array([0.0, 0.0]), np.array([10.0, 10.0]))
    assert (seen.answers, seen.check_ins) == (7, 3)
    assert seen.ceiling_answers == pytest.approx(4 / 7)
    assert seen.floor_answers == pytest.approx(2 / 7)
    assert seen.ceiling_check_ins == pytest.approx(1 / 3)
    assert seen.floor_check_ins == pytest.approx(1 / 3)


def test_ends_of_check_ins_are_unknown_where_none_is_complete():
    seen = ends(np.array([[1.0, np.nan]]), np.zeros(2), np.ones(2))
    assert seen.ceiling_check_ins is None


@pytest.mark.parametrize(
    ("compute", "sentence"),
    [
        (lambda: cronbach_alpha(np.ones((9, 1))), "this needs 2 items or more"),
        (lambda: cronbach_alpha(np.eye(2)), "complete answers from 3 people or more"),
        (lambda: cronbach_alpha(np.full((9, 3), 7.0)), "everyone has the same total"),
        (lambda: standard_error_of_measurement(2, 1.2), "a reliability from 0 to 1"),
        (lambda: ends(np.full((2, 2), np.nan), np.zeros(2), np.ones(2)), "there are no answers"),
    ],
)
def test_what_is_needed_is_said(compute, sentence):
    with pytest.raises(Problem, match=sentence):
        compute()
