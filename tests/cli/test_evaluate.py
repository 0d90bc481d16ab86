"""Did it work, and what did it cost: the same numbers as the functions give."""

import re
from html import escape

import polars as pl
import pytest

from attunement.charts import PALETTE
from attunement.cli.run import run
from attunement.programme.cost.effectiveness import cost_effectiveness
from attunement.programme.cost.perspective import Perspective
from attunement.programme.evaluation.holdout import holdout
from attunement.programme.evaluation.interrupted import interrupted_time_series
from attunement.programme.evaluation.micro_randomised import micro_randomised
from attunement.programme.evaluation.micro_randomised_course import effect_over_time
from attunement.programme.evaluation.segments import interrupted_power
from attunement.programme.evaluation.stepped_wedge import stepped_wedge

PAID = ("--payer", "the service", "--counted", "time", "--currency", "EUR", "--price-year", "2026")
SERVICE = Perspective(
    payer="the service", counted=["time"], left_out=[], currency="EUR", price_year=2026
)


def effects(said):
    return {one["effect"]: (one["value"], one["low"], one["high"]) for one in said["effects"]}


def of(effect):
    return pytest.approx((effect.value, effect.low, effect.high))


def test_a_series_says_what_the_function_says(clinic, as_json):
    said = as_json("programme", "evaluate", "its", "months.csv", "--start", "37", "--season", "12")
    found = interrupted_time_series(pl.read_csv("months.csv"), start=37, season=12)
    assert effects(said)["step"] == of(found.level)
    assert effects(said)["at the end"] == of(found.at_end)
    assert said["sentences"] == [found.sentence]


def test_a_hold_out_says_what_the_function_says(clinic, as_json):
    said = as_json("programme", "evaluate", "hold-out", "trial.csv", "--event", "left")
    found = holdout(pl.read_csv("trial.csv"), event="left")
    assert effects(said)["risk difference"] == of(found.difference)
    assert effects(said)["risk ratio"] == of(found.ratio)
    assert str(found.needed) in said["sentences"][1]


def test_true_and_false_are_taken_at_their_word(clinic, as_json):
    ask = ("programme", "evaluate", "hold-out", "trial.csv", "--event", "left")
    plain = as_json(*ask)["effects"]
    trial = pl.read_csv("trial.csv")
    trial.select(pl.col("offered") == 1, pl.col("outcome") == 1).write_csv("trial.csv")
    assert as_json(*ask)["effects"] == plain


def test_a_wedge_says_what_the_function_says(clinic, as_json):
    said = as_json("programme", "evaluate", "stepped-wedge", "wedge.csv")
    found = stepped_wedge(pl.read_csv("wedge.csv"))
    assert effects(said)["average"] == of(found.average)
    assert effects(said)["in period 1 with it"] == of(found.by_exposure[1])


def test_nudges_say_what_the_function_says(clinic, as_json):
    said = as_json("programme", "evaluate", "mrt", "nudges.csv", "--outcome", "came_next")
    found = micro_randomised(pl.read_csv("nudges.csv"), outcome="came_next")
    assert effects(said)["on average"] == of(found.effects["on average"])
    assert said["clients"] == 40


def test_costs_say_what_the_function_says(clinic, as_json):
    said = as_json(
        "programme", "cost", "compare", "new.csv", "old.csv", *PAID, "--worth", "2000",
        "--randomised",
    )  # fmt: skip
    new, old = pl.read_csv("new.csv"), pl.read_csv("old.csv")
    found = cost_effectiveness(new, old, SERVICE, randomised=True, worth=[2000])
    assert effects(said)["cost per client"] == of(found.cost)
    assert effects(said)["net benefit at 2000"][0] == pytest.approx(
        found.acceptability["net_benefit"].item()
    )
    assert said["quadrant"] == found.quadrant


@pytest.mark.parametrize(
    ("arguments", "figures"),
    [
        (["hold-out", "--without", "0.197", "--with", "0.183"], {"offered": 12325}),
        (["mrt", "0.05"], {"decisions": 12559}),
        (["mrt", "0.10"], {"decisions": 3140}),
        (
            ["stepped-wedge", "0.3", *["--steps", "3"] * 4, "--per-cell", "20",
             "--icc", "0.047619", "--sd", "1.024695"],
            {"se": 0.1},
        ),
    ],
)  # fmt: skip
def test_golden_sizes_come_back(clinic, as_json, arguments, figures):
    said = as_json("programme", "evaluate", "power", *arguments)
    assert {name: said[name] for name in figures} == pytest.approx(figures, rel=1e-4)


