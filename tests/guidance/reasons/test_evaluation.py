"""How often the true reason is found: held in a run of moderate size."""

import polars as pl
import pytest

from attunement.guidance.reasons.evaluation import evaluate
from attunement.guidance.reasons.finding import reasons
from attunement.synthetic.planted.cohort import plant
from attunement.synthetic.planted.plan import ANSWERS, PlantedPlan


@pytest.fixture(scope="module")
def found():
    return evaluate(PlantedPlan(each=60, undisturbed=3000), 77)


def share(found, strength, column="first"):
    return found.hits.filter(strength=strength)[column].mean()


def test_undisturbed_sessions_give_no_reason_in_95_of_100(found):
    assert found.false_share < 0.05 + 2 * (0.05 * 0.95 / found.undisturbed) ** 0.5


def test_stronger_strains_are_found_more_often(found):
    assert share(found, "weak") < share(found, "medium") < share(found, "strong")
    assert share(found, "medium") > 0.55
    assert share(found, "strong") > 0.8


def test_what_is_found_comes_close_to_what_can_be(found):
    answers = found.hits.filter(pl.col("reason").is_in(list(ANSWERS)), strength="medium")
    assert answers["first"].mean() > 0.85 * answers["limit"].mean()


def test_a_reason_is_seldom_taken_for_another(found):
    wrong = found.confused.filter(
        pl.col("told_first") != pl.col("reason"), pl.col("told_first") != "none"
    )
    by_reason = wrong.group_by("reason").agg(pl.col("share").sum())
    assert by_reason["share"].max() < 0.25
    assert by_reason["share"].sum() / 12 < 0.12


@pytest.mark.parametrize(
    "plan",
    [
        PlantedPlan(each=0, undisturbed=2500, autocorrelation=0.0),
        PlantedPlan(each=0, undisturbed=2500, autocorrelation=0.5),
        PlantedPlan(each=0, undisturbed=2500, ceiling=0.9),
        PlantedPlan(each=0, undisturbed=2500, missing=0.3),
        PlantedPlan(each=0, undisturbed=2500, correlation=0.3),
    ],
    ids=["no carry-over", "much carry-over", "ceiling", "missing", "little in common"],
)
def test_what_answers_are_like_without_strain_makes_no_reasons(plan):
    planted = plant(plan, 5)
    said = reasons(
        planted.responses,
        symptoms=planted.scores,
        attendance=planted.attendance,
        goals=planted.goals,
    ).sessions
    assert (said["reasons"] > 0).mean() < 0.07


def test_a_fall_of_all_answers_is_seldom_said_of_undisturbed_sessions(found):
    said = dict(found.together.select("strength", "general").rows())
    assert said["none"] < 0.02
    assert said["none"] < said["weak"] < said["strong"]
    assert said["medium"] > 0.15
