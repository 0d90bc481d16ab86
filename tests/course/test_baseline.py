import json
from dataclasses import asdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.course.baseline import (
    Norms,
    default_norms,
    dump_norms,
    estimate_norms,
    load_norms,
    moderate,
)
from attunement.measures.scale import Direction, Scale
from attunement.problems import Problem
from support.cohorts import BOND, MOOD, SCALES, course_of


def cohort(clients=500, sessions=12, sd=0.35, df=None, trend=0.03, between=1.0, seed=1):
    random = np.random.default_rng(seed)
    variances = sd**2 * (np.ones(clients) if df is None else df / random.chisquare(df, clients))
    level = 5 + random.normal(0, between, clients)
    session = np.tile(np.arange(1, sessions + 1), clients)
    noise = random.normal(size=clients * sessions) * np.repeat(variances**0.5, sessions)
    return pl.DataFrame(
        {
            "client": np.repeat(np.arange(clients), sessions),
            "scale": "bond",
            "session": session,
            "score": np.repeat(level, sessions) + trend * session + noise,
        }
    )


def estimated(scores, scale=BOND):
    return estimate_norms(scores, {scale.name: scale})[scale.name]


def test_what_was_planted_comes_back():
    norms = estimated(cohort(3000, df=8.0))
    assert norms.sd == pytest.approx(0.35, abs=0.01)
    assert norms.df == pytest.approx(8.0, rel=0.15)
    assert norms.trend == pytest.approx(0.03, abs=0.002)
    assert norms.level == pytest.approx(5.0, abs=0.06)
    assert norms.between_sd == pytest.approx(1.0, abs=0.05)
    assert (norms.clients, norms.origin) == (3000, "site")


def test_clients_who_all_have_one_spread_make_the_prior_strong():
    assert estimated(cohort(df=None)).df > 60


def test_moderated_variances_are_those_of_limma():
    """Figures from limma 3.54.1 (fitFDist), printed to ten digits."""
    variances = [0.08, 0.21, 0.13, 0.35, 0.06, 0.17, 0.11, 0.49, 0.24, 0.09, 0.15]
    variances += [0.30, 0.05, 0.12, 0.19, 0.27, 0.10, 0.14, 0.40, 0.07, 0.03, 0.9]
    df = [5, 7, 11, 4, 9, 3, 6, 8, 10, 5, 12, 2, 6, 7, 4, 9, 11, 3, 5, 8, 2, 2]
    sd, prior = moderate(np.array(variances), np.array(df, dtype=float))
    assert sd**2 == pytest.approx(0.1825710021, rel=1e-9)
    assert prior == pytest.approx(15.8146164844, rel=1e-9)


def test_equal_variances_are_worth_all_the_scores_they_rest_on():
    sd, prior = moderate(
        np.array([0.11, 0.12, 0.13, 0.12, 0.115, 0.125, 0.118, 0.122]), np.full(8, 9.0)
    )
    assert (sd**2, prior) == (pytest.approx(0.12), 72.0)


def test_clients_who_always_answer_the_same_do_not_shrink_the_spread():
    usual = cohort(400)
    still = cohort(100).with_columns(client=pl.col("client") + 1000, score=pl.lit(7.0))
    norms = estimated(pl.concat([usual, still]))
    assert norms.sd == pytest.approx(0.35, abs=0.03)
    assert norms.df > 10


def test_missing_scores_are_left_out():
    scores = cohort()
    holes = scores.with_columns(
        score=pl.when(pl.int_range(pl.len()) % 5 > 0).then("score").otherwise(float("nan"))
    )
    without = scores.filter(pl.int_range(pl.len()) % 5 > 0)
    assert estimated(holes) == estimated(without)


def test_few_clients_fall_back_to_documented_defaults_and_say_so():
    norms = estimated(course_of([5, 5, 4, 5]))
    assert norms == default_norms(BOND)
    assert (norms.sd, norms.df, norms.trend) == (pytest.approx(0.35), 6, 0)
    assert (norms.origin, norms.between_sd) == ("default", None)


def test_defaults_follow_the_range_of_the_scale():
    assert default_norms(MOOD).sd == pytest.approx(0.35 / 6 * 27)


def test_without_a_range_and_with_few_clients_the_remedy_is_said():
    unknown = Scale(name="bdi", direction=Direction.LOWER)
    with pytest.raises(Problem, match=r"bdi.*fewer than 20 clients.*say which instrument"):
        estimate_norms(course_of([5, 6, 7], scale="bdi"), {"bdi": unknown})


def test_row_order_never_matters():
    scores = cohort(60, df=5.0)
    here, there = estimated(scores), estimated(scores.sample(fraction=1, shuffle=True, seed=2))
    assert asdict(there) == pytest.approx(asdict(here), rel=1e-12)


@given(st.floats(-100, 100), st.floats(0.01, 100))
def test_norms_move_with_the_scale(shift, factor):
    scores = cohort(40, df=6.0)
    here = estimated(scores)
    there = estimated(scores.with_columns(pl.col("score") * factor + shift))
    assert there.sd == pytest.approx(here.sd * factor, rel=1e-6)
    assert there.df == pytest.approx(here.df, rel=1e-4)
    assert there.trend == pytest.approx(here.trend * factor, rel=1e-6)
    assert there.level == pytest.approx(here.level * factor + shift, rel=1e-6, abs=1e-6)
    assert there.between_sd == pytest.approx(here.between_sd * factor, rel=1e-4)


def test_norms_written_and_read_are_the_same():
    norms = {"bond": Norms(sd=0.4, df=12.5, trend=0.02, level=5.1, between_sd=0.9, clients=88)}
    assert load_norms(dump_norms(norms)) == norms


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "{}x", '{"bond": 3}', '{"bond": {"sd": "a"}}', '{"bond": {"sd": 1, "odd": 2}}']
    + [json.dumps({"bond": {"sd": sd}}) for sd in (0, -1, float("nan"), "2")]
    + [json.dumps({"bond": {"sd": 1, "df": 0}})],
)
def test_a_broken_file_of_norms_is_refused_with_a_sentence(text):
    with pytest.raises(Problem, match=r"norms\.json.*write it anew"):
        load_norms(text, file="norms.json")


def test_scales_are_kept_apart():
    scores = pl.concat([cohort(50), cohort(50, sd=2).with_columns(scale=pl.lit("mood"))])
    norms = estimate_norms(scores, SCALES)
    assert norms["mood"].sd > 4 * norms["bond"].sd
