"""Whole answers whose mean is a given score."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from attunement.synthetic.answers import answerable, split

scores = st.floats(-5, 15)
leanings = st.lists(st.floats(-12, 12), min_size=8, max_size=8)


@given(scores, leanings)
def test_answers_are_whole_within_the_scale_and_average_to_the_score(wished, leaning):
    score = answerable(np.array([wished]), 8)
    answers = split(score, np.array([leaning]))
    assert answers.dtype.kind == "i"
    assert answers.min() >= 0
    assert answers.max() <= 10
    assert answers.mean() == score[0]


@given(st.floats(0, 10))
def test_a_score_moves_no_further_than_half_an_answer_on_one_item(wished):
    assert abs(answerable(np.array([wished]), 8)[0] - wished) <= 1 / 16 + 1e-12


def test_answers_follow_the_items_leaning():
    leaning = np.tile([-3.0, 0, 0, 0, 0, 0, 0, 3.0], (200, 1))
    answers = split(np.full(200, 5.0), leaning).mean(axis=0)
    np.testing.assert_allclose(answers, 5 + leaning[0], atol=0.5)
