import math
import re

import duckdb
import narwhals as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attunement.course.agreement.gaps import gap_norms, gaps
from attunement.course.agreement.truth_and_bias import truth_and_bias
from attunement.course.baseline import Norms
from attunement.measures.scale import Direction, Scale
from attunement.problems import Problem

BOND = Scale(name="bond", direction=Direction.HIGHER, low=1, high=7)
GOALS = Scale(name="goals", direction=Direction.HIGHER, low=0, high=10)
NORMS = {"bond": Norms(sd=0.5), "goals": Norms(sd=0.9, df=12)}
COLUMNS = ["client", "scale", "session", "client_score", "therapist_score", "gap", "prior_n"]
COLUMNS += ["usual_gap", "sigma", "limit_low", "limit_high", "signal"]
answer = st.none() | st.floats(1, 7)


def of_pair(clients, therapists, client="c", scale="bond"):
    """A pair's scores, one per session; None is a missing score."""
    sides = {"client": clients, "therapist": therapists}
    rows = [
        (client, scale, session, score, rater)
        for rater, scores in sides.items()
        for session, score in enumerate(scores, start=1)
    ]
    schema = {"client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64,
              "rater": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


@st.composite
def pairs(draw):
    """Several pairs on two scales, with gaps and missing scores, in any order."""
    tables = [
        of_pair(draw(st.lists(answer, max_size=9)), draw(st.lists(answer, max_size=9)), c, s)
        for c in "ab"
        for s in ("bond", "goals")
    ]
    return pl.concat(tables).sample(fraction=1, shuffle=True, seed=draw(st.integers(0, 99)))


def many_pairs(clients, sessions, seed, sd=0.5):
    rng = np.random.default_rng(seed)
    moves = rng.normal(5, 0.3, (clients, sessions))
    usual = rng.normal(-0.3, 0.4, (clients, 1))
    off = moves + usual + rng.normal(0, sd, (clients, sessions))
    return pl.concat(of_pair(moves[i], off[i], f"c{i}") for i in range(clients))


def test_a_gap_is_told_by_the_pairs_own_usual_gap():
    scores = of_pair([5, 5, 5, 5, 5, 5], [4.5, 4.6, 4.4, 4.5, 6.5, 2.5])
    found = gaps(scores, NORMS)
    assert found.columns == COLUMNS
    assert found["gap"].to_list() == pytest.approx([-0.5, -0.4, -0.6, -0.5, 1.5, -2.5])
    assert found["signal"].to_list() == [None] * 3 + ["none", "client-lower", "therapist-lower"]


def test_a_therapist_far_below_is_told_apart_from_a_client_far_below():
    found = gaps(of_pair([5] * 5, [5, 5, 5, 5, 2]), NORMS)
    assert found["signal"].to_list()[-1] == "therapist-lower"


def test_a_wide_but_usual_gap_is_no_signal():
    found = gaps(of_pair([7] * 6, [3] * 6), NORMS)
    assert found["signal"].drop_nulls().to_list() == ["none"] * 3


def test_the_limits_are_those_worked_by_hand():
    found = gaps(of_pair([5, 5, 5, 5], [4, 5, 4.5, 5]), NORMS).row(3, named=True)
    earlier = np.array([-1, 0, -0.5])
    sigma = math.sqrt((2 * earlier.var(ddof=1) + 6 * 0.5**2) / (2 + 6))
    assert found["usual_gap"] == pytest.approx(-0.5)
    assert found["sigma"] == pytest.approx(sigma)
    reach = 2.5 * sigma * math.sqrt(4 / 3)
    assert found["limit_low"] == pytest.approx(-0.5 - reach)
    assert found["limit_high"] == pytest.approx(-0.5 + reach)
    assert found["prior_n"] == 3


def test_a_session_that_one_of_them_did_not_rate_has_no_gap_and_does_not_count():
    found = gaps(of_pair([5, 5, None, 5, 5], [4, 4, 4, float("nan"), 4, 4]), NORMS)
    assert found["gap"].to_list() == [-1, -1, None, None, -1, None]
    assert found["prior_n"].to_list() == [0, 1, 2, 2, 2, 3]
    assert found["signal"].to_list() == [None] * 6
    assert found["client_score"].to_list() == [5, 5, None, 5, 5, None]


@given(pairs(), st.integers(0, 9))
def test_nothing_changes_when_later_sessions_are_removed(scores, last):
    then = gaps(scores.filter(pl.col("session") <= last), NORMS)
    assert_frame_equal(then, gaps(scores, NORMS).filter(pl.col("session") <= last))


@given(pairs())
def test_changing_places_turns_the_gap_round(scores):
    other = {"client": "therapist", "therapist": "client"}
    here = gaps(scores, NORMS)
    there = gaps(scores.with_columns(pl.col("rater").replace(other)), NORMS)
    assert there["gap"].to_list() == [None if g is None else -g for g in here["gap"]]
    said = {f"{a}-lower": f"{b}-lower" for a, b in other.items()}
    near = (here["gap"] - here["limit_low"]).abs().min() or 1
    if near > 1e-9 and ((here["gap"] - here["limit_high"]).abs().min() or 1) > 1e-9:
        assert there["signal"].to_list() == here["signal"].replace(said).to_list()


@pytest.mark.parametrize("write", [str.upper, str.title, lambda rater: f" {rater} "])
def test_a_rater_is_known_however_it_is_written(write):
    scores = of_pair([5] * 6, [4.5, 4.6, 4.4, 4.5, 6.5, 2.5])
    other = scores.with_columns(pl.col("rater").map_elements(write, return_dtype=pl.String))
    for table in (other, other.with_columns(pl.col("rater").cast(pl.Categorical))):
        assert_frame_equal(gaps(table, NORMS), gaps(scores, NORMS))


@pytest.mark.parametrize("entry", ["gaps", "gap_norms", "truth_and_bias"])
@pytest.mark.parametrize("engine", ["polars", "lazy", "pandas", "pyarrow", "duckdb"])
@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("client", "client c, scale bond, session 3 has 2 scores by the client; keep one of them"),
        ("Client", "client c, scale bond, session 3 has 2 scores by the client; keep one of them"),
        ("mother", "session 3 has the rater 'mother'; write client or therapist, or leave"),
        (None, "session 3 has no rater; write client or therapist"),
    ],
)
def test_a_second_rating_and_a_rater_who_is_neither_are_refused(row, sentence, engine, entry):
    extra = of_pair([5] * 3, [], scale="bond").tail(1).with_columns(rater=pl.lit(row, pl.String))
    scores = pl.concat([of_pair([5] * 6, [4] * 6), extra])
    table = {
        "polars": lambda: scores,
        "lazy": scores.lazy,
        "pandas": scores.to_pandas,
        "pyarrow": scores.to_arrow,
        "duckdb": lambda: duckdb.from_arrow(scores.to_arrow()),
    }[engine]()
    compute = {
        "gaps": lambda: gaps(table, NORMS),
        "gap_norms": lambda: gap_norms(table, {"bond": BOND}),
        "truth_and_bias": lambda: truth_and_bias(table, "bond"),
    }[entry]
    with pytest.raises(Problem, match=re.escape(sentence)):
        compute()


