"""Costs and recoveries of clients, as arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.frames import to_lazy, to_polars
from attunement.problems import Problem

Array = NDArray[np.float64]
FEWEST_CLIENTS = 10


@dataclass(frozen=True, kw_only=True)
class Clients:
    """What clients cost and what became of them.

    Attributes
    ----------
    cost : shape (clients,)
    effect : shape (clients,)
        Those not known count as zero.
    missing : int
        Of how many the effect is not known.
    """

    cost: Array
    effect: Array
    missing: int

    def __len__(self) -> int:
        return len(self.cost)


def clients_of(table: Any, cost: str, effect: str) -> Clients:
    """Read two columns; a missing effect counts as none, a missing cost is refused.

    Raises
    ------
    Problem
        If a column is wanting or holds no numbers, a cost is missing, or there are fewer than
        ten clients.
    """
    lazy = to_lazy(table)
    known = lazy.collect_schema().names()
    for name in (cost, effect):
        if name not in known:
            raise Problem(f"the table has no column {name}", f"name one of {', '.join(known[:12])}")
    rows = to_polars(lazy.select(cost, effect))
    for name in (cost, effect):
        if not (rows[name].dtype.is_numeric() or rows[name].dtype == pl.Boolean):
            raise Problem(f"the column {name} holds {rows[name].dtype}, no numbers", "convert it")
    values = rows.cast(pl.Float64).fill_nan(None)
    if len(values) < FEWEST_CLIENTS:
        raise Problem(f"there are {len(values)} clients", f"this needs {FEWEST_CLIENTS} or more")
    if values[cost].null_count():
        raise Problem(
            f"the cost of {values[cost].null_count():,} clients is missing",
            "fill it in: a client without sessions still cost something to reach",
        )
    return Clients(
        cost=values[cost].to_numpy(),
        effect=values[effect].fill_null(0).to_numpy(),
        missing=values[effect].null_count(),
    )
