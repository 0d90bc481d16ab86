"""Micro-randomised trials: the effect comes back whatever the controls say."""

import numpy as np
import polars as pl
import pytest
from statsmodels.regression.linear_model import WLS

from attunement.problems import Problem
from attunement.programme.evaluation.effects_chart import effects_chart
from attunement.programme.evaluation.micro_randomised import micro_randomised
from attunement.programme.evaluation.micro_randomised_course import effect_over_time
from attunement.programme.evaluation.micro_randomised_size import (
    decision_points,
    micro_randomised_power,
)


def trial(rng, *, clients=40, decisions=20, effect=0.0, by=0.0, steady=None):
    """Decisions whose probability and outcome both depend on how the last days went."""
    shape = (clients, decisions)
    last = rng.normal(size=shape)
    chance = np.where(last > 0, 0.6, 0.3) if steady is None else np.full(shape, steady)
    able = rng.random(shape) < 0.8
    nudged = (rng.random(shape) < chance) & able
    level = rng.normal(0, 0.5, clients)[:, None]
    outcome = level + 0.8 * last**2 + nudged * (effect + by * last) + rng.normal(size=shape)
    return pl.DataFrame(
        {
            "client": np.repeat(np.arange(clients), decisions),
            "last": last.ravel(),
            "probability": chance.ravel(),
            "able": able.ravel(),
            "nudged": nudged.ravel(),
            "reply": outcome.ravel(),
        }
    ).with_columns(reply=pl.when("able").then("reply"))


def estimated(table, **options):
    return micro_randomised(table, outcome="reply", available="able", **options)


def test_the_sizes_of_the_evidence_review_come_back():
    assert decision_points(0.05) == 12559
    assert decision_points(0.10) == 3140


def test_an_unequal_probability_costs_decisions():
    assert decision_points(0.1, probability=0.2) == pytest.approx(3140 / (4 * 0.2 * 0.8), abs=1)


def test_the_effect_comes_back_though_the_controls_are_the_wrong_model():
    rng = np.random.default_rng(1)
    found = [
        estimated(trial(rng, effect=0.4), controls=["last"]).effects["on average"].value
        for _ in range(60)
    ]
    assert np.mean(found) == pytest.approx(0.4, abs=3 * np.std(found) / np.sqrt(60))


def test_the_effect_and_what_moderates_it_come_back():
    rng = np.random.default_rng(2)
    found = [
        estimated(trial(rng, clients=60, effect=0.3, by=0.2), moderators=["last"]).effects
        for _ in range(40)
    ]
    for name, truth in (("at zero", 0.3), ("last", 0.2)):
        values = [one[name].value for one in found]
        assert np.mean(values) == pytest.approx(truth, abs=3 * np.std(values) / np.sqrt(40))


def test_intervals_of_no_effect_hold():
    rng = np.random.default_rng(3)
    times = 500
    found = [
        estimated(trial(rng, clients=25), controls=["last"]).effects["on average"]
        for _ in range(times)
    ]
    inside = sum(one.low <= 0 <= one.high for one in found) / times
    assert 0.93 <= inside <= 0.97


def test_it_is_weighted_and_centred_least_squares():
    table = trial(np.random.default_rng(4), effect=0.4)
    used = table.filter("able")
    share = used["nudged"].mean()
    p, a = used["probability"].to_numpy(), used["nudged"].to_numpy().astype(float)
    weights = np.where(a == 1, share / p, (1 - share) / (1 - p))
    design = np.column_stack([np.ones(len(used)), used["last"], a - share])
    other = WLS(used["reply"].to_numpy(), design, weights=weights).fit(
        cov_type="cluster", cov_kwds={"groups": used["client"].to_numpy()}
    )
    found = estimated(table, controls=["last"]).effects["on average"]
    assert found.value == pytest.approx(other.params[2])
    assert found.se == pytest.approx(other.bse[2], rel=0.06)
    assert found.df == 40 - 3


def test_the_power_calculator_foretells_how_often_an_effect_is_found():
    rng = np.random.default_rng(5)
    told = micro_randomised_power(0.2, clients=30, decisions=30, probability=0.5)
    found = 0
    for _ in range(200):
        nudged = rng.random((30, 30)) < 0.5
        table = pl.DataFrame(
            {
                "client": np.repeat(np.arange(30), 30),
                "nudged": nudged.ravel(),
                "probability": 0.5,
                "reply": (0.2 * nudged + rng.normal(size=(30, 30))).ravel(),
            }
        )
        one = micro_randomised(table, outcome="reply").effects["on average"]
        found += not one.low <= 0 <= one.high
    assert found / 200 == pytest.approx(told, abs=0.08)


