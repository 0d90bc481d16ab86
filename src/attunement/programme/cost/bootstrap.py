"""Bootstrap samples of the differences in cost and effect, drawn together."""

import numpy as np
import polars as pl

from attunement.problems import Problem
from attunement.programme.cost.columns import Array, Clients
from attunement.programme.cost.differences import quadrant

FEWEST_DRAWS = 200


def plane(new: Clients, old: Clients, *, draws: int, seed: int) -> pl.DataFrame:
    """Draw clients with replacement within each arm, each with cost and effect together.

    Efron and Tibshirani 1993, *An Introduction to the Bootstrap*, ch. 8 (cited from memory).

    Returns
    -------
    ``cost`` and ``effect``: differences per client, new less old, one row per sample.

    Raises
    ------
    Problem
        With fewer than 200 draws.

    Examples
    --------
    >>> new = Clients(cost=np.array([5.0, 7] * 10), effect=np.array([0.0, 1] * 10), missing=0)
    >>> old = Clients(cost=np.array([4.0, 6] * 10), effect=np.array([0.0, 0, 0, 1] * 5), missing=0)
    >>> drawn = plane(new, old, draws=500, seed=1)
    >>> drawn.shape, round(drawn["cost"].mean(), 1), round(drawn["effect"].mean(), 1)
    ((500, 2), 1.0, 0.3)
    """
    if draws < FEWEST_DRAWS:
        raise Problem(f"{draws} bootstrap samples are too few", f"draw {FEWEST_DRAWS} or more")
    random = np.random.default_rng(seed)
    first, second = (_means(arm, draws, random) for arm in (new, old))
    return pl.DataFrame(first - second, schema=["cost", "effect"])


def _means(arm: Clients, draws: int, random: np.random.Generator) -> Array:
    both = np.column_stack([arm.cost, arm.effect])
    return np.stack(
        [both[random.integers(len(both), size=len(both))].mean(axis=0) for _ in range(draws)]
    )


def shares(drawn: pl.DataFrame) -> dict[str, float]:
    """Count the share of samples in each quadrant."""
    cost, effect = drawn["cost"].to_numpy() > 0, drawn["effect"].to_numpy() > 0
    return {
        quadrant(more_cost or -1, more_effect or -1): float(
            ((cost == more_cost) & (effect == more_effect)).mean()
        )
        for more_cost in (True, False)
        for more_effect in (True, False)
    }
