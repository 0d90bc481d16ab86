import numpy as np
import polars as pl
import pytest
from statsmodels.regression.mixed_linear_model import MixedLM

from attunement.course.change.multilevel import client_slopes
from attunement.problems import Problem


def courses(slope_sd=1.0, seed=3, clients=30):
    """Clients with three to eight sessions each, and slopes that differ around -1."""
    rng = np.random.default_rng(seed)
    rows = []
    for client in range(clients):
        level, slope = 30 + rng.normal(0, 5), -1 + rng.normal(0, slope_sd)
        rows += [
            (f"c{client:02}", session, level + slope * session + rng.normal(0, 2))
            for session in range(1, rng.integers(4, 10))
        ]
    return pl.DataFrame(rows, schema=["client", "session", "score"], orient="row")


# coef(lmer(Reaction ~ Days + (Days | Subject))) of lme4 1.1.31, by REML, with all of nloptwrap's
# tolerances at 1e-12.
LME4_SLOPES = {
    308: 19.666257736,
    309: 1.847583133,
    335: -0.284872991,
    352: 14.003299103,
    372: 11.751315613,
}


@pytest.mark.reference
def test_slopes_are_those_that_lme4_gives_for_the_sleep_study(reference_data):
    days = pl.read_csv(reference_data / "sleepstudy.csv")
    found = client_slopes(days.select(client="Subject", session="Days", score="Reaction"))
    slopes = dict(zip(found.people["client"], found.people["slope"], strict=True))
    for subject, slope in LME4_SLOPES.items():
        assert slopes[subject] == pytest.approx(slope, abs=1e-6)
    assert found.warnings == ()


def test_slopes_and_their_errors_solve_hendersons_equations():
    scores = courses()
    found = client_slopes(scores)
    between, residual = variances(scores)
    names = scores["client"].unique().sort()
    session = scores["session"].to_numpy().astype(float)
    fixed = np.column_stack([np.ones(len(session)), session])
    member = scores["client"].to_numpy()[:, None] == names.to_numpy()[None, :]
    own = np.concatenate([member * fixed[:, [0]], member * fixed[:, [1]]], axis=1)
    both = np.hstack([fixed, own])
    penalty = np.zeros((both.shape[1],) * 2)
    penalty[2:, 2:] = np.kron(np.linalg.inv(between), np.eye(len(names)))
    inverse = np.linalg.inv(both.T @ both / residual + penalty)
    solution = inverse @ both.T @ scores["score"].to_numpy() / residual
    for i, name in enumerate(names):
        pick = np.zeros(both.shape[1])
        pick[1] = pick[2 + len(names) + i] = 1
        mine = found.people.row(by_predicate=pl.col("client") == name, named=True)
        assert mine["slope"] == pytest.approx(pick @ solution, rel=1e-3)
        assert mine["standard_error"] == pytest.approx((pick @ inverse @ pick) ** 0.5, rel=1e-2)


def variances(scores):
    """Fit the same model in the table's own units, to have its variances."""
    session = scores["session"].to_numpy().astype(float)
    design = np.column_stack([np.ones(len(session)), session])
    fit = MixedLM(
        scores["score"].to_numpy(), design, groups=scores["client"].to_numpy(), exog_re=design
    ).fit(reml=True)
    return np.asarray(fit.cov_re), fit.scale


def test_slopes_do_not_depend_on_the_order_of_rows():
    scores = courses()
    shuffled = scores.sample(fraction=1, shuffle=True, seed=1)
    assert client_slopes(shuffled).people.equals(client_slopes(scores).people)


def test_slopes_follow_the_unit_of_the_scale():
    scores = courses()
    scaled = scores.with_columns(score=pl.col("score") * 10 + 3)
    one, ten = client_slopes(scores).people, client_slopes(scaled).people
    assert ten["slope"].to_numpy() == pytest.approx(one["slope"].to_numpy() * 10, rel=1e-6)


def test_slopes_need_somebody_with_three_scores():
    with pytest.raises(Problem, match="no client has three scores"):
        client_slopes(courses().filter(pl.col("session") <= 2))


def test_equal_scores_have_no_slopes():
    with pytest.raises(Problem, match="all scores are equal"):
        client_slopes(courses().with_columns(score=pl.lit(4.0)))


def test_slopes_that_do_not_differ_are_remarked_upon():
    found = client_slopes(courses(slope_sd=0, clients=60, seed=12))
    assert any("do not differ measurably" in remark for remark in found.warnings)
