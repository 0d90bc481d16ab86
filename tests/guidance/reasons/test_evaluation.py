"""How often the true reason is found: held in a run of moderate size."""

import polars as pl
import pytest

from attunement.course.baseline import estimate_norms
from attunement.guidance.reasons.evaluation import evaluate, look
from attunement.guidance.reasons.finding import reasons
from attunement.guidance.reasons.learning import learn_usual
from attunement.guidance.reasons.rows import rows
from attunement.intake.handed_in import meanings_of
from attunement.synthetic.planted.cohort import plant
from attunement.synthetic.planted.plan import ANSWERS, PlantedPlan


@pytest.fixture(scope="module")
def found():
    return evaluate(PlantedPlan(each=200, undisturbed=3000), 77)


def share(found, strength, column="first"):
    return found.hits.filter(strength=strength)[column].mean()


def test_undisturbed_sessions_give_no_reason_in_95_of_100(found):
    assert found.false_share < 0.05 + 2 * (0.05 * 0.95 / found.undisturbed) ** 0.5


def test_stronger_strains_are_found_more_often(found):
    assert share(found, "weak") < share(found, "medium") < share(found, "strong")
    assert share(found, "medium") > 0.55
    assert share(found, "strong") > 0.8


def test_when_asked_each_true_reason_is_first_in_70_and_among_three_in_90_of_100(found):
    medium = found.hits.filter(strength="medium")
    assert len(medium) == 12
    assert medium["asked_first"].min() >= 0.7
    assert medium["asked_three"].min() >= 0.9
    assert medium["asked_first"].mean() > 0.8
    assert medium["asked_three"].mean() > 0.95


def test_the_more_is_said_to_speak_for_it_the_more_often_it_is_true(found):
    right = dict(found.weights.select("weight", "right").rows())
    assert right["much"] > 0.85 > right["something"] > right["little"] > right["nothing"] - 0.05
    assert 0.97 < found.weights["share"].sum() <= 1 + 1e-9
    assert found.weights.filter(weight="much")["undisturbed"].item() < 0.06


def test_how_often_it_is_true_depends_on_how_strong_the_strain_is(found):
    much = found.weights.row(by_predicate=pl.col("weight") == "much", named=True)
    assert 0.65 < much["right_weak"] < 0.85 < much["right_medium"] < much["right_strong"]
    assert much["right_weak"] < much["right"] < much["right_strong"]


def test_what_is_found_comes_close_to_what_can_be(found):
    answers = found.hits.filter(pl.col("reason").is_in(list(ANSWERS)), strength="medium")
    assert answers["first"].mean() > 0.85 * answers["limit"].mean()
    assert answers["asked_first"].mean() > 0.85 * answers["asked_limit"].mean()


def test_unasked_not_even_an_ideal_observer_has_the_true_reason_among_three_in_90_of_100(found):
    answers = found.hits.filter(pl.col("reason").is_in(list(ANSWERS)), strength="medium")
    assert answers["limit_three_whole"].max() < 0.9
    assert (answers["limit"] <= answers["limit_three"]).all()
    assert (answers["limit"] <= answers["limit_whole"]).all()
    assert (answers["limit_three"] <= answers["limit_three_whole"]).all()
    assert answers["limit_whole"].mean() > 0.7


def test_a_reason_is_seldom_taken_for_another(found):
    wrong = found.confused.filter(
        ~pl.col("asked"), pl.col("named") != pl.col("reason"), pl.col("named") != "none"
    )
    by_reason = wrong.group_by("reason").agg(pl.col("share").sum())
    assert by_reason["share"].max() < 0.25
    assert by_reason["share"].sum() / 12 < 0.12


@pytest.mark.parametrize(
    "plan",
    [
        PlantedPlan(each=0, undisturbed=1500, autocorrelation=0.0),
        PlantedPlan(each=0, undisturbed=1500, autocorrelation=0.5),
        PlantedPlan(each=0, undisturbed=1500, ceiling=0.9),
        PlantedPlan(each=0, undisturbed=1500, missing=0.3),
        PlantedPlan(each=0, undisturbed=1500, correlation=0.3),
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
    assert said["none"] < 0.035
    assert said["none"] < said["weak"] < said["medium"] < said["strong"]
    assert said["medium"] > 0.4


def test_what_is_counted_is_what_reasons_gives():
    plan = PlantedPlan(each=2, undisturbed=20)
    planted = plant(plan, 8)
    usual = learn_usual(rows(planted.responses))
    norms = estimate_norms(planted.scores, meanings_of(planted.scores, None))
    looked = look(planted, usual, norms)
    given = reasons(
        planted.responses, symptoms=planted.scores, attendance=planted.attendance,
        goals=planted.goals, usual=usual, norms=norms, asked=True,
    ).reasons  # fmt: skip
    told = given.filter("told").group_by("client").first().select("client", first="reason")
    asked = given.filter(rank=1).select("client", best="reason")
    both = looked.join(told, on="client", how="left").join(asked, on="client", how="left")
    assert both["told_first"].equals(both["first"])
    assert both["asked_first"].equals(both["best"])
