"""A client and a therapist who write goals."""

import pytest

from attunement.clinic.goals.actions import agreeing, pairing, writing
from attunement.clinic.goals.actions.writing import Wish
from support import house

MINE = ("Sleep through the night", "Be honest with my sister")
THEIRS = ("Sleep without pills", "Go back to work")


class Two:
    """Both sides of one episode."""

    def __init__(self, episode):
        self.episode = episode
        self.client = house.own(episode.client)
        self.therapist = house.actor(episode.therapist)

    def write(self, mine=MINE, theirs=THEIRS):
        for by, texts in ((self.client, mine), (self.therapist, theirs)):
            wishes = [Wish(text=text, purpose=f"for {text}") for text in texts]
            writing.write(episode=self.episode, wishes=wishes, by=by)
        return self

    def open(self, **lists):
        self.write(**lists)
        writing.ready(episode=self.episode, by=self.client)
        self.round = writing.ready(episode=self.episode, by=self.therapist)
        return self

    def written(self, text, writer="client"):
        return next(one for one in self.round.written.filter(writer=writer) if one.text == text)

    def pair(self, mine, theirs, by=None):
        return pairing.pair(
            episode=self.episode,
            client_goal=self.written(mine).pk,
            therapist_goal=self.written(theirs, "therapist").pk,
            by=by or self.therapist,
        )

    def agree(self, text="Sleep well"):
        goal = agreeing.propose(episode=self.episode, wish=Wish(text=text), by=self.therapist)
        return agreeing.accept(goal=goal, by=self.client)


@pytest.fixture
def two(therapist):
    """Maya, who has an account, and Dana, her therapist."""
    return Two(house.episode(therapist, "Maya R.", account=house.person("Maya R.")))
