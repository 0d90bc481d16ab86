"""What is planted is what the plan says, and nothing else."""

import numpy as np
import pytest
from polars.testing import assert_frame_equal

from attunement.problems import Problem
from attunement.synthetic.answers import CLIENT_ITEMS
from attunement.synthetic.planted.cohort import plant
from attunement.synthetic.planted.plan import ANSWERS, REASONS, PlantedPlan


@pytest.fixture(scope="module")
def planted():
    return plant(PlantedPlan(each=60, undisturbed=1500), 3)


def test_the_same_seed_gives_the_same_cohort():
    plan = PlantedPlan(each=1, undisturbed=5)
    one, two = plant(plan, 5), plant(plan, 5)
    for name in ("responses", "scores", "attendance", "goals", "truth"):
        assert_frame_equal(getattr(one, name), getattr(two, name))


def test_answers_are_whole_correlate_and_carry_over_as_planned(planted):
    drawn = planted.drawn
    given = drawn.answers[np.isfinite(drawn.answers)]
    assert set(np.unique(given)) <= set(range(11))
    assert np.isnan(drawn.answers).mean() == pytest.approx(0.1, abs=0.01)
    calm = planted.truth["reason"].to_numpy() == "undisturbed"
    away = (drawn.latent - drawn.level[:, None, :])[calm] / drawn.sd[calm, None, None]
    correlation = np.corrcoef(away.reshape(-1, 8).T)[~np.eye(8, dtype=bool)]
    assert correlation.mean() == pytest.approx(0.6, abs=0.02)
    lagged = np.corrcoef(away[:, 1:].ravel(), away[:, :-1].ravel())[0, 1]
    assert lagged == pytest.approx(0.3, abs=0.02)
    assert away.std() == pytest.approx(1, abs=0.02)
    assert (drawn.level.mean(axis=1) > 9).mean() == pytest.approx(0.21, abs=0.04)
    assert set(drawn.there.sum(axis=1)) == {5, 6, 7, 8, 9}


@pytest.mark.parametrize("reason", ANSWERS)
def test_a_reason_lowers_the_answers_that_belong_to_it_by_its_depth(planted, reason):
    drawn, truth = planted.drawn, planted.truth
    here = (truth["reason"] == reason).to_numpy()
    depth = truth["depth"].to_numpy()[here]
    away = (drawn.latent[here, -1] - drawn.level[here]) / drawn.sd[here, None]
    for place, item in enumerate(CLIENT_ITEMS):
        expected = -depth.mean() if item in ANSWERS[reason] else 0.0
        assert away[:, place].mean() == pytest.approx(expected, abs=0.3)


def test_every_reason_is_planted_in_every_strength(planted):
    counts = planted.truth.group_by("reason", "strength").len()
    assert counts.height == len(REASONS) * 3 + 1
    assert planted.truth["client"].is_unique().all()
    last = planted.responses.group_by("client").agg(last=planted.responses["session"].max())
    assert last.height == planted.truth.height


@pytest.mark.parametrize(
    "wrong",
    [{"ceiling": 1.5}, {"fewest": 9, "most": 4}, {"sd": 0.0}, {"each": 0, "undisturbed": 0}],
)
def test_a_plan_that_cannot_be_is_refused(wrong):
    with pytest.raises(Problem):
        PlantedPlan(**wrong)
