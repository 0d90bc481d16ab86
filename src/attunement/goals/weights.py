"""How much each goal of a list weighs, from its place in the order alone."""

from collections.abc import Sequence

from attunement.problems import Problem


def rank_weights(ranks: Sequence[float]) -> tuple[float, ...]:
    """Turn places in an order into weights that add up to one.

    The weight of place r among n is ``(n + 1 - r) / (n (n + 1) / 2)``: rank-sum weights, one of
    the usual ways to make weights of an order when nobody has said how much more one thing
    matters than the next (Stillwell, Seaver and Edwards 1981, *Organ. Behav. Hum. Perform.*
    28:62-77; from memory). Equal ranks share the mean of their places, and gaps do not count.

    Parameters
    ----------
    ranks
        One per goal, the most important lowest.

    Returns
    -------
    One weight per goal, between 0 and 1, in the order of ``ranks``.

    Raises
    ------
    Problem
        If a rank is missing.

    Examples
    --------
    >>> [round(weight, 2) for weight in rank_weights([1, 2, 2, 4])]
    [0.4, 0.25, 0.25, 0.1]
    """
    if any(rank is None or rank != rank for rank in ranks):
        raise Problem("a goal has no rank", "number the goals of each list from 1", field="rank")
    n = len(ranks)
    whole = n * (n + 1) / 2
    return tuple(
        (n + 1 - (1 + sum(other < rank for other in ranks) + (ranks.count(rank) - 1) / 2)) / whole
        for rank in ranks
    )
