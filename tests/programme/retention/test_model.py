import json
from dataclasses import replace

import polars as pl
import pytest

from attunement.problems import Problem
from attunement.programme.retention.card import card
from attunement.programme.retention.chart import calibration_chart, decision_chart, staying_chart
from attunement.programme.retention.checkin import worth_a_check_in
from attunement.programme.retention.drift import gather
from attunement.programme.retention.model import dump, forecast, load
from attunement.programme.retention.staying import staying

from .conftest import WATCHED


@pytest.fixture(scope="module")
def known(cohort):
    some = pl.col("client") < 300
    return gather(
        cohort.appointments.filter(some), cohort.scores.filter(some), WATCHED, cohort.people
    )


def test_a_model_comes_back_from_its_file_as_it_was(model, known):
    again = load(dump(model))
    assert again == model
    assert again.version == model.version
    assert (forecast(again, known) == forecast(model, known)).all()


def test_a_version_changes_with_any_number(model):
    assert replace(model, intercept=model.intercept + 1e-9).version != model.version


def test_a_file_that_is_no_model_is_refused():
    with pytest.raises(Problem, match="no model of leaving"):
        load("{}", file="model.json")
    with pytest.raises(Problem, match="no model of leaving"):
        load("not json")


def test_a_model_of_another_format_is_refused(model):
    other = json.loads(dump(model)) | {"format": 99}
    with pytest.raises(Problem, match="format 99"):
        load(json.dumps(other))


@pytest.mark.parametrize("against", ["programme", "own"])
def test_the_parts_of_a_suggestion_add_up(model, known, against):
    found = worth_a_check_in(model, known, against)
    sums = found.parts.group_by("client", "after").agg(pl.col("part").sum())
    both = found.rows.join(sums, on=["client", "after"])
    assert both.height == known.height
    gap = both["part"] - (both["log_odds"] - both["usual"])
    assert gap.abs().max() < 1e-9


def test_against_their_own_usual_somebody_who_never_changes_has_no_parts(model, known):
    one = known.row(0, named=True)
    still = pl.DataFrame([one | {"after": after} for after in range(1, 5)], schema=known.schema)
    parts = worth_a_check_in(model, still, "own").parts.filter(pl.col("after") > 1)
    assert parts["part"].abs().max() < 1e-12


def test_about_as_many_are_suggested_as_was_asked_for(model, known):
    suggested = worth_a_check_in(model, known).rows["check_in"].drop_nulls()
    assert suggested.mean() == pytest.approx(model.alert_rate, abs=0.03)


def test_it_stays_silent_where_it_was_not_validated(model, known):
    strange = known.head(3).with_columns(
        site=pl.Series(["nowhere", None, "site 0"]),
        after=pl.Series([1, 1, 500]),
        planned_end=pl.lit(None, dtype=pl.Int64),
    )
    rows = worth_a_check_in(model, strange).rows
    assert rows["check_in"].null_count() == 3
    assert sorted(rows["why_not"].to_list()) == [
        "it was not validated at this site",
        "it was not validated at this site",
        f"nothing was learned beyond session {model.learned.most_sessions}",
    ]


def test_nobody_is_suggested_after_the_planned_end(model, known):
    ended = known.head(1).with_columns(planned_end=pl.col("after"))
    assert worth_a_check_in(model, ended).rows["why_not"].item() == "the planned end was reached"


def test_a_model_that_was_not_validated_scores_nobody(model, known):
    with pytest.raises(Problem, match="may not be used"):
        worth_a_check_in(replace(model, tests=()), known)
    with pytest.raises(Problem, match="may not be used"):
        worth_a_check_in(replace(model, suspects=("alliance",)), known)


def test_features_have_to_be_there(model, known):
    with pytest.raises(Problem, match="no column alliance"):
        worth_a_check_in(model, known.drop("alliance"))


def test_words_never_make_a_verdict(model, known):
    text = card(model).markdown + worth_a_check_in(model, known).sentence
    for word in ("will drop out", "risk score", "non-compliant", "high risk", "high-risk"):
        assert word not in text.lower()
    assert "check-in" in text
    assert "need not be the reason" in text


def test_the_card_tells_what_a_reader_needs(model):
    made = card(model)
    for part in (model.version, "AUC", "Brier", "calibration slope", "May it be used?", "Limits"):
        assert part in made.markdown
    assert made.tests.height == len(model.tests)
    assert made.features.height == len(model.terms)
    assert "site 1" in made.markdown
    barred = card(replace(model, suspects=("alliance",))).markdown
    assert "It may not be used: the feature alliance is too good to be true" in barred


def test_the_last_step_of_a_curve_is_as_wide_as_its_line(cohort):
    found = staying(cohort.appointments)
    (rows,) = staying_chart(found, "before-planned-end").to_dict()["datasets"].values()
    assert rows[-1]["time"] > rows[-2]["time"]
    assert [rows[-1][name] for name in ("gone", "gone_low", "gone_high")] == [
        rows[-2][name] for name in ("gone", "gone_low", "gone_high")
    ]


def test_every_picture_says_in_words_what_it_shows(model, cohort):
    found = staying(cohort.appointments, cohort.people, ["site"])
    charts = [
        staying_chart(found, "before-planned-end", title="Many leave"),
        staying_chart(found, "before-planned-end", "site"),
        calibration_chart(model.tests[0]),
        decision_chart(model.tests[0], title="Worth it"),
    ]
    for chart in charts:
        assert len(chart.to_dict()["description"]) > 20
    with pytest.raises(Problem, match="no curve"):
        staying_chart(found, "before-planned-end", "gender")
