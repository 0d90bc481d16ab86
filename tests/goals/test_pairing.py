"""Goals that share words are suggested as pairs, in three languages, and nothing else is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.goals import suggest_pairs
from goals.lists import LISTS

TEXTS = st.lists(st.text(max_size=40), max_size=5)


@pytest.mark.parametrize("language", LISTS)
def test_most_of_what_belongs_together_is_found_and_little_else(language):
    right = wrong = missed = 0
    for client, therapist, true in LISTS[language]:
        found = {(one.client, one.therapist) for one in suggest_pairs(client, therapist)}
        right += len(found & true)
        wrong += len(found - true)
        missed += len(true - found)
    assert right / (right + wrong) >= 0.85
    assert right / (right + missed) >= 0.85


@given(TEXTS, TEXTS)
def test_each_goal_is_suggested_once_at_most_and_any_text_will_do(client, therapist):
    found = suggest_pairs(client, therapist)
    assert len({one.client for one in found}) == len({one.therapist for one in found}) == len(found)
    assert all(0.12 <= one.similarity <= 1 for one in found)
    assert [one.similarity for one in found] == sorted(
        (one.similarity for one in found), reverse=True
    )


def test_case_and_accents_do_not_count():
    (found,) = suggest_pairs(["MENOS PÁNICO"], ["panico"])
    assert found.similarity == pytest.approx(1)


def test_words_that_say_nothing_pair_nothing():
    assert suggest_pairs(["I want to feel better"], ["that she can feel better"]) == ()
    assert suggest_pairs([], ["Sleep"]) == ()


def test_meaning_without_shared_words_is_not_seen():
    assert suggest_pairs(["Sleep better"], ["Nights without lying awake"]) == ()
