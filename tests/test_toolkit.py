import subprocess
import sys

import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import attunement as at
from attunement import toolkit
from attunement.tables import RUPTURES, SIGNALS
from support.cohorts import course_of

SCORES = at.simulate(at.Plan(clients=40), seed=7).scores


def test_every_public_name_is_there():
    assert at.__all__ == toolkit.__all__ == dir(at)
    assert all(callable(getattr(at, name)) for name in at.__all__)
    with pytest.raises(AttributeError, match="no attribute 'heal'"):
        _ = at.heal


def test_nothing_heavy_is_loaded_before_it_is_used():
    code = "import attunement, sys; print('polars' in sys.modules, 'statsmodels' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_a_course_is_two_tables_of_the_kind_handed_in():
    noticed = at.course(SCORES.to_pandas())
    assert isinstance(noticed.signals, pd.DataFrame)
    assert list(noticed.signals.columns) == SIGNALS.names
    assert list(noticed.ruptures.columns) == RUPTURES.names
    assert_frame_equal(pl.from_pandas(noticed.signals), at.course(SCORES).signals)


def test_a_scale_of_ones_own_needs_a_direction_and_nothing_else():
    own = SCORES.filter(scale="phq9").with_columns(scale=pl.lit("mood"))
    with pytest.raises(at.Problem, match=r"'mood' is no scale.*which way is better"):
        at.course(own)
    noticed = at.course(own, {"mood": "lower-is-better"})
    assert_frame_equal(
        noticed.signals.drop("scale"),
        at.course(SCORES.filter(scale="phq9")).signals.drop("scale"),
        abs_tol=1e-9,
    )


def test_a_row_that_is_there_twice_is_named():
    with pytest.raises(at.Problem, match="client a has several scores of phq9 at session 1"):
        at.course(pl.concat([course_of([5], scale="phq9")] * 2))


def test_a_missing_column_is_named():
    with pytest.raises(at.Problem, match="no column session"):
        at.course(SCORES.drop("session"))


def test_change_and_sudden_gains_take_their_direction_from_the_instrument():
    changed = at.change(SCORES, "phq9", reliability=0.84, cutoff=9.5)
    better = changed.people.filter(pl.col("category") == "improved")
    assert (better["change"] < 0).all()
    gains = at.sudden_gains(SCORES, "phq9", cutoff=5)
    assert gains.summary is not None
    with pytest.raises(at.Problem, match="no scale 'sleep'"):
        at.change(SCORES, "sleep", "lower-is-better")


def test_norms_are_learned_by_scale():
    assert set(at.norms(SCORES)) == set(SCORES["scale"])


def test_what_people_tell_outright_is_not_watched_for_drops():
    cohort = at.simulate(at.Plan(clients=30), seed=3)
    scores = at.score(cohort.responses)
    assert "session-check-in.tension" in set(scores["scale"])
    watched = at.course(scores).signals["scale"].unique()
    assert set(watched) == {"session-check-in.alliance", "session-check-in-therapist.alliance"}
    with pytest.raises(at.Problem, match="tell outright"):
        at.course(scores.filter(scale="session-check-in.tension"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"session": pl.col("session").cast(pl.String)}, "session of scores holds String"),
        ({"session": pl.col("session") + 0.5}, "session of scores holds Float64"),
        ({"score": pl.lit("high")}, "score of scores holds String"),
        ({"client": pl.lit(None, pl.String)}, "a row has no client"),
        ({"session": pl.lit(None, pl.Int64)}, "a row has no session"),
        ({"score": pl.lit(99.0)}, "has 99 on phq9 at session 1, which goes from 0 to 27"),
    ],
)
@pytest.mark.parametrize("kind", ["to_pandas", "lazy"])
def test_a_table_that_cannot_be_right_is_refused(change, sentence, kind):
    table = course_of([5, 6], scale="phq9").with_columns(**change)
    if kind == "to_pandas" and "a row has no session" in sentence:
        sentence = "session of scores holds Float64"
    with pytest.raises(at.Problem, match=sentence):
        at.course(getattr(table, kind)())


def test_a_course_without_any_score_is_still_a_course():
    empty = course_of([None, None], scale="phq9").with_columns(score=pl.lit(None))
    assert at.course(empty).signals["signal"].is_null().all()
