"""What a reader of a table with gaps can work out about the gaps."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from attunement.problems import Problem

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

CLOSE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Which rows of a table are the sum of which others, and what holds between its columns.

    Attributes
    ----------
    of_rows : tuple of (int, tuple of int)
        A row, and the rows that it is the sum of.
    limits : tuple of mapping
        Columns with weights, whose weighted sum is 0 or more in every row.
    """

    of_rows: tuple[tuple[int, tuple[int, ...]], ...]
    limits: tuple[Mapping[int, int], ...]

    @classmethod
    def of(
        cls, counts: pl.DataFrame, by: Sequence[str], limits: Sequence[Mapping[int, int]]
    ) -> "Sums":
        """Read the sums off the groups' names: null sums over all groups of a column."""
        keys = [tuple(row) for row in counts.select(by).iter_rows()]
        place = {key: i for i, key in enumerate(keys)}
        if len(place) < len(keys):
            raise Problem("a group has two rows", "keep one", field=", ".join(by))
        found = []
        for i, key in enumerate(keys):
            for v in (v for v, level in enumerate(key) if level is None):
                parts = tuple(
                    place[other]
                    for other in keys
                    if other[v] is not None and (*other[:v], None, *other[v + 1 :]) == key
                )
                if parts:
                    found.append((i, parts))
        return cls(of_rows=tuple(found), limits=tuple(limits))

    @property
    def totals(self) -> frozenset[int]:
        """Rows that are sums."""
        return frozenset(row for row, _ in self.of_rows)

    def check(self, values: Counts) -> None:
        """Raise a :class:`Problem` where counts do not add up."""
        added = all((values[row] == values[list(parts)].sum(axis=0)).all()
                    for row, parts in self.of_rows)  # fmt: skip
        within = all(
            (values[:, list(limit)] @ np.array(list(limit.values())) >= 0).all()
            for limit in self.limits
        )
        if not (added and within and (values >= 0).all()):
            raise Problem("the counts do not add up", "count everybody once in every column")


def bounds(
    target: Mapping[tuple[int, int], float], values: Counts, hidden: Flags, sums: Sums
) -> tuple[int, int]:
    """Find the smallest and largest whole number that a figure may be, given what is shown.

    Linear programmes: counts are 0 or more, rows add up, and what holds between columns holds.
    That every count is a whole number is left aside: whole-number programmes were seen to stop
    short of the optimum, and one column of groups is a network, whose ends are whole anyway.

    What follows is the feasibility interval of Willenborg & de Waal (2001, *Elements of Statistical
    Disclosure Control*).

    Parameters
    ----------
    target
        The figure: coefficients by row and column.
    values, hidden
        The counts, and which of them the reader does not see.
    sums
        How the counts hang together.

    Examples
    --------
    >>> values = np.array([[20], [12], [8]])
    >>> hidden = np.array([[False], [True], [True]])
    >>> sums = Sums(of_rows=((0, (1, 2)),), limits=())
    >>> bounds({(1, 0): 1.0}, values, hidden, sums)
    (0, 20)
    """
    cells = [(int(i), int(j)) for i, j in np.argwhere(hidden)]
    fixed = sum(weight * values[cell] for cell, weight in target.items() if not hidden[cell])
    objective = np.array([target.get(cell, 0.0) for cell in cells])
    if not objective.any():
        return round(fixed), round(fixed)
    rows, low, high = _constraints(cells, values, hidden, sums)
    found = []
    for sign in (1.0, -1.0):
        result = milp(
            sign * objective,
            constraints=LinearConstraint(rows, low, high) if len(rows) else (),
            bounds=Bounds(0, 10 * float(values.max()) + 100),
        )
        if not result.success:
            raise AssertionError(f"no counts fit what is shown: {result.message}")
        found.append(sign * result.fun + fixed)
    return math.ceil(found[0] - CLOSE), math.floor(found[1] + CLOSE)


def _constraints(
    cells: Sequence[tuple[int, int]], values: Counts, hidden: Flags, sums: Sums
) -> tuple[NDArray[np.float64], list[float], list[float]]:
    """Write down what is known as linear limits on the hidden counts."""
    place = {cell: k for k, cell in enumerate(cells)}
    rows, low, high = [], [], []
    for terms, most in _known(sums, *values.shape):
        line, shown = np.zeros(len(cells)), 0.0
        for cell, weight in terms.items():
            if hidden[cell]:
                line[place[cell]] += weight
            else:
                shown += weight * values[cell]
        if line.any():
            rows.append(line)
            low.append(-shown)
            high.append(most - shown)
    return np.array(rows).reshape(-1, len(cells)), low, high


def _known(
    sums: Sums, height: int, width: int
) -> Iterator[tuple[dict[tuple[int, int], float], float]]:
    """Give sums that lie between 0 and a limit: rows add up, and columns hold to theirs."""
    for total, parts in sums.of_rows:
        for j in range(width):
            yield {(total, j): -1.0} | {(part, j): 1.0 for part in parts}, 0.0
    for limit in sums.limits:
        for i in range(height):
            yield {(i, j): float(weight) for j, weight in limit.items()}, np.inf