def test_raters_of_other_scales_do_not_matter():
    other = of_pair([5] * 4, [4] * 4, scale="other").with_columns(rater=pl.lit("mother"))
    both = pl.concat([of_pair([5] * 4, [4] * 4), other])
    assert gaps(both, NORMS)["signal"].to_list() == [None] * 3 + ["none"]


@given(pairs())
def test_row_order_never_matters(scores):
    assert_frame_equal(gaps(scores, NORMS), gaps(scores.reverse(), NORMS))


@given(pairs())
def test_duckdb_says_the_same(scores):
    relation = duckdb.from_arrow(scores.to_arrow())
    other = gaps(relation, NORMS).pl().sort("client", "scale", "session")
    assert_frame_equal(other, gaps(scores, NORMS), check_dtypes=False, abs_tol=1e-9)


@pytest.mark.parametrize("kind", ["pandas", "pyarrow"])
def test_the_users_own_kind_of_table_comes_back(kind):
    scores = many_pairs(3, 6, seed=1)
    own = scores.to_pandas() if kind == "pandas" else scores.to_arrow()
    found = gaps(own, NORMS)
    assert type(found) is type(own)
    assert_frame_equal(nw.from_native(found).to_polars(), gaps(scores, NORMS), check_dtypes=False)


def test_scales_without_norms_are_left_out():
    both = pl.concat([of_pair([5] * 4, [4] * 4), of_pair([5] * 4, [4] * 4, scale="other")])
    assert gaps(both, NORMS)["scale"].unique().to_list() == ["bond"]


def test_pairs_without_strain_are_rarely_told():
    found = gaps(many_pairs(600, 12, seed=2), {"bond": Norms(sd=0.5, df=1000)})
    told = found.filter(pl.col("signal").is_in(["client-lower", "therapist-lower"]))
    share = told["client"].n_unique() / 600
    assert share == pytest.approx(1 - (1 - 2 * 0.00621) ** 9, abs=0.03)


def test_norms_of_gaps_are_learnt_from_the_sites_own_pairs():
    learnt = gap_norms(many_pairs(300, 10, seed=3), {"bond": BOND})["bond"]
    assert learnt.origin == "site"
    assert learnt.sd == pytest.approx(0.5, abs=0.02)


def test_with_few_pairs_the_default_supposes_two_independent_scores():
    learnt = gap_norms(many_pairs(4, 10, seed=4), {"bond": BOND, "goals": GOALS})
    assert learnt["bond"].origin == "default"
    assert learnt["bond"].sd == pytest.approx(math.sqrt(2) * 0.35)
    assert learnt["goals"].sd == pytest.approx(math.sqrt(2) * 0.35 * 10 / 6)


@pytest.mark.parametrize(
    ("compute", "sentence"),
    [
        (lambda t: gaps(t.drop("rater"), NORMS), "no column rater"),
        (lambda t: gaps(t, NORMS, fewest=1), "set fewest to 2 or more"),
        (lambda t: gap_norms(t.drop("rater"), {"bond": BOND}), "add it, with client or therapist"),
        (
            lambda t: gap_norms(t, {"bond": Scale(name="bond", direction=Direction.HIGHER)}),
            "the usual spread of bond is not known",
        ),
    ],
)
def test_what_is_needed_is_said(compute, sentence):
    with pytest.raises(Problem, match=sentence):
        compute(of_pair([5] * 4, [4] * 4))
