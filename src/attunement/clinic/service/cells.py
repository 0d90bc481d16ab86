"""Hide small cells so that they cannot be worked out from what is shown. Pure.

A count below ten is hidden. Where a total is shown beside its parts, hiding one part is not
enough: it is the total less the others. So parts are hidden, the smallest first, until at least
two are hidden and together they come to ten or more (complementary suppression; Hundepool et al.
2012, *Statistical Disclosure Control*, chapter 4).

Exact counts that are renewed every day show one person by their difference. So what is left is
rounded to the nearest five (ibid., chapter 5, conventional rounding), and a share so far that five
counts or more give the same one. One person more still shows where a count passes from one rounded
number to the next, but never how many there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

SMALLEST, STEP = 10, 5
PER_CENTS = (1, 2, 5, 10, 25)
ENOUGH_FOR_ONES = 100 * STEP


@dataclass(frozen=True)
class Cell:
    """A count as it may be shown.

    Attributes
    ----------
    count : int or None
        The count, rounded, or None where it is hidden.
    small : bool
        Hidden because it is below ten; otherwise it is hidden to protect another.
    """

    count: int | None
    small: bool = False


def rounded(count: float) -> int:
    """Round to the nearest five."""
    return STEP * round(count / STEP)


def alone(count: int) -> Cell:
    """Show a count that stands by itself."""
    return Cell(rounded(count)) if count >= SMALLEST else Cell(None, small=True)


def parts(counts: Mapping[str, int]) -> dict[str, Cell]:
    """Show parts beside their total, hiding as many as it takes."""
    hidden = {name for name, count in counts.items() if count < SMALLEST}
    for name in sorted(counts, key=lambda one: counts[one]):
        if not hidden or (len(hidden) > 1 and sum(counts[one] for one in hidden) >= SMALLEST):
            break
        hidden.add(name)
    return {
        name: Cell(None, small=count < SMALLEST) if name in hidden else Cell(rounded(count))
        for name, count in counts.items()
    }


def step_of(whole: float) -> int:
    """Give the per cents to round a share to, so that a step stands for five people or more."""
    return next((one for one in PER_CENTS if one * whole >= ENOUGH_FOR_ONES), PER_CENTS[-1])


def share(part: int, whole: int) -> tuple[int, int] | None:
    """Give a share in rounded per cent, or as a range where that might stand for a small count.

    Parameters
    ----------
    part, whole
        How many of how many.

    Returns
    -------
    The lowest and the highest it may be, in per cent; the two are alike where five counts or more,
    all of ten or more, are rounded to it. None stands for too few to say anything.
    """
    if whole < 2 * SMALLEST:
        return None
    step = step_of(whole)
    nearest = step * ((200 * part + step * whole) // (2 * step * whole))
    lowest = step * ceil((200 * SMALLEST + step * whole) / (2 * step * whole))
    if lowest <= nearest <= 100 - lowest:
        return nearest, nearest
    return (0, lowest) if 2 * part < whole else (100 - lowest, 100)
