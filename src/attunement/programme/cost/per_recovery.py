"""What one reliable recovery costs."""

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from attunement.problems import Problem
from attunement.programme.cost.columns import clients_of
from attunement.programme.cost.fieller import ratio_interval
from attunement.programme.cost.perspective import Perspective


@dataclass(frozen=True, kw_only=True)
class CostPerRecovery:
    """What one reliable recovery costs.

    Attributes
    ----------
    value, low, high : float
        All costs over all recoveries, with its interval (Fieller); ``high`` is infinite where
        the data do not bound it.
    clients, recovered, missing : int
        All who began; those who recovered; those of whom it is not known, who count as not.
    per_client : float
        Mean cost.
    perspective : Perspective
    sentence : str
        The result in words.
    """

    value: float
    low: float
    high: float
    clients: int
    recovered: int
    missing: int
    per_client: float
    perspective: Perspective
    sentence: str


def cost_per_recovery(
    table: Any,
    perspective: Perspective,
    *,
    cost: str = "cost",
    recovered: str = "reliable_recovery",
    level: float = 0.95,
) -> CostPerRecovery:
    """Divide the costs of all who began by the reliable recoveries among them.

    The costs of those who left or did not recover belong to it: dividing by those who completed
    makes a service look cheaper the more people leave. The interval is Fieller's (1954, *J. R.
    Stat. Soc. B* 16:175; cited from memory) for a ratio of two means of the same clients.

    ``sum of costs / number of recoveries``.

    Parameters
    ----------
    table
        One row per client who began, of any kind.
    perspective
        Whose costs are counted; there is no cost without one.
    cost, recovered
        Columns: the client's cost; 1 where reliably recovered, 0 where not, empty where not known.
    level
        Confidence of the interval.

    Raises
    ------
    Problem
        If a cost is missing, there are fewer than ten clients, or nobody recovered.

    Examples
    --------
    >>> import polars as pl
    >>> view = Perspective(payer="the service", counted=["therapists' time"], left_out=[],
    ...                    currency="GBP", price_year=2026)
    >>> clients = pl.DataFrame({"cost": [300.0, 500, 700, 900] * 10,
    ...                         "reliable_recovery": [0, 1, 0, 1, 1, 0, 0, 1] * 5})
    >>> found = cost_per_recovery(clients, view)
    >>> round(found.value), round(found.low), round(found.high)
    (1200, 911, 1729)
    """
    people = clients_of(table, cost, recovered)
    if not np.isin(people.effect, (0, 1)).all():
        raise Problem(f"the column {recovered} holds other than 0 and 1", "say who recovered")
    count = int(people.effect.sum())
    if count == 0:
        raise Problem("nobody is known to have recovered", "there is no cost per recovery")
    value = float(people.cost.sum() / count)
    both = np.stack([people.cost, people.effect])
    low, high = ratio_interval(both.mean(axis=1), np.cov(both) / len(people), level)
    unknown = (
        f" Of {people.missing:,} it is not known; they count as not recovered."
        if people.missing
        else ""
    )
    top = perspective.money(high) if high < inf else "no upper end"
    return CostPerRecovery(
        value=value,
        low=low,
        high=high,
        clients=len(people),
        recovered=count,
        missing=people.missing,
        per_client=float(people.cost.mean()),
        perspective=perspective,
        sentence=(
            f"{len(people):,} clients began and {count:,} reliably recovered, at "
            f"{perspective.money(value)} for each recovery ({level:.0%} interval "
            f"{perspective.money(low)} to {top}).{unknown} Counted are {perspective}."
        ),
    )
