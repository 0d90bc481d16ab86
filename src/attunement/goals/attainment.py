"""Goal attainment scaling: one number for goals that each have their own levels."""

from collections.abc import Sequence
from math import sqrt
from typing import Any

import polars as pl

from attunement.frames import hand_back, to_lazy, to_polars
from attunement.goals.tables import GOAL_ATTAINMENT
from attunement.problems import Problem

LEVELS = (-2, -1, 0, 1, 2)
EXPECTED, SPREAD = 50.0, 10.0
RHO = 0.30


def t_score(levels: Sequence[float], weights: Sequence[float], *, rho: float = RHO) -> float:
    """Give the goal attainment T-score.

    ``T = 50 + 10 * sum(w x) / sqrt((1 - rho) * sum(w^2) + rho * (sum w)^2)`` (Kiresuk and Sherman
    1968, *Community Ment. Health J.* 4:443-453; the formula was read in a secondary source). 50
    means that goals were reached as expected. That its SD is 10 holds only where levels were
    written so that each is as likely as intended, and goals correlate ``rho`` with one another.

    Parameters
    ----------
    levels
        From -2 (much less than expected) to 2 (much more), 0 as expected; one per goal.
    weights
        How much each goal counts, above zero.
    rho
        Assumed correlation between goals; .30 in the original and ever since.

    Raises
    ------
    Problem
        If there is no goal, a level lies outside -2 to 2, a weight is not above zero, or rho lies
        outside 0 to 1.

    Examples
    --------
    >>> round(t_score([0, 1, -1], [1, 1, 1]), 1), round(t_score([1, 1, 0], [2, 1, 1]), 1)
    (50.0, 60.0)
    """
    if not levels or len(levels) != len(weights):
        raise Problem("goals and weights do not match", "give each goal one level and one weight")
    if any(not LEVELS[0] <= level <= LEVELS[-1] for level in levels):
        raise Problem("a level lies outside -2 to 2", "0 is as expected", field="level")
    if any(weight <= 0 for weight in weights):
        raise Problem(
            "a weight is not above zero", "leave out goals that do not count", field="weight"
        )
    if not 0 <= rho <= 1:
        raise Problem(f"{rho} is not a correlation between goals", "use .30", field="rho")
    total = sum(weights)
    scale = sqrt((1 - rho) * sum(weight**2 for weight in weights) + rho * total**2)
    reached = sum(weight * level for weight, level in zip(weights, levels, strict=True))
    return EXPECTED + SPREAD * reached / scale


def attainment(levels: Any, *, rho: float = RHO) -> Any:
    """Give the T-score of every client and session, over the goals whose level was said there.

    The formula and its source stand with :func:`t_score`.

    Parameters
    ----------
    levels
        The table :data:`attunement.goals.tables.GOAL_ATTAINMENT`, of any kind.

    Returns
    -------
    ``client``, ``session``, ``goals`` (how many counted) and ``t_score``, in order and of the same
    kind.

    Examples
    --------
    >>> import polars as pl
    >>> levels = pl.DataFrame({"client": "a", "session": 8, "goal": ["sleep", "work"],
    ...                        "level": [1, 0], "weight": [2.0, 1.0]})
    >>> attainment(levels)["t_score"].round(1).to_list()
    [58.0]
    """
    GOAL_ATTAINMENT.require(levels)
    rows = to_polars(to_lazy(levels)).fill_nan(None).drop_nulls("level")
    if "weight" not in rows.columns:
        rows = rows.with_columns(weight=pl.lit(1.0))
    rows = rows.with_columns(pl.col("weight").fill_null(1.0))
    key = ["client", "session"]
    found = [
        (
            *place,
            group.height,
            t_score(group["level"].to_list(), group["weight"].to_list(), rho=rho),
        )
        for place, group in rows.sort(*key, "goal").group_by(key, maintain_order=True)
    ]
    schema = {name: rows.schema[name] for name in key} | {"goals": pl.Int64, "t_score": pl.Float64}
    return hand_back(pl.DataFrame(found, schema=schema, orient="row"), levels)
