from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.special import expit

from attunement.course.attendance.appointments import CAME
from attunement.problems import Problem
from attunement.programme.retention.associations import odds_ratios
from attunement.programme.retention.card import card
from attunement.programme.retention.drift import gather, learn_drift
from attunement.programme.retention.known import WORDS, known_before
from attunement.programme.retention.leaks import refuse_the_future, too_good_to_be_true
from attunement.programme.retention.learn import learn
from attunement.programme.retention.measures import auc
from attunement.programme.retention.model import forecast
from attunement.programme.retention.overview import retention
from attunement.programme.retention.periods import Leaving, periods
from attunement.programme.retention.validation import valid_sites, why_not_valid

from .conftest import WATCHED, Hazard


def table(cohort, **options):
    rows = gather(cohort.appointments, cohort.scores, WATCHED, cohort.people, **options)
    return periods(rows, cohort.appointments, Leaving())


@pytest.fixture(scope="module")
def rows(cohort):
    return table(cohort)


def test_it_tells_people_apart_nearly_as_well_as_the_truth_does(cohort, rows, model):
    known = rows.join(cohort.truth, on=["client", "after"], maintain_order="left")
    best = auc(known["logit"].to_numpy(), known["left"].to_numpy())
    later, all_sites = model.tests[0], model.tests[1]
    assert all_sites.where == "all sites"
    assert all_sites.events == known["left"].sum()
    assert best.value - 0.01 < all_sites.auc.value < best.value + 0.005
    assert later.auc.low < best.value < later.auc.high + 0.01


def test_its_forecasts_are_calibrated_later_and_elsewhere(model):
    for test in model.tests[:2]:
        assert test.calibration.slope.low < 1 < test.calibration.slope.high + 0.02
        assert test.calibration.ratio == pytest.approx(1, abs=0.1)
        assert test.brier < test.brier_of_mean


def test_forecasts_come_close_to_the_true_chances(cohort, rows, model):
    known = rows.join(cohort.truth, on=["client", "after"], maintain_order="left")
    error = forecast(model, known) - expit(known["logit"].to_numpy())
    assert abs(error.mean()) < 0.005
    assert np.abs(error).mean() < 0.02


def test_the_weights_are_the_true_ones(rows):
    found = odds_ratios(rows, ["alliance", "alliance_drop", "missed_in_a_row"], WORDS)
    truth = np.exp([Hazard.alliance, Hazard.drop, Hazard.missed])
    assert (found["low"].to_numpy() < truth * 1.02).all()
    assert (found["high"].to_numpy() > truth * 0.98).all()


