"""How many must be offered something for one event fewer or more."""

from dataclasses import dataclass


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
        value = f"{self.value:.0f} for one {one}"
        if self.through_infinity:
            return (
                f"{value} ({self.nearest:.0f} for one {one}, through infinity, "
                f"to {self.furthest:.0f} for one {other})"
            )
        return f"{value} ({self.nearest:.0f} to {self.furthest:.0f})"


def needed_to_treat(difference: float, low: float, high: float) -> NeededToTreat:
    """Invert a risk difference and its interval.

    An interval that includes zero passes through infinity, from one event fewer to one more
    (Altman 1998, *BMJ* 317:1309; cited from memory).

    Examples
    --------
    >>> print(needed_to_treat(-0.08, -0.15, -0.01))
    12 for one fewer (7 to 100)
    >>> print(needed_to_treat(-0.08, -0.18, 0.02))
    12 for one fewer (6 for one fewer, through infinity, to 50 for one more)
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


def _inverse(difference: float) -> float:
    return 1 / abs(difference) if difference else float("inf")
