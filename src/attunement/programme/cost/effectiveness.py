"""Cost against effect: what one more recovery costs, and whether it is worth it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from attunement.problems import Problem
from attunement.programme.cost.bootstrap import plane, shares
from attunement.programme.cost.columns import Array, clients_of
from attunement.programme.cost.differences import Difference, Moments, moments, quadrant
from attunement.programme.cost.fieller import ratio_interval
from attunement.programme.cost.perspective import Perspective
from attunement.programme.cost.wording import sentence

DRAWS = 2000
POINTS = 101


@dataclass(frozen=True, kw_only=True)
class CostEffectiveness:
    """The new way against the old.

    Attributes
    ----------
    cost, effect : Difference
        Per client: the new way less the old.
    icer : float
        Cost of one more unit of effect; NaN where a ratio would mislead: where one way costs
        less and does at least as much, or the effects are the same.
    icer_low, icer_high : float
        Its interval (Fieller); NaN with it, or where the ratio can be of any size and either sign.
    quadrant : str
        Where the estimate lies: "costs more, does more" and so on.
    plane : polars.DataFrame
        ``effect``, ``cost``: differences in bootstrap samples.
    acceptability : polars.DataFrame
        ``worth`` (of one unit of effect), ``probability`` that the new way is worth its cost,
        ``net_benefit`` per client with ``low`` and ``high``.
    shares : dict of str to float
        The share of bootstrap samples in each quadrant.
    clients : tuple of int
        In the new arm and the old.
    missing : tuple of int
        Of how many the effect is not known; they count as none.
    perspective : Perspective
    sentence : str
        The result in words.
    """

    cost: Difference
    effect: Difference
    icer: float
    icer_low: float
    icer_high: float
    quadrant: str
    plane: pl.DataFrame
    acceptability: pl.DataFrame
    shares: dict[str, float]
    clients: tuple[int, int]
    missing: tuple[int, int]
    perspective: Perspective
    sentence: str


def cost_effectiveness(
    new: Any,
    old: Any,
    perspective: Perspective,
    *,
    randomised: bool,
    worth: Sequence[float] | None = None,
    unit: str = "reliable recovery",
    cost: str = "cost",
    effect: str = "reliable_recovery",
    draws: int = DRAWS,
    seed: int = 0,
    level: float = 0.95,
) -> CostEffectiveness:
    """Compare two ways by cost and effect per client.

    Incremental cost and effect, their ratio, bootstrap samples of both together within each arm
    (Briggs, Wonderling and Mooney 1997, *Health Econ.* 6:327), the acceptability curve (van Hout
    et al. 1994, *Health Econ.* 3:309) and net benefit ``worth * effect - cost`` (Stinnett and
    Mullahy 1998, *Med. Decis. Making* 18:S68), with intervals by Welch's t. (Sources from memory.)

    Parameters
    ----------
    new, old
        One row per client who began, of any kind: one table for each way.
    perspective
        Whose costs are counted; there is no cost without one.
    randomised
        Whether chance decided who had which. If not, the sentence speaks of an association.
    worth
        What one unit of effect may be worth, for the curve; from 0 to four times the ratio
        where absent.
    unit
        What one unit of effect is, in words.
    cost, effect
        Columns. An empty effect counts as none.
    draws, seed
        Bootstrap samples; the same seed gives the same.
    level
        Confidence of the intervals.

    Raises
    ------
    Problem
        If a cost is missing, an arm has fewer than ten clients, or worth is negative.
    """
    arms = clients_of(new, cost, effect), clients_of(old, cost, effect)
    both = moments(*arms)
    costs, effects = (both.of(unit_of, level) for unit_of in np.eye(2))
    drawn = plane(*arms, draws=draws, seed=seed)
    icer = costs.value / effects.value if costs.value * effects.value > 0 else float("nan")
    low, high = (
        ratio_interval(both.mean, both.covariance, level) if np.isfinite(icer) else (np.nan, np.nan)
    )
    return CostEffectiveness(
        cost=costs,
        effect=effects,
        icer=icer,
        icer_low=low,
        icer_high=high,
        quadrant=quadrant(costs.value, effects.value),
        plane=drawn,
        acceptability=acceptability(both, drawn, _worth(worth, costs.value, effects.value), level),
        shares=shares(drawn),
        clients=(len(arms[0]), len(arms[1])),
        missing=(arms[0].missing, arms[1].missing),
        perspective=perspective,
        sentence=sentence(
            costs,
            effects,
            icer,
            perspective,
            unit=unit,
            level=level,
            randomised=randomised,
            missing=(arms[0].missing, arms[1].missing),
        ),
    )


def _worth(given: Sequence[float] | None, cost: float, effect: float) -> Array:
    if given is not None:
        values = np.asarray(given, dtype=float)
        if not (np.isfinite(values).all() and (values >= 0).all() and len(values)):
            raise Problem("a worth is below 0", "say what a unit of effect may cost at most")
        return values
    ratio = abs(cost / effect) if effect else abs(cost)
    return np.linspace(0, 4 * ratio or 1.0, POINTS)


def acceptability(
    both: Moments, drawn: pl.DataFrame, worth: Array, level: float = 0.95
) -> pl.DataFrame:
    """Say for each worth of one unit how likely, and by how much, the new way is worth its cost."""
    effect, cost = drawn["effect"].to_numpy(), drawn["cost"].to_numpy()
    rows = []
    for value in worth:
        benefit = both.of(np.array([-1.0, value]), level)
        share = float((value * effect > cost).mean())
        rows.append((float(value), share, benefit.value, benefit.low, benefit.high))
    return pl.DataFrame(
        rows, schema=["worth", "probability", "net_benefit", "low", "high"], orient="row"
    )
