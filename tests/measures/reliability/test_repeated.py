import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.measures.reliability.repeated import icc_agreement, repeated, retest
from attunement.problems import Problem

# Shrout and Fleiss 1979, table 2: six targets, four judges.
JUDGES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)
PINGOUINS_OWN = pytest.mark.filterwarnings("ignore:The inplace keyword")
TRUTH = {"client": 1.0, "client_by_item": 0.3, "session": 0.4, "error": 0.8}


def course(clients, seed, sessions=None, items=6):
    """Answers of many check-ins, with the components of ``TRUTH`` and unequal item means."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 15, clients) if sessions is None else np.full(clients, sessions)
    who = np.repeat(np.arange(clients), counts)

    def drawn(name, *shape):
        return rng.normal(0, TRUTH[name] ** 0.5, shape)

    levels = drawn("client", clients, 1) + drawn("client_by_item", clients, items)
    moments = drawn("session", len(who), 1) + drawn("error", len(who), items)
    return levels[who] + moments + np.arange(items), who


def test_agreement_is_that_published_by_shrout_and_fleiss():
    found = icc_agreement(JUDGES)
    assert found.value == pytest.approx(0.29, abs=0.005)
    assert (found.low, found.high) == pytest.approx((0.02, 0.76), abs=0.005)


@PINGOUINS_OWN
def test_retest_is_that_of_pingouin():
    rng = np.random.default_rng(1)
    first = rng.normal(size=40)
    second = 0.7 * first + 0.5 * rng.normal(size=40) + 0.4
    found = retest(first, second)
    long = pd.DataFrame({"a": first, "b": second}).reset_index().melt("index")
    iccs = pingouin.intraclass_corr(long, "index", "variable", "value").set_index("Type")
    agreement = iccs.loc["ICC(A,1)"]
    assert found.agreement.value == pytest.approx(agreement["ICC"], abs=1e-10)
    assert [found.agreement.low, found.agreement.high] == pytest.approx(
        list(agreement["CI95"]), abs=5.1e-3
    )
    pearson = pingouin.corr(first, second).iloc[0]
    assert found.correlation.value == pytest.approx(pearson["r"])
    assert [found.correlation.low, found.correlation.high] == pytest.approx(
        list(pearson["CI95"]), abs=5.1e-3
    )
    assert found.correlation.n == 40


def test_a_shift_lowers_agreement_but_not_the_correlation():
    rng = np.random.default_rng(2)
    first = rng.normal(size=50)
    second = first + 0.3 * rng.normal(size=50)
    near, far = retest(first, second), retest(first, second + 1)
    assert far.correlation.value == pytest.approx(near.correlation.value)
    assert far.agreement.value < near.agreement.value - 0.1


def test_the_same_scores_twice_agree_perfectly():
    found = retest(np.arange(9.0), np.arange(9.0))
    assert found.correlation.value == pytest.approx(1)
    assert found.agreement.value == 1


def test_components_and_reliabilities_recover_the_truth():
    found = repeated(*course(4000, seed=3))
    for name, truth in TRUTH.items():
        assert getattr(found, name) == pytest.approx(truth, rel=0.06)
    level, moment = 1 + 0.3 / 6, 0.4 + 0.8 / 6
    assert found.within.value == pytest.approx(0.4 / moment, abs=0.01)
    assert found.within_omega.value == pytest.approx(0.4 / moment, abs=0.01)
    assert found.between_one.value == pytest.approx(level / (level + moment), abs=0.015)
    assert found.between.value == pytest.approx(
        level / (level + moment / found.sessions), abs=0.015
    )
    assert found.clients == 4000


def test_within_omega_recovers_the_truth_where_items_differ():
    rng = np.random.default_rng(4)
    loadings = np.array([0.2, 0.5, 0.9, 0.9])
    who = np.repeat(np.arange(800), 8)
    moments = rng.normal(size=(len(who), 1)) * loadings + 0.6 * rng.normal(size=(len(who), 4))
    found = repeated(moments + rng.normal(size=(800, 4))[who], who)
    truth = loadings.sum() ** 2 / (loadings.sum() ** 2 + 4 * 0.36)
    assert found.within_omega.value == pytest.approx(truth, abs=0.01)
    assert found.within.value < truth


@PINGOUINS_OWN
def test_balanced_components_are_those_of_another_route():
    """Between and within mean squares of the check-ins' means, by a one-way ICC of pingouin."""
    answers, who = course(40, seed=5, sessions=7)
    found = repeated(answers, who)
    long = pd.DataFrame({"client": who, "time": np.tile(range(7), 40), "y": answers.mean(axis=1)})
    iccs = pingouin.intraclass_corr(long, "client", "time", "y").set_index("Type")
    for kind, estimate in (("ICC(1,1)", found.between_one), ("ICC(1,k)", found.between)):
        assert estimate.value == pytest.approx(iccs.loc[kind, "ICC"], abs=1e-10)
        assert [estimate.low, estimate.high] == pytest.approx(
            list(iccs.loc[kind, "CI95"]), abs=5.1e-3
        )
    assert found.sessions == pytest.approx(7)
    shares = found.client + found.client_by_item / 6
    rest = found.session + found.error / 6
    assert found.between_one.value == pytest.approx(shares / (shares + rest))


