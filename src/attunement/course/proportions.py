"""How many of how many, and how sure one can be of it."""

from dataclasses import dataclass

from statsmodels.stats.proportion import proportion_confint


@dataclass(frozen=True, kw_only=True)
class Share:
    """A proportion with what it was counted from and its Wilson score interval.

    Attributes
    ----------
    n, of : int
        Counted, out of how many.
    share : float or None
        ``n / of``; None where there was nobody to count.
    low, high : float or None
        Ends of the interval.
    """

    n: int
    of: int
    share: float | None
    low: float | None
    high: float | None


def share(n: int, of: int, confidence: float = 0.95) -> Share:
    """Give ``n`` out of ``of`` with its interval.

    Wilson 1927, *J. Am. Stat. Assoc.* 22:209-212.

    Examples
    --------
    >>> found = share(12, 40)
    >>> found.share, round(found.low, 2), round(found.high, 2)
    (0.3, 0.18, 0.45)
    """
    if of == 0:
        return Share(n=n, of=of, share=None, low=None, high=None)
    low, high = proportion_confint(n, of, alpha=1 - confidence, method="wilson")
    low, high = 0.0 if n == 0 else float(low), 1.0 if n == of else float(high)
    return Share(n=n, of=of, share=n / of, low=low, high=high)
