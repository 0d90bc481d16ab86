import numpy as np
import polars as pl
import pytest

from attunement.course.baseline import Norms, estimate_norms
from attunement.course.strain.signals import signals
from attunement.measures.scale import Direction, Scale
from attunement.synthetic.chance import Chance, chance_of_flags
from attunement.synthetic.operating import operating_characteristics
from attunement.synthetic.study import SCALE, Study, cohort
from support.cohorts import course_of

SCALES = {SCALE.name: SCALE}
NORMS = {SCALE.name: Norms(sd=0.35, df=1e6, trend=0.03)}


def undisturbed(clients, sessions, *, log_spread=0.0, seed=4):
    random = np.random.default_rng(seed)
    spread = 0.35 * np.exp(log_spread * random.normal(size=clients))
    return pl.DataFrame(
        {
            "client": np.repeat(np.arange(clients), sessions),
            "scale": SCALE.name,
            "session": np.tile(np.arange(1, sessions + 1), clients),
            "score": random.normal(4, 0.5, clients).repeat(sessions)
            + random.normal(size=clients * sessions) * spread.repeat(sessions),
        }
    )


def seen(scores, norms):
    found = signals(scores, SCALES, norms)
    return found.group_by("client").agg((pl.col("signal") == "review").any())["signal"].mean()


def test_it_says_what_the_study_of_rules_says_where_the_two_simulate_the_same():
    found = operating_characteristics(
        Study(courses=8000), rules=["review-estimated", "watch-estimated"]
    )
    scores = cohort(Study())
    chance = chance_of_flags(scores, SCALES, estimate_norms(scores, SCALES), clients=8000)
    assert chance.review == pytest.approx(found["false_flags"][0], abs=0.012)
    assert chance.watch == pytest.approx(found["false_flags"][1], abs=0.02)


def test_longer_courses_have_more_chances():
    short, long = (chance_of_flags(undisturbed(200, n), SCALES, NORMS) for n in (5, 40))
    assert long.review > 3 * short.review
    assert long.watch > long.review


@pytest.mark.parametrize("log_spread", [0.0, 0.5])
def test_it_agrees_with_what_undisturbed_clients_show(log_spread):
    scores = undisturbed(4000, 10, log_spread=log_spread)
    norms = estimate_norms(scores, SCALES)
    chance = chance_of_flags(scores, SCALES, norms, clients=4000)
    assert chance.review == pytest.approx(seen(scores, norms), abs=0.02)


def test_more_scales_have_more_chances():
    other = Scale(name="other", direction=Direction.LOWER, low=1, high=7)
    one = undisturbed(300, 12)
    two = pl.concat([one, one.with_columns(scale=pl.lit("other"))])
    scales, norms = SCALES | {"other": other}, NORMS | {"other": NORMS[SCALE.name]}
    alone, together = (chance_of_flags(t, scales, norms, clients=6000) for t in (one, two))
    assert together.review == pytest.approx(1 - (1 - alone.review) ** 2, abs=0.02)


def test_a_small_table_is_repeated_and_a_large_one_sampled():
    for clients in (3, 5000):
        chance = chance_of_flags(undisturbed(clients, 6), SCALES, NORMS, clients=1000)
        assert chance.clients == pytest.approx(1000, abs=3)


def test_too_few_scores_can_show_nothing():
    assert chance_of_flags(course_of([5, 5, 5], scale=SCALE.name), SCALES, NORMS).watch == 0
    empty = course_of([5], scale="unknown")
    assert chance_of_flags(empty, SCALES, NORMS) == Chance(watch=0, review=0, drift=0, clients=0)


def test_scores_stay_on_the_scale_and_on_its_steps():
    from attunement.synthetic.chance import _step, _without_strain

    whole = undisturbed(50, 10).with_columns((pl.col("score") + 2.5).round().clip(1, 7))
    drawn = _without_strain(whole, SCALE, NORMS[SCALE.name], np.random.default_rng(1))["score"]
    assert drawn.is_between(1, 7).all()
    assert (drawn == drawn.round()).all()
    assert _step(pl.Series([1.0, 2.125])) == 0.125
    assert _step(pl.Series([1.0, 2.1234])) is None