def test_a_table_of_effects_is_written(clinic, attunement):
    said = attunement(
        "programme", "evaluate", "hold-out", "trial.csv", "--event", "left", "--out", "e.csv"
    )
    assert "Written: e.csv" in said
    assert pl.read_csv("e.csv").columns == ["effect", "value", "low", "high"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["evaluate", "its", "months.csv", "--start", "37"], "as expected"),
        (["evaluate", "hold-out", "trial.csv", "--event", "left"], "held out"),
        (["evaluate", "stepped-wedge", "wedge.csv"], "periods since the start"),
        (["evaluate", "mrt", "nudges.csv", "--outcome", "came_next"], "on average"),
        (
            ["evaluate", "mrt", "nudges.csv", "--outcome", "came_next", "--time", "day"],
            "Does the nudge go on working?",
        ),
        (["cost", "recovery", "clients.csv", *PAID], "each reliable recovery"),
        (["cost", "compare", "new.csv", "old.csv", *PAID, "--worth", "2000"], "Is it worth"),
    ],
)
def test_every_design_is_drawn(clinic, as_json, arguments, words):
    said = as_json("programme", *arguments, "--picture", "seen.svg")
    assert said["files"] == ["seen.svg"]
    drawn = (clinic / "seen.svg").read_text("utf-8")
    assert words in drawn
    assert escape(said["sentences"][0], quote=True) in drawn
    used = set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawn))
    assert used <= {colour.light for colour in PALETTE} | {"none", "transparent"}


def test_a_picture_of_no_known_kind_is_refused_before_anything_is_read(clinic, capsys):
    wrong = ["programme", "evaluate", "its", "nowhere.csv", "--start", "3", "--picture", "a.gif"]
    assert run(wrong) == 2
    assert "the kind of picture is not known" in capsys.readouterr().err


def test_nudges_over_time_say_what_the_function_says(clinic, as_json):
    said = as_json(
        "programme", "evaluate", "mrt", "nudges.csv", "--outcome", "came_next", "--time", "day"
    )
    found = effect_over_time(pl.read_csv("nudges.csv"), outcome="came_next", time="day")
    assert effects(said)["change with day"] == of(found.change)
    assert said["sentences"][1] == found.sentence
    assert len(said["over_time"]["stretches"]) == found.stretches.height


def test_what_can_be_mended_is_said_in_a_sentence(clinic, capsys):
    wrong = ["programme", "evaluate", "its", "months.csv", "--start", "3"]
    assert run(wrong) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert run(["programme", "cost", "recovery", "trial.csv", *PAID]) == 2
    assert "cost" in capsys.readouterr().err


def test_the_power_of_a_series_is_that_of_the_function(as_json):
    said = as_json(
        "programme", "evaluate", "power", "its", "--before", "36", "--after", "12", "--sd", "4",
        "--step", "-5",
    )  # fmt: skip
    found = interrupted_power(36, 12, sd=4, level_change=-5)
    assert said["step, power"] == pytest.approx(found.level.power)
    assert said["at the end, detectable"] == pytest.approx(found.at_end.detectable)


def test_a_comparison_of_costs_says_of_whom_the_outcome_is_not_known(clinic, as_json):
    new = pl.read_csv("new.csv")
    empty = pl.when(pl.int_range(pl.len()) < 7).then(None).otherwise("reliable_recovery")
    new.with_columns(reliable_recovery=empty).write_csv("holes.csv")
    said = as_json("programme", "cost", "compare", "holes.csv", "old.csv", *PAID)
    assert said["missing"] == [7, 0]
    assert "Of 7 with the new way" in said["sentences"][0]


def test_what_is_given_up_is_called_so_and_what_is_no_ratio_is_not_told(clinic, as_json, capsys):
    table = pl.read_csv("old.csv")
    table.with_columns(cost=pl.col("cost") / 2, reliable_recovery=pl.lit(0)).write_csv("less.csv")
    said = as_json("programme", "cost", "compare", "less.csv", "old.csv", *PAID)
    assert "saved for each recovery given up" in effects(said)
    table.with_columns(cost=pl.col("cost") / 2, reliable_recovery=pl.lit(1)).write_csv("more.csv")
    assert run(["programme", "cost", "compare", "more.csv", "old.csv", *PAID]) == 0
    shown = capsys.readouterr().out
    assert "not told" in shown
    assert "nan" not in shown


def test_an_interval_without_an_end_shows_no_infinite_number(clinic, as_json, capsys):
    few = pl.DataFrame(
        {"cost": [100.0 + n for n in range(12)], "reliable_recovery": [1] + [0] * 11}
    )
    few.write_csv("few.csv")
    asked = ["programme", "cost", "recovery", "few.csv", *PAID, "--out", "few-out.csv"]
    assert next(iter(effects(as_json(*asked)).values()))[-1] is None
    assert run(asked) == 0
    assert "no end" in capsys.readouterr().out
    assert pl.read_csv("few-out.csv")["high"].to_list() == [None]
