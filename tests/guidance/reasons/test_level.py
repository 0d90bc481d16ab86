"""A client's own level and spread: by hand where that can be done, and as planted where not."""

import numpy as np
import pytest
from scipy import stats

from attunement.guidance.reasons.learning import learn_usual, one_factor
from attunement.guidance.reasons.level import own_usual, usual_answer
from attunement.guidance.reasons.past import earlier, history
from attunement.guidance.reasons.rows import rows
from attunement.guidance.reasons.usual import ROUNDING, Usual, default_usual
from attunement.synthetic.planted.cohort import plant
from attunement.synthetic.planted.plan import PlantedPlan

APART = Usual(
    levels=np.full(8, 7.0), sds=np.ones(8), shared=np.zeros(8), profile_sd=1e3, carries=0.0, df=1e9
)
NO_VIEW = earlier(np.full((1, 1), np.nan), np.array([0]), np.array([0]))


def test_without_a_ceiling_the_level_is_the_mean_of_earlier_answers():
    past = np.array([[[6.0] * 8, [7.0] * 8, [5.0] * 8]])
    own = own_usual(past, NO_VIEW, APART)
    assert own.level[0] == pytest.approx(np.full(8, 6.0), abs=0.03)  # a weak hold at the site's 7
    assert own.sd[0] == pytest.approx(np.ones(8), rel=1e-6)
    assert own.particular[0] == pytest.approx(1 + (1 + ROUNDING) / 3, rel=1e-3)
    assert own.day == pytest.approx(1 + 1 / 3)
    assert own.sessions == 3


def test_what_carries_over_moves_what_is_expected_next():
    from dataclasses import replace

    past = np.array([[[4.0] * 8, [8.0] * 8, [6.0] * 8]])
    own = own_usual(past, NO_VIEW, replace(APART, carries=0.5))
    assert own.next[0] == pytest.approx(own.level[0] + 0.5 * (4.0 - own.level[0]))


def test_the_level_of_someone_always_at_the_top_is_taken_to_lie_above_it():
    always = own_usual(np.full((1, 6, 8), 10.0), NO_VIEW, default_usual())
    mostly = own_usual(np.array([[[10.0] * 8, [9.0] * 8] * 3]), NO_VIEW, default_usual())
    assert (always.level > 10).all()
    assert (always.level > mostly.level).all()
    assert (usual_answer(always.level, always.sd) <= 10).all()


def test_levels_at_the_top_come_back_as_they_were_planted():
    rng = np.random.default_rng(4)
    level = rng.uniform(9.0, 10.5, 400)
    answers = np.round(level[:, None, None] + rng.normal(0, 1, (400, 12, 8))).clip(0, 10)
    no_view = earlier(np.full((400, 1), np.nan), np.arange(400), np.arange(400))
    usual = Usual(levels=np.full(8, 7.0), sds=np.ones(8), shared=np.full(8, 0.05), carries=0.0)
    found = own_usual(answers, no_view, usual).level.mean(axis=1)
    assert np.mean(found - level) == pytest.approx(0, abs=0.08)
    naive = answers.mean(axis=(1, 2))
    assert np.mean(naive - level) < -0.2


def test_the_usual_answer_is_the_mean_of_a_normal_cut_off_at_the_top():
    below = stats.norm(9, 1.5).expect(lambda x: np.minimum(x, 10.0))
    assert usual_answer(np.array([9.0]), np.array([1.5])) == pytest.approx(below, rel=1e-6)


def test_earlier_rows_are_those_of_the_same_client_before():
    values = np.array([[1.0], [np.nan], [3.0], [5.0], [7.0]])
    start, judged = np.array([0, 0, 0, 3, 3]), np.array([0, 2, 4])
    past = earlier(values, start, judged)
    assert past.count[:, 0].tolist() == [0, 1, 1]
    assert past.total[:, 0].tolist() == [0, 1, 5]
    assert np.nan_to_num(history(values, start, judged)[:, :, 0], nan=-1).tolist() == [
        [-1, -1], [-1, 1], [5, -1],
    ]  # fmt: skip


def test_one_factor_gives_back_the_loadings_it_was_made_from():
    loading = np.array([0.9, 0.8, 0.7, 0.6, 0.8, 0.5, 0.7, 0.6])
    spread = np.linspace(0.5, 2, 8)
    correlation = np.outer(loading, loading)
    np.fill_diagonal(correlation, 1)
    shared = one_factor(correlation * np.outer(spread, spread), spread)
    assert shared == pytest.approx(loading**2, abs=1e-6)


def test_a_site_learns_what_was_planted():
    plan = PlantedPlan(each=0, undisturbed=1500, ceiling=0.0, sd_spread=0.2)
    planted = plant(plan, 8)
    usual = learn_usual(rows(planted.responses, symptoms=planted.scores))
    assert usual.sds == pytest.approx(np.full(8, np.exp(0.2**2)), rel=0.05)
    assert usual.shared == pytest.approx(np.full(8, 0.6), abs=0.05)
    assert usual.carries == pytest.approx(0.3, abs=0.05)
    assert usual.profile_sd == pytest.approx(0.6, abs=0.05)
    assert 8 < usual.df < 25
    assert usual.absent == pytest.approx(0.1, abs=0.05)


def test_too_few_clients_give_the_documented_defaults():
    planted = plant(PlantedPlan(each=0, undisturbed=10), 8)
    usual = learn_usual(rows(planted.responses))
    assert usual.clients == 0
    assert usual.sds == pytest.approx(np.full(8, 1.065), abs=0.001)
