"""Where a client began: the first score, and what to say when too few began at all."""

from dataclasses import dataclass

import narwhals as nw

from attunement.course.windows import COURSE
from attunement.frames import Lazy
from attunement.measures.scale import Scale


@dataclass(frozen=True, kw_only=True)
class TooFewClients:
    """An answer in place of an expected course: there is too little to learn it from.

    Attributes
    ----------
    scale : Scale
        Of which scale.
    clients : int
        Clients there are of the kind that is needed.
    needed : int
        Clients it takes.
    kind : str
        What such a client must have, in words that follow "clients".
    """

    scale: Scale
    clients: int
    needed: int
    kind: str

    def __str__(self) -> str:
        """Say it to a person."""
        return (
            f"Too few clients to know the expected course of {self.scale.name}: "
            f"{self.clients} {self.kind}, and it takes {self.needed}."
        )


def with_start(scores: Lazy) -> Lazy:
    """Add ``start``, the session of each client's first score, and ``baseline``, that score.

    Both are null for a client without any score.
    """
    session, score = nw.col("session"), nw.col("score")
    first = nw.when(~score.is_null()).then(session).min().over(*COURSE)
    return scores.with_columns(start=first).with_columns(
        baseline=nw.when(session == nw.col("start")).then(score).max().over(*COURSE)
    )
