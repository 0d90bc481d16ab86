"""How many must be offered something for one event fewer or more."""

from dataclasses import dataclass
from math import ceil, isfinite


@dataclass(frozen=True, kw_only=True)
class NeededToTreat:
    """The inverse of a risk difference.

    Attributes
    ----------
    value : float
        How many must be offered it for one event less or more; infinite where risks are equal.
    fewer : bool
        Whether it is one event fewer.
    nearest : float
        The end of the interval on the same side: the smallest number.
    furthest : float
        The other end: on the same side where the difference's interval excludes zero; else the
        smallest number for the opposite result, beyond infinity.
    through_infinity : bool
        Whether the interval passes through infinity, so that the opposite is possible too.
    """

    value: float
    fewer: bool
    nearest: float
    furthest: float
    through_infinity: bool

    def __str__(self) -> str:
        one, other = ("fewer", "more") if self.fewer else ("more", "fewer")
        value, near, far = (_whole(n) for n in (self.value, self.nearest, self.furthest))
        if self.through_infinity:
            reach = f"{near} for one {one}, through infinity, to {far} for one {other}"
        else:
            reach = f"{near} to {far}"
        return f"{value} for one {one} ({reach})"


def needed_to_treat(difference: float, low: float, high: float) -> NeededToTreat:
    """Invert a risk difference and its interval.

    An interval that includes zero passes through infinity, from one event fewer to one more
    (Altman 1998, *BMJ* 317:1309; cited from memory).

    Examples
    --------
    >>> print(needed_to_treat(-0.08, -0.15, -0.01))
    13 for one fewer (7 to 100)
    >>> print(needed_to_treat(-0.08, -0.18, 0.02))
    13 for one fewer (6 for one fewer, through infinity, to 50 for one more)
    """
    fewer = difference < 0
    far, near = (low, high) if fewer else (high, low)
    return NeededToTreat(
        value=_inverse(difference),
        fewer=fewer,
        nearest=_inverse(far),
        furthest=_inverse(near),
        through_infinity=low <= 0 <= high,
    )


def _whole(number: float) -> str:
    """Write a number of people, rounded up as is usual."""
    return f"{ceil(round(number, 6)):,}" if isfinite(number) else "infinitely many"


def _inverse(difference: float) -> float:
    return 1 / abs(difference) if difference else float("inf")
