"""Evidence: small cases worked out by hand."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from attunement.guidance.reasons import sources
from attunement.guidance.reasons.level import Own
from attunement.guidance.reasons.library import Named, reasons_library
from attunement.guidance.reasons.likelihood import STRANGE, WAYS_TO_ANSWER, chances
from attunement.guidance.reasons.model import OTHERS, RARITY
from attunement.guidance.reasons.usual import Usual, default_usual
from attunement.guidance.reasons.weigh import shifts_of, weigh
from attunement.problems import Problem

EIGHT = np.ones((1, 8))
OWN = Own(
    level=7 * EIGHT, sd=EIGHT, next=7 * EIGHT, particular=EIGHT, day=np.ones(1), view=np.ones(1),
    view_doubt=np.ones(1), sessions=np.full(1, 6.0),
)  # fmt: skip
ALONE = Usual(levels=np.full(8, 7.0), sds=np.ones(8), shared=np.zeros(8))
NO_VIEW = (np.array([np.nan]), np.zeros(1))


def slip(chance):
    return (1 - STRANGE) * chance + STRANGE / WAYS_TO_ANSWER


def test_an_answers_chance_is_that_of_its_interval():
    now = np.full((1, 8), np.nan)
    now[0, :2] = 5, 10
    seen = chances(now, *NO_VIEW, OWN, ALONE, np.array([0.0, 2.0]))
    usually = slip(norm.cdf(5.5, 7, 1) - norm.cdf(4.5, 7, 1))
    fallen = slip(norm.cdf(5.5, 5, 1) - norm.cdf(4.5, 5, 1))
    assert np.exp(seen.answers[0, 0, 0, 0]) == pytest.approx(usually)
    assert np.exp(seen.answers[0, 0, 1, 0]) == pytest.approx(fallen)
    assert np.exp(seen.answers[0, 1, 0, 0]) == pytest.approx(slip(norm.sf(9.5, 7, 1)))
    assert (seen.answers[0, 2] == 0).all()
    assert np.exp(seen.days).sum() == pytest.approx(1)


def test_where_answers_have_nothing_in_common_evidence_is_a_plain_sum():
    named = Named(
        id="not_heard", title="", therapist="", client="", rarity=1.5, answers={"heard": 1.0}
    )
    now = np.full((1, 8), 7.0)
    now[0, 0] = 5
    shifts = shifts_of({"not_heard": named})
    seen = chances(now, *NO_VIEW, OWN, ALONE, shifts)
    found = weigh(named, seen, now, OWN.level, np.ones(1, dtype=bool), shifts, {})
    usually = slip(norm.cdf(5.5, 7, 1) - norm.cdf(4.5, 7, 1))
    fallen = [slip(norm.cdf(5.5, 7 - d, 1) - norm.cdf(4.5, 7 - d, 1)) for d in (1, 2, 3)]
    fallen.append(slip(1 / 8))
    by_hand = np.log(sources.DEPTH_CHANCES @ np.array(fallen) / usually) - 1.5
    assert found.strength[0] == pytest.approx(by_hand)
    parts = dict(found.parts(0))
    assert sum(parts.values()) == pytest.approx(by_hand)
    assert parts[RARITY] == -1.5
    assert parts[OTHERS] < 0 < parts["heard"]


def test_a_low_answer_says_less_on_a_day_when_all_are_low():
    named = reasons_library()["not_heard"]
    shifts = shifts_of(reasons_library())
    usual = default_usual()
    own = replace(OWN, particular=0.5 * EIGHT)
    low, all_low = np.full((1, 8), 7.0), np.full((1, 8), 5.0)
    low[0, :2] = 5
    strength = [
        weigh(
            named, chances(now, *NO_VIEW, own, usual, shifts), now, own.level,
            np.ones(1, dtype=bool), shifts, {},
        ).strength[0]
        for now in (low, all_low)
    ]  # fmt: skip
    assert strength[0] > 0 > strength[1]


def test_a_standardised_fall_is_weighed_as_two_normals_are():
    z, one = np.array([-2.0, np.nan]), np.ones(2)
    weighed = sources.shifted(z, one, sources.DEPTHS)
    assert weighed[0, 1] == pytest.approx(2.0, abs=0.02)  # (2 * 2 - 2**2 / 2), less what is strange
    assert (weighed[1] == 0).all()


@given(
    z=st.lists(st.floats(-40, 40), min_size=2, max_size=9),
    variance=st.floats(0.5, 3),
    shift=st.floats(0.2, 2),
)
def test_a_value_further_on_the_worse_side_never_counts_for_less(z, variance, shift):
    worse = np.sort(np.array(z))[::-1]
    said = sources.shifted(worse, np.full(len(z), variance), shift * sources.DEPTHS)
    assert (np.diff(said, axis=0) >= -1e-9).all()


@pytest.mark.parametrize("count", [1, 4])
def test_a_therapists_form_further_below_never_says_less(count):
    view = np.arange(0, 10.01, 0.25)[::-1]
    rows, one = len(view), np.ones(len(view))
    wide = {name: np.repeat(getattr(OWN, name), rows, axis=0) for name in ("level", "sd", "next")}
    own = replace(
        OWN, **wide, particular=np.ones((rows, 8)), day=one, view=7 * one, view_doubt=0.1 * one,
        sessions=6 * one,
    )  # fmt: skip
    shifts = shifts_of(reasons_library())
    now = np.full((rows, 8), 7.0)
    said = chances(now, view, count * one, own, default_usual(), shifts).answers[:, -1, :-1]
    assert (np.diff(said - said[:, :1], axis=0) >= -1e-9).all()


def test_the_more_a_form_is_hurried_the_more_it_says():
    seconds = [60.0, 70.0, 80.0, 65.0]
    said = []
    for last in (60, 40, 30, 20, 10, 3):
        table = pl.DataFrame({"seconds": [*seconds, float(last)]})
        zero = np.zeros(5, dtype=np.int64)
        said.append(sources.hurried(table, zero, np.array([4])).evidence[0])
    assert (np.diff(said, axis=0) >= -1e-9).all()
    assert said[-1].min() > 2


def appointments(*status):
    table = pl.DataFrame({"status": status})
    zero = np.zeros(len(status), dtype=np.int64)
    return sources.attendance(table, default_usual(), zero, np.array([len(status) - 1]))


def test_one_appointment_that_failed_speaks_for_nothing_and_three_do():
    came = ["attended"] * 6
    assert appointments(*came).evidence.max() <= 0
    assert appointments(*came, "missed").evidence.max() <= 0
    often = appointments(*came, "missed", "cancelled", "late")
    assert often.evidence[0, 1] > 2.5
    assert often.value == 3


def test_tension_speaks_for_a_rupture_only_where_it_was_not_settled():
    start, judged = np.zeros(2, dtype=np.int64), np.array([1])

    def told(tension, settled, before=0.0):
        return sources.tension(
            np.array([before, tension]), np.array([np.nan, settled]), start, judged
        ).evidence[0, 1]

    assert told(7.0, 1.0) > 2.5
    assert told(7.0, 10.0) < 0
    assert told(np.nan, np.nan, before=9.0) > 0
    assert told(0.0, np.nan) < 0


def test_a_run_of_best_answers_counts_check_ins_and_ends_with_a_lower_one():
    answers = np.full((5, 8), 10.0)
    answers[1, 3] = 9
    start = np.zeros(5, dtype=np.int64)
    found = sources.ceiling(answers, start, np.arange(5))
    assert found.value.tolist() == [1, 0, 1, 2, 3]


@pytest.mark.parametrize("broken", [{"answers": {"smile": 1.0}}, {"sources": {"moon": 1.0}}, {}])
def test_a_reason_that_rests_on_nothing_known_is_refused(broken):
    with pytest.raises(Problem):
        Named(id="x", title="", therapist="", client="", rarity=1.0, **broken)
