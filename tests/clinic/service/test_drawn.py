"""What is drawn tells of no few people: groups, funnels and tests of a model."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from attunement.clinic.service.figures.funnels import FEWEST_UNITS, shown
from attunement.clinic.service.figures.groups import OTHERS, put_together
from attunement.clinic.service.figures.model import rounded_test
from attunement.programme.outcomes.funnel import funnel
from attunement.programme.retention import model
from attunement.programme.retention.measures import calibration_plot, decision_curve


class Found:
    """Just what has funnels."""

    def __init__(self, counts):
        rows = pl.concat(
            pl.DataFrame({"therapist": [name] * of, "better": [True] * n + [False] * (of - n)})
            for name, (n, of) in counts.items()
        )
        self.outcomes = self
        self.funnels = {("therapist", "better"): funnel(rows, "therapist", "better")}


EQUAL = {f"Therapist {number}": (12 + number, 30 + number) for number in range(6)}


def test_a_funnel_has_no_name_and_everything_in_it_is_rounded():
    (one,) = shown(Found(EQUAL)).values()
    assert one.units.height == 6
    assert "unit" not in one.units.columns
    assert set(one.units["size"].cast(int).to_numpy() % 5) == {0}
    for name in ("rate", "shrunken"):
        assert all(round(20 * value) == pytest.approx(20 * value) for value in one.units[name])


def test_limits_of_a_funnel_follow_from_what_is_rounded():
    one, other = (
        next(iter(shown(Found(EQUAL | {"Therapist 0": (n, 30)})).values())) for n in (12, 13)
    )
    if one.rate == other.rate:
        assert one.limits.equals(other.limits)
    assert one.limits["size"].min() % 5 == 0


@pytest.mark.parametrize("few", [(9, 40), (31, 40), (2, 16)])
def test_who_has_few_on_either_side_is_not_drawn_and_neither_are_fewer_than_five(few):
    with_few = EQUAL | {"Therapist 5": few}
    assert FEWEST_UNITS == 5
    assert not shown(Found(with_few))


def test_small_groups_are_put_together_until_they_are_many():
    people = pl.DataFrame({"language": ["en"] * 60 + ["de"] * 30 + ["es"] * 12 + [None] * 3})
    found = put_together(people, ["language"], 20)["language"].value_counts()
    assert dict(found.iter_rows()) == {"en": 60, OTHERS: 45}
    assert put_together(people.head(90), ["language"], 20).equals(people.head(90))


def test_a_test_is_drawn_in_groups_of_ten_and_more_who_left():
    draw = np.random.default_rng(3)
    chance = np.sort(draw.uniform(0.005, 0.1, 2400))
    left = draw.random(2400) < chance
    plot, decision = (make(chance, left) for make in (calibration_plot, decision_curve))
    test = replace(
        model.Tested(**dict.fromkeys(model.Tested.__dataclass_fields__)),
        rows=2400,
        plot={name: tuple(plot[name]) for name in plot.columns},
        decision={name: tuple(decision[name]) for name in decision.columns},
    )
    assert plot["left"].min() < 10
    found = rounded_test(test)
    assert 3 <= len(found.plot["observed"]) < 10
    assert min(found.plot["observed"]) * 2400 > 10
    thousandths = [1000 * value for value in found.decision["model"]]
    assert thousandths == pytest.approx([round(value) for value in thousandths])
    assert (
        rounded_test(replace(test, plot={name: tuple(plot[name][:2]) for name in plot.columns}))
        is None
    )
