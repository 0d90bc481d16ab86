"""Sentences about goals say what the numbers say."""

import pytest
from hypothesis import given

from attunement.clinic.goals import words
from attunement.clinic.goals.selectors.agreement import Point
from attunement.goals import agreement
from goals.test_agreement import lists


@given(lists())
def test_the_parts_of_a_hundred_add_up_to_a_hundred_and_none_is_off_by_one(both):
    found = agreement(*both)
    whole = words.hundredths(found)
    exact = (found.agreement, found.client_only, found.therapist_only, found.ranked_apart)
    assert sum(whole) == 100
    assert all(abs(one - 100 * part) < 1 for one, part in zip(whole, exact, strict=True))


def test_an_agreement_is_told_in_points():
    said = words.agreement(agreement([1], [1, 2], [(0, 0)]), "Maya", "you")
    assert said == (
        "Take all that you two want as 100 points: you share 67. Only Maya: 0. Only you: 17. "
        "Both, but in another order: 16."
    )
    assert words.agreement(None, "Maya", "you") == ""


@pytest.mark.parametrize(("count", "said"), [(0, False), (1, False), (2, True)])
def test_a_line_takes_two_points(count, said):
    points = [Point(session=number, agreement=0.5) for number in range(count)]
    assert bool(words.over_rounds(points)) is said