def test_power_reaches_what_the_simple_count_of_decisions_promises():
    assert micro_randomised_power(0.1, clients=314, decisions=10) == pytest.approx(0.8, abs=0.01)


def test_it_counts_who_could_be_nudged_and_says_so():
    found = estimated(trial(np.random.default_rng(6), effect=0.5))
    assert (found.clients, found.decisions) == (40, 800)
    assert found.nudged < found.available < found.decisions
    assert found.sentence.startswith("When nudged, reply was 0.")


@pytest.mark.parametrize(
    ("change", "options", "sentence"),
    [
        ({"probability": pl.lit(1.0)}, {}, "a probability is 0 or 1"),
        ({"nudged": pl.lit(1)}, {}, "nudged while not available"),
        ({"nudged": pl.lit(0)}, {}, "everyone was nudged, or no one"),
        ({"client": pl.col("client") % 5}, {}, "5 clients were available"),
        ({"same": pl.col("last") * 2}, {"controls": ["last", "same"]}, "same as each other"),
        ({"last": pl.lit(None, pl.Float64)}, {"controls": ["last"]}, "last is empty"),
    ],
)
def test_what_is_needed_is_said(change, options, sentence):
    table = trial(np.random.default_rng(7)).with_columns(**change)
    with pytest.raises(Problem, match=sentence):
        estimated(table, **options)


def test_the_picture_names_every_effect():
    found = estimated(trial(np.random.default_rng(8)), moderators=["last"])
    drawn = effects_chart(found.effects, title="Nudges", unit="reply").to_json()
    assert "at zero" in drawn
    assert "last" in drawn


def over_time(rng, fades):
    day = np.tile(np.arange(24.0), 50)
    table = trial(rng, clients=50, decisions=24, steady=0.4).with_columns(day=pl.Series(day))
    effect = pl.col("nudged") * (1.2 - fades * pl.col("day"))
    return effect_over_time(
        table.with_columns(reply=pl.col("reply") + effect),
        outcome="reply", time="day", available="able",
    )  # fmt: skip


def test_how_an_effect_fades_comes_back_along_the_line_and_by_stretches():
    rng = np.random.default_rng(9)
    found = [over_time(rng, 0.05) for _ in range(12)]
    slopes = [one.change.value for one in found]
    assert np.mean(slopes) == pytest.approx(-0.05, abs=3 * np.std(slopes) / np.sqrt(12))
    last = [one.stretches["value"][-1] for one in found]
    middle = found[0].stretches["middle"][-1]
    truth = 1.2 - 0.05 * middle
    assert np.mean(last) == pytest.approx(truth, abs=3 * np.std(last) / np.sqrt(12))


def test_every_point_of_the_line_is_the_effect_where_time_is_moved_to_it():
    table = trial(np.random.default_rng(10)).with_columns(day=pl.int_range(pl.len()).over("client"))
    line = effect_over_time(table, outcome="reply", time="day", available="able").line
    place = line.row(10, named=True)
    moved = table.with_columns(day=pl.col("day") - place["time"])
    there = estimated(moved, moderators=["day"]).effects["at zero"]
    assert (place["value"], place["low"], place["high"]) == pytest.approx(
        (there.value, there.low, there.high)
    )


def test_stretches_hold_every_decision_once():
    found = over_time(np.random.default_rng(11), 0.0)
    stretches = found.stretches
    assert (stretches["first"][1:] > stretches["last"][:-1]).all()
    whole = estimated(trial(np.random.default_rng(11), clients=50, decisions=24, steady=0.4))
    assert stretches["decisions"].sum() == whole.available


def test_one_time_alone_has_no_course():
    table = trial(np.random.default_rng(12)).with_columns(day=1)
    with pytest.raises(Problem, match="one time only"):
        effect_over_time(table, outcome="reply", time="day", available="able")


def test_an_effect_that_fades_to_nothing_is_not_said_to_change_its_sign():
    rng = np.random.default_rng(13)
    said = [over_time(rng, 1.2 / 23).sentence for _ in range(30)]
    assert sum("changes its sign" in one for one in said) <= 2
    assert sum("wears off" in one for one in said) >= 25


@pytest.mark.parametrize(
    ("rise", "words"),
    [
        (0.0, "Chance alone could"),
        (-0.11, "The effect changes its sign"),
        (0.05, "The effect grows stronger"),
    ],
)
def test_what_is_said_of_the_course_holds_at_its_ends(rise, words):
    assert words in over_time(np.random.default_rng(14), -rise).sentence