def test_odds_ratios_of_nothing_cover_1_in_95_of_100_cohorts():
    rng = np.random.default_rng(12)
    hits, runs = 0, 500
    for _ in range(runs):
        x = rng.normal(size=150).repeat(4) + rng.normal(size=600)
        made = pl.DataFrame({"client": np.arange(600) // 4, "x": x, "left": rng.random(600) < 0.15})
        found = odds_ratios(made, ["x"]).row(0, named=True)
        hits += found["low"] <= 1 <= found["high"]
    assert 0.93 <= hits / runs <= 0.97


def test_with_a_hazard_that_hangs_on_nothing_it_may_not_be_used(hazard_cohort):
    made = hazard_cohort(3000, 21, Hazard(level=-2.4, alliance=0, drop=0, missed=0))
    found = learn_drift(made.appointments, made.scores, WATCHED, made.people)
    later = found.tests[0]
    assert later.auc.low < 0.5 < later.auc.high
    assert any("tells nobody apart" in reason for reason in why_not_valid(found))


def sessions_in_all(appointments, scores):
    """Make a feature from the future: how many sessions there will have been."""
    known = known_before(appointments, scores, WATCHED)
    return known.select("client", "after", sessions_in_all=pl.len().over("client").cast(pl.Float64))


def next_status(appointments, scores):
    """Make a feature from the future: whether the next appointment will be attended."""
    came = pl.col("status").is_in(CAME).cast(pl.Float64)
    return appointments.sort("client", "session").select(
        "client", after="session", comes_next=came.shift(-1).over("client")
    )


@pytest.mark.parametrize("leak", [sessions_in_all, next_status])
def test_a_feature_from_the_future_is_caught(cohort, leak):
    with pytest.raises(Problem, match="it knows the future"):
        learn_drift(cohort.appointments, cohort.scores, WATCHED, extra=leak)


def test_an_honest_feature_passes(cohort):
    def late_so_far(appointments, scores):
        return known_before(appointments, scores, WATCHED).select(
            "client", "after", half="late_share"
        )

    refuse_the_future(late_so_far, cohort.appointments, cohort.scores)


def test_a_reason_of_discharge_written_afterwards_is_too_good_to_be_true(cohort, rows):
    gone = rows.filter("left")["client"].implode()
    people = cohort.people.with_columns(
        discharge_code=pl.col("client").is_in(gone).cast(pl.Float64)
        + 0.3 * pl.Series(np.random.default_rng(1).normal(size=cohort.people.height))
    )
    found = learn_drift(
        cohort.appointments, cohort.scores, WATCHED, people, baseline=["age", "discharge_code"]
    )
    assert found.suspects == ("discharge_code",)
    assert "discharge_code is too good" in why_not_valid(found)[0]


def test_honest_features_are_not_suspected(rows):
    assert too_good_to_be_true(rows, ["alliance", "missed_in_a_row", "sessions"]) == ()


def test_sites_at_which_it_held_are_named(model):
    assert valid_sites(model) == {"site 0", "site 1", "site 2"}
    assert why_not_valid(model) == ()


def test_a_site_where_leaving_is_another_thing_is_not_valid(hazard_cohort):
    usual = hazard_cohort(2500, 31, sites=2)
    other = hazard_cohort(1000, 32, Hazard(level=-1.9, alliance=0.4, drop=0))
    shift = pl.col("client") + 10_000
    found = learn_drift(
        pl.concat([usual.appointments, other.appointments.with_columns(shift)]),
        pl.concat([usual.scores, other.scores.with_columns(shift)]),
        WATCHED,
        pl.concat(
            [usual.people, other.people.with_columns(shift, site=pl.lit("elsewhere"))]
        ),
    )  # fmt: skip
    assert "elsewhere" not in valid_sites(found)


def test_too_few_leavers_are_refused(rows):
    few = rows.filter(pl.col("client") < 40)
    with pytest.raises(Problem, match="wait until there are more"):
        learn(few, ["alliance"] * 30, WORDS)


def test_one_who_never_was_tested_later_may_not_be_used(model):
    assert why_not_valid(replace(model, tests=())) == (
        "it was not tested on clients who began later",
    )


def test_a_baseline_of_words_is_refused(cohort):
    with pytest.raises(Problem, match="no column of numbers site"):
        gather(cohort.appointments, cohort.scores, WATCHED, cohort.people, baseline=["site"])


def test_one_call_gives_rates_and_a_model_or_says_why_there_is_none(cohort):
    few = pl.col("client") < 60
    found = retention(
        cohort.appointments.filter(few),
        cohort.scores.filter(few),
        WATCHED,
        cohort.people.filter(few),
        ["site"],
    )
    assert found.model is found.card is None
    assert "wait" in found.why_no_model
    assert found.staying.rates.height == 16


def test_an_answer_given_after_leaving_does_not_help(cohort):
    visits = cohort.appointments.select("client", "session", "date")
    last = visits.group_by("client").agg(last=pl.col("session").max())
    exit_rating = (pl.col("scale") == "bond") & (pl.col("session") == pl.col("last"))
    marks = cohort.scores.join(visits, on=["client", "session"]).join(last, on="client")
    days = pl.when(exit_rating).then(90).otherwise(0)
    planted = marks.select(
        "client",
        "scale",
        "session",
        score=pl.col("score") - pl.when(exit_rating).then(4.0).otherwise(0.0),
        answered_on=pl.col("date") + pl.duration(days=days),
    )
    honest = marks.filter(~exit_rating).select("client", "scale", "session", "score")
    refuse_the_future(lambda a, s: known_before(a, s, WATCHED), cohort.appointments, planted)
    found, wanted = (
        known_before(cohort.appointments, scores, WATCHED).sort("client", "after")
        for scores in (planted, honest)
    )
    assert_frame_equal(found, wanted)


def test_the_card_says_where_scores_do_not_say_when_they_were_answered(model):
    assert "did not say when they were answered" in card(model).markdown
    assert "did not say when they were answered" not in card(replace(model, dated=True)).markdown
