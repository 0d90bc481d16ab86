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
        Its interval (Fieller); NaN with it, or where the effect cannot be told from none: what the
        data allow is then no interval, and the sentence says what it is.
    quadrant : str
        Where the estimate lies: "costs more, does more" and so on.
    plane : polars.DataFrame
        ``effect``, ``cost``: differences in bootstrap samples.
    acceptability : polars.DataFrame
        ``worth`` (of one unit of effect), ``probability`` that the new way is worth its cost,
        ``net_benefit`` per client with ``low`` and ``high``.
    curve : polars.DataFrame
        ``worth`` and ``probability`` over the range of worths that a picture shows.
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
    curve: pl.DataFrame
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

    Examples
    --------
    >>> import polars as pl
    >>> view = Perspective(payer="the service", counted=["therapists' time"], left_out=[],
    ...                    currency="GBP", price_year=2026)
    >>> old = pl.DataFrame({"cost": [400.0, 600] * 50, "reliable_recovery": [0, 0, 1, 0, 0] * 20})
    >>> new = pl.DataFrame({"cost": [500.0, 700] * 50, "reliable_recovery": [0, 1, 1, 0, 0] * 20})
    >>> found = cost_effectiveness(new, old, view, randomised=True, draws=200)
    >>> found.quadrant, round(found.icer)
    ('costs more, does more', 500)
    """
    arms = clients_of(new, cost, effect), clients_of(old, cost, effect)
    both = moments(*arms)
    costs, effects = (both.of(unit_of, level) for unit_of in np.eye(2))
    drawn = plane(*arms, draws=draws, seed=seed)
    icer = costs.value / effects.value if costs.value * effects.value > 0 else float("nan")
    low, high = (
        ratio_interval(both.mean, both.covariance, level) if np.isfinite(icer) else (np.nan, np.nan)
    )
    beyond = low if np.isposinf(high) else None
    asked = None if worth is None else _checked(worth)
    span = _span(costs.value, effects.value, asked)
    return CostEffectiveness(
        cost=costs,
        effect=effects,
        icer=icer,
        icer_low=low if beyond is None else np.nan,
        icer_high=high if beyond is None else np.nan,
        quadrant=quadrant(costs.value, effects.value),
        plane=drawn,
        acceptability=acceptability(both, drawn, span if asked is None else asked, level),
        curve=pl.DataFrame({"worth": span, "probability": _probability(drawn, span)}),
        shares=shares(drawn),
        clients=(len(arms[0]), len(arms[1])),
        missing=(arms[0].missing, arms[1].missing),
        perspective=perspective,
        sentence=sentence(
            costs,
            effects,
            icer,
            perspective,
            beyond=beyond,
            unit=unit,
            level=level,
            randomised=randomised,
            missing=(arms[0].missing, arms[1].missing),
        ),
    )


def _checked(worth: Sequence[float]) -> Array:
    values = np.asarray(worth, dtype=float)
    if not (np.isfinite(values).all() and (values >= 0).all() and len(values)):
        raise Problem("a worth is below 0", "say what a unit of effect may cost at most")
    return values


def _span(cost: float, effect: float, asked: Array | None) -> Array:
    """Go from 0 to four times the ratio, and beyond what was asked."""
    ratio = abs(cost / effect) if effect else abs(cost)
    beyond = 0.0 if asked is None else 1.25 * float(asked.max())
    return np.linspace(0, max(4 * ratio, beyond) or 1.0, POINTS)


def _probability(drawn: pl.DataFrame, worth: Array) -> Array:
    """Count in how many samples the new way is worth its cost."""
    effect, cost = drawn["effect"].to_numpy(), drawn["cost"].to_numpy()
    return np.asarray((worth[:, None] * effect > cost).mean(axis=1))


def acceptability(
    both: Moments, drawn: pl.DataFrame, worth: Array, level: float = 0.95
) -> pl.DataFrame:
    """Say for each worth of one unit how likely, and by how much, the new way is worth its cost."""
    rows = []
    for value, share in zip(worth, _probability(drawn, worth), strict=True):
        benefit = both.of(np.array([-1.0, value]), level)
        rows.append((float(value), float(share), benefit.value, benefit.low, benefit.high))
    return pl.DataFrame(
        rows, schema=["worth", "probability", "net_benefit", "low", "high"], orient="row"
    )
