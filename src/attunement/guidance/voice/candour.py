"""Make it easier to say what could be better, also for whoever answers all at the top."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

TOP = 10.0
FEWEST_AT_TOP = 6


class Candour(StrEnum):
    """What is said after a check-in, besides the thanks.

    ``CEILING``: all answers are at the very top, which is either good news or no news.
    ``CRITICAL``: something low was said, which is worth a thank you of its own.
    ``TENSION``: nothing low was said, but tension was told of.
    ``PLAIN``: neither; one thing that could be better is asked for all the same.
    """

    CEILING = "ceiling"
    CRITICAL = "critical"
    TENSION = "tension"
    PLAIN = "plain"


def candour(
    given: Mapping[str, float], items: Sequence[str], *, low: bool, tension: bool = False
) -> Candour:
    """Choose what to say.

    The rule is our own.

    Parameters
    ----------
    given
        The answers, 0 to 10, by item.
    items
        The items of the working relationship.
    low
        Whether an answer is low for this client.
    tension
        Whether tension was told of that was not settled, as far as was said.

    Examples
    --------
    >>> candour({"heard": 10, "safe": 4}, ["heard", "safe"], low=True).value
    'critical'
    """
    answers = [given[item] for item in items if item in given]
    if low:
        return Candour.CRITICAL
    if tension:
        return Candour.TENSION
    at_top = len(answers) >= FEWEST_AT_TOP and min(answers) >= TOP
    return Candour.CEILING if at_top else Candour.PLAIN
