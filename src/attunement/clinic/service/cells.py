"""Hide small cells so that they cannot be worked out from what is shown. Pure.

A count below ten is hidden. Where a total is shown beside its parts, hiding one part is not
enough: it is the total less the others. So parts are hidden, the smallest first, until at least
two are hidden and together they come to ten or more (complementary suppression; Hundepool et al.
2012, *Statistical Disclosure Control*, chapter 4).

Exact counts that are renewed every day show one person by their difference. So what is left is
rounded to the nearest five (ibid., chapter 5, conventional rounding).
"""

from collections.abc import Mapping
from dataclasses import dataclass

SMALLEST, STEP = 10, 5
ENOUGH_FOR_ONES = 100


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


def share(part: int, whole: int) -> tuple[float, float] | None:
    """Give a share as the narrowest range that gives no small count away.

    Parameters
    ----------
    part, whole
        How many of how many.

    Returns
    -------
    The lowest and the highest it may be; the two are alike where nothing has to be hidden, and
    None stands for too few to say anything.
    """
    if whole < 2 * SMALLEST:
        return None
    if part < SMALLEST:
        return 0.0, (SMALLEST - 1) / whole
    if whole - part < SMALLEST:
        return (whole - SMALLEST + 1) / whole, 1.0
    return part / whole, part / whole
