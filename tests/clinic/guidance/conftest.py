"""A client whose last check-in was well below her usual, and her therapist."""

import pytest

from support import house
from support.noticing_help import answer

USUAL = 7


class Case:
    """One episode with steady check-ins, and then one that was not."""

    def __init__(self, therapist):
        self.therapist = therapist
        self.by = house.actor(therapist)
        self.episode = house.episode(therapist, account=house.person("Maya Rao"))

    def steady(self, sessions=6):
        for number in range(1, sessions + 1):
            answer(self.episode, number=number, value=USUAL + number % 2)
        self.last = sessions
        return self

    def session(self, **answers):
        self.last += 1
        answer(self.episode, number=self.last, **{"value": USUAL, **answers})
        return self

    def low(self, **more):
        return self.session(heard=1, understood=2, **more)


@pytest.fixture
def case(therapist):
    """Maya after six steady sessions and one that was low on being heard and understood."""
    return Case(therapist).steady().low()
