"""Goals that nobody has looked at, that do not move, and that pull against each other.

A *stale* goal is one of two things, and never both: nobody rated it at the last
:data:`UNRATED_AFTER` sessions (since it was agreed), or its last :data:`UNMOVED_AFTER` ratings
lie within :data:`UNMOVED_WITHIN` point of one another, below :data:`NEARLY_THERE`.

A *conflict* is said by people, or seen in progress. Seen means: between one rating and the next
of both goals, when both moved, they moved apart so often that this would be rare (at most 5 %
over all pairs of this client's goals) if each went its own way. Nothing is read into what the
words of goals mean.

The numbers are conventions of this program; no study that we know of sets them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise

from scipy.stats import binomtest

UNRATED_AFTER = 4
UNMOVED_AFTER, UNMOVED_WITHIN, NEARLY_THERE = 5, 1.0, 8.0
RARE = 0.05

Ratings = Mapping[int, float]
"""One goal's ratings by session."""


class Stale(StrEnum):
    """Why a goal is worth another look."""

    UNRATED = "unrated"
    UNMOVED = "unmoved"


@dataclass(frozen=True, kw_only=True)
class Opposing:
    """Two goals whose progress went opposite ways.

    Attributes
    ----------
    goals : tuple of str
        Which.
    apart, together : int
        Between how many ratings they moved apart, and the same way.
    p : float
        How rare this many opposite moves are by chance, one-sided and exact.
    """

    goals: tuple[str, str]
    apart: int
    together: int
    p: float


def stale(ratings: Ratings, sessions: Sequence[int], *, since: int = 0) -> Stale | None:
    """Say why a goal is worth another look, or None.

    The rule is our own.

    Parameters
    ----------
    ratings
        From 0 to 10, by session.
    sessions
        Numbers of the sessions that took place.
    since
        The session at which the goal was agreed.

    Examples
    --------
    >>> stale({1: 4, 2: 4, 3: 4, 4: 4, 5: 4}, [1, 2, 3, 4, 5])
    <Stale.UNMOVED: 'unmoved'>
    """
    held = [number for number in sorted(sessions) if number > since]
    if len(held) >= UNRATED_AFTER and not any(n in ratings for n in held[-UNRATED_AFTER:]):
        return Stale.UNRATED
    last = [ratings[number] for number in sorted(ratings)][-UNMOVED_AFTER:]
    if len(last) == UNMOVED_AFTER and max(last) - min(last) <= UNMOVED_WITHIN:
        return Stale.UNMOVED if max(last) < NEARLY_THERE else None
    return None


def opposing(ratings: Mapping[str, Ratings]) -> tuple[Opposing, ...]:
    """Find goals of one client whose progress went opposite ways more often than by chance.

    Two goals are compared over the sessions at which both were rated. A step counts where both
    moved; under "each goes its own way" apart and together are equally likely (exact sign test,
    one-sided, Bonferroni over all pairs). With two goals it takes five steps, all apart.

    ``p = P(X >= apart)`` for ``X`` binomial with chance 1/2, times the number of pairs. To use it
    for goals is our own.

    Parameters
    ----------
    ratings
        By goal, each by session.

    Returns
    -------
    The rarest first.

    Examples
    --------
    >>> work = {session: rating for session, rating in enumerate([2, 4, 5, 6, 7, 8, 9])}
    >>> rest = {session: rating for session, rating in enumerate([9, 8, 7, 5, 4, 3, 2])}
    >>> opposing({"work more": work, "rest more": rest})
    (Opposing(goals=('rest more', 'work more'), apart=6, together=0, p=0.015625),)
    """
    pairs = list(combinations(sorted(ratings), 2))
    found = []
    for one, other in pairs:
        apart, together = steps(ratings[one], ratings[other])
        if not apart:
            continue
        p = float(binomtest(apart, apart + together, 0.5, alternative="greater").pvalue)
        if p * len(pairs) <= RARE:
            found.append(Opposing(goals=(one, other), apart=apart, together=together, p=p))
    return tuple(sorted(found, key=lambda one: (one.p, one.goals)))


def steps(one: Ratings, other: Ratings) -> tuple[int, int]:
    """Count the steps at which both moved: apart, and together."""
    shared = sorted(one.keys() & other.keys())
    products = [(one[b] - one[a]) * (other[b] - other[a]) for a, b in pairwise(shared)]
    return sum(value < 0 for value in products), sum(value > 0 for value in products)