def test_intervals_hold_the_truth_as_often_as_they_say():
    level, moment = 1 + 0.3 / 6, 0.4 + 0.8 / 6
    hits = np.zeros(3)
    for seed in range(400):
        found = repeated(*course(50, seed))
        k = found.sessions
        truths = 0.4 / moment, level / (level + moment), level / (level + moment / k)
        estimates = found.within, found.between_one, found.between
        hits += [e.low < t < e.high for e, t in zip(estimates, truths, strict=True)]
    assert hits / 400 == pytest.approx(np.full(3, 0.95), abs=0.035)


@given(st.integers(0, 10**6), st.floats(-5, 5), st.floats(0.1, 10))
def test_order_origin_and_unit_change_no_reliability(seed, shift, unit):
    answers, who = course(12, seed, items=3)
    order = np.random.default_rng(seed).permutation(len(who))
    one = repeated(answers, who)
    other = repeated((answers[order][:, ::-1] + shift) * unit, who[order] + 7)
    for name in ("between", "between_one", "within"):
        assert getattr(other, name).value == pytest.approx(getattr(one, name).value, abs=1e-8)
    assert other.error == pytest.approx(one.error * unit**2)


def test_a_component_below_zero_is_given_as_zero_and_named():
    rng = np.random.default_rng(6)
    who = np.repeat(np.arange(10), 4)
    answers = rng.normal(size=(40, 4)) + rng.normal(size=(10, 1))[who]
    answers -= answers.mean(axis=1, keepdims=True) * 0.9
    found = repeated(answers, who)
    assert found.session == 0
    assert "the variance of session came out below 0" in found.warnings


def test_check_ins_with_a_missing_answer_are_left_out():
    answers, who = course(30, seed=7)
    one = repeated(answers, who)
    gap = np.vstack([answers, [[np.nan, 1, 1, 1, 1, 1]]])
    assert repeated(gap, np.append(who, 3)) == one


def test_two_items_have_no_omega_within():
    answers, who = course(30, seed=8, items=2)
    assert repeated(answers, who).within_omega is None


def test_within_omega_is_left_out_where_it_cannot_be_fitted():
    answers, who = course(30, seed=9)
    assert repeated(answers[:, [0, 1, 1]], who).within_omega is None


@pytest.mark.parametrize(
    ("compute", "sentence"),
    [
        (lambda: retest(np.arange(3.0), np.arange(3.0)), "retest needs 4 or more"),
        (lambda: retest(np.ones(9), np.arange(9.0)), "the same score at one of the two times"),
        (lambda: icc_agreement(np.ones((5, 2))), "scores that differ"),
        (lambda: repeated(*course(9, 1, items=1)), "two items or more"),
        (lambda: repeated(*course(9, 1, sessions=1)), "3 such clients or more"),
        (
            lambda: repeated(np.repeat(np.eye(4), 3, axis=0), np.repeat(np.arange(4), 3)),
            "answers never change within clients",
        ),
    ],
)
def test_what_is_needed_is_said(compute, sentence):
    with pytest.raises(Problem, match=sentence):
        compute()
