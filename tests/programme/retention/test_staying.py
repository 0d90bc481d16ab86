from datetime import timedelta

import polars as pl
import pytest

from attunement.course.attendance.overview import attendance
from attunement.problems import Problem
from attunement.programme.retention.curve import COMPLETED, LEFT, OPEN
from attunement.programme.retention.spells import spells
from attunement.programme.retention.staying import EVERYBODY, staying

from .conftest import Hazard
from .test_known import START, visits
from .test_periods import FAR


def spell(course, planned=None, definition="before-planned-end", until=FAR):
    table = visits(course).with_columns(planned_end=pl.lit(planned, dtype=pl.Int64))
    found = spells(table, until=until).filter(pl.col("definition") == definition)
    return found.select("time", "outcome").row(0)


def test_a_spell_counts_attended_sessions_and_says_how_it_ended():
    assert spell("aama", 6) == (3, LEFT)
    assert spell("aama", 4) == (3, COMPLETED)
    assert spell("aam", definition="last-appointment-not-attended") == (2, LEFT)


def test_of_who_may_still_come_back_only_sessions_long_ago_count():
    assert spell("aaaa") == (3, OPEN)
    assert spell("a" * 12, 20, until=START + timedelta(days=7 * 11)) == (3, OPEN)
    assert spell("aaaa", 9, until=START + timedelta(days=30)) == (0, OPEN)


def test_who_never_came_did_not_begin():
    with pytest.raises(Problem, match="no client ever came"):
        spells(visits("mm"), until=FAR)


def test_rates_of_everybody_are_those_of_attendance(cohort):
    mine = staying(cohort.appointments).rates.sort("definition")
    other = attendance(cohort.appointments).rates.sort("definition")
    assert mine["definition"].to_list() == other["definition"].to_list()
    for name, its in (("known", "n"), ("left", "events"), ("rate", "rate"), ("low", "low")):
        assert mine[name].to_list() == pytest.approx(other[its].to_list())


def test_the_curve_is_the_true_one_however_many_are_still_in_therapy(hazard_cohort):
    chance = 0.08
    level = float(pl.select(pl.lit(chance / (1 - chance)).log()).item())
    made = hazard_cohort(
        6000, 4, Hazard(level=level, alliance=0, drop=0, missed=0), planned=30, weeks=40
    )
    end = START.replace(year=2024, month=11)
    found = staying(made.appointments.filter(pl.col("date") <= end), until=end)
    curve = found.curves.filter(pl.col("definition") == "before-planned-end")
    before_the_next_visit = chance / (1 - 0.08 * (1 - chance))
    for time in (2.0, 5.0, 8.0, 12.0):
        row = curve.row(by_predicate=pl.col("time") == time, named=True)
        truth = (1 - before_the_next_visit) ** time
        assert row["staying"] == pytest.approx(truth, abs=0.02)


def test_groups_stand_beside_everybody_under_every_definition(cohort):
    found = staying(cohort.appointments, cohort.people, ["site"])
    definitions = found.rates["definition"].n_unique()
    assert definitions == 4
    assert found.rates.height == definitions * (1 + 3)
    assert found.rates.filter(pl.col("by") == EVERYBODY)["group"].unique().to_list() == [EVERYBODY]
    assert set(found.tests) == {(name, "site") for name in found.rates["definition"].unique()}
    assert found.curves.filter(pl.col("by") == "site")["left"].null_count() > 0


def test_a_small_group_is_withheld_and_so_is_what_would_give_it_away(cohort):
    few = cohort.people.with_columns(
        group=pl.when(pl.col("client") < 3).then(pl.lit("few")).when(
            pl.col("client") < 40).then(pl.lit("some")).otherwise(pl.lit("many"))
    )  # fmt: skip
    rates = staying(cohort.appointments, few, ["group"]).rates
    one = rates.filter(pl.col("definition") == "before-planned-end", pl.col("by") == "group")
    assert one.filter(pl.col("group") == "few")["clients"].item() is None
    assert one["clients"].null_count() == 2
    assert one["rate"].null_count() >= 2


def test_a_group_that_is_not_there_is_refused(cohort):
    with pytest.raises(Problem, match="no column gender"):
        staying(cohort.appointments, cohort.people, ["gender"])
