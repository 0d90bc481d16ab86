"""Withhold small numbers in such a way that no subtraction brings them back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.problems import Problem
from attunement.programme.outcomes.attack import Sums, bounds

FEWEST = 5

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One column of counts.

    Attributes
    ----------
    name : str
        The column.
    of : str or None
        The column that it is a part of, such as everybody.
    telling : bool
        Whether being counted here says something of a person. Then nobody and everybody are small
        numbers too: "0 of 12" tells of each of the twelve.
    """

    name: str
    of: str | None = None
    telling: bool = False


def withhold(
    counts: pl.DataFrame, by: Sequence[str], figures: Sequence[Figure], fewest: int = FEWEST
) -> pl.DataFrame:
    """Empty every small count, and as many others as it takes to keep it from being worked out.

    A count is small below ``fewest``; where it tells something, so is the rest of what it is part
    of. Of each small count nothing narrower may be worked out from all that stays, by sums over
    groups and by parts being no larger than wholes, than a range of ``fewest`` and more whole
    numbers beside the true one (Willenborg & de Waal 2001, *Elements of Statistical Disclosure
    Control*: feasibility intervals). What is withheld in addition is, each time, a small
    count that shares a sum. An empty count does not say for which of both reasons it is empty.

    Parameters
    ----------
    counts
        A row per group, and rows for all: ``by`` names the columns that make a group, null where
        a row sums over all of them.
    by
        Columns that make a group.
    figures
        Columns of counts, wholes before their parts.
    fewest
        The smallest count that may be shown, 2 or more.

    Returns
    -------
    The same rows, with null where a count is withheld.

    Raises
    ------
    Problem
        If ``fewest`` is too small, or counts do not add up.
    """
    if fewest < 2:
        raise Problem(f"{fewest} hides nobody", "choose 2 or more", field="fewest")
    values = counts.select(figure.name for figure in figures).to_numpy().astype(np.int64)
    sums = Sums.of(counts, by, figures_of(figures))
    sums.check(values)
    small = _small(values, figures, fewest)
    hidden = _with_parts(small.copy(), figures)
    while (open_ := _worked_out(values, hidden, small, figures, sums, fewest)) is not None:
        hidden = _with_parts(_hide_another(values, hidden, open_, sums), figures)
    return counts.with_columns(
        pl.Series(figure.name, values[:, j], dtype=pl.Int64).set(pl.Series(hidden[:, j]), None)
        for j, figure in enumerate(figures)
    )


def figures_of(figures: Sequence[Figure]) -> list[int | None]:
    """Give, for each figure, the place of what it is a part of."""
    names = [figure.name for figure in figures]
    return [None if figure.of is None else names.index(figure.of) for figure in figures]


def _small(values: Counts, figures: Sequence[Figure], fewest: int) -> Flags:
    small = (values > 0) & (values < fewest)
    for j, (figure, whole) in enumerate(zip(figures, figures_of(figures), strict=True)):
        if figure.telling and whole is not None:
            anybody = values[:, whole] > 0
            rest = values[:, whole] - values[:, j]
            small[:, j] = anybody & ((values[:, j] < fewest) | (rest < fewest))
    return small


def _with_parts(hidden: Flags, figures: Sequence[Figure]) -> Flags:
    """Hide what is part of something hidden: without its whole it says nothing."""
    for j, whole in enumerate(figures_of(figures)):
        if whole is not None:
            hidden[:, j] |= hidden[:, whole]
    return hidden


def _worked_out(
    values: Counts,
    hidden: Flags,
    small: Flags,
    figures: Sequence[Figure],
    sums: Sums,
    fewest: int,
) -> tuple[int, int] | None:
    """Find a small count that is still known too closely."""
    wholes = figures_of(figures)
    for i, j in np.argwhere(small):
        whole = wholes[j] if figures[j].telling else None
        targets = [{(i, j): 1.0}]
        if whole is not None:
            targets.append({(i, whole): 1.0, (i, j): -1.0})
        for target in targets:
            low, high = bounds(target, values, hidden, sums)
            if high - low < fewest:
                return int(i), int(j)
    return None


def _hide_another(values: Counts, hidden: Flags, at: tuple[int, int], sums: Sums) -> Flags:
    """Hide one more count: where a gap stands alone in a sum, else beside the one that is known."""
    i, j = at
    every = [(total, *parts) for total, parts in sums.of_rows]
    alone = [each for each in every if hidden[list(each), j].sum() == 1]
    near = alone or [each for each in every if i in each]
    candidates = [row for each in near for row in each if not hidden[row, j]]

    def cost(row: int) -> tuple[bool, bool, int, int, int]:
        closed = sum(row in each for each in near)
        return row in sums.totals, values[row, j] == 0, -closed, int(values[row, j]), row

    result = hidden.copy()
    if candidates:
        result[min(candidates, key=cost), j] = True
        return result
    left = np.argwhere(~hidden)
    if not len(left):
        raise AssertionError("everything is hidden, and something is still known")
    result[tuple(left[0])] = True
    return result
