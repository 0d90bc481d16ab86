"""Withhold small numbers in such a way that no subtraction brings them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.problems import Problem
from attunement.programme.disclosure.attack import Sums, bounds

FEWEST = 5

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Target = Mapping[tuple[int, int], float]


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
    rest : bool
        Whether those of the whole who are not counted here are a count of their own, such as those
        whose score is missing: few of them are a small number too, but nobody is none.
    within : tuple of str
        Other columns that it can be no larger than.
    apart_from : str or None
        A column with the same whole in which nobody is counted who is counted here.

    Examples
    --------
    >>> Figure(name="left", of="clients", telling=True).of
    'clients'
    """

    name: str
    of: str | None = None
    telling: bool = False
    rest: bool = False
    within: tuple[str, ...] = ()
    apart_from: str | None = None


def withhold(
    counts: pl.DataFrame, by: Sequence[str], figures: Sequence[Figure], fewest: int = FEWEST
) -> pl.DataFrame:
    """Empty every small count, and as many others as it takes to keep it from being worked out.

    A count is small below ``fewest``; where it tells something, or the rest of what it is part of
    is a count of its own, so is the rest. Of each small count nothing narrower may be worked out
    from all that stays, by sums over groups and by what holds between columns, than a range of
    ``fewest`` and more whole numbers beside the true one. The sums over everybody are always
    shown: where these alone leave less room, that much is left. See Willenborg & de Waal 2001,
    *Elements of Statistical Disclosure Control* (feasibility intervals). What is withheld in
    addition is, each time, a small count that shares a sum. An empty count does not say for which
    of both reasons it is empty.

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

    Examples
    --------
    >>> counts = pl.DataFrame({"site": [None, "A", "B", "C"], "clients": [60, 30, 18, 12],
    ...                        "left": [20, 12, 6, 2]})
    >>> figures = [Figure(name="clients"), Figure(name="left", of="clients", telling=True)]
    >>> withhold(counts, ["site"], figures, fewest=5)["left"].to_list()
    [20, 12, None, None]
    """
    if fewest < 2:
        raise Problem(f"{fewest} hides nobody", "choose 2 or more", field="fewest")
    values = counts.select(figure.name for figure in figures).to_numpy().astype(np.int64)
    sums = Sums.of(counts, by, _limits(figures))
    sums.check(values)
    public = counts.select(pl.all_horizontal(pl.col(by).is_null())).to_series().to_numpy()
    small = _small(values, figures, fewest) & ~public[:, None]
    known = _Known(values=values, public=public, sums=sums, fewest=fewest)
    targets = _targets(values, small, figures, fewest)
    hidden = _with_parts(small.copy(), figures)
    while (at := known.too_closely(targets, hidden)) is not None:
        hidden[_another(known, hidden, at)] = True
        hidden = _with_parts(hidden, figures)
    return counts.with_columns(
        pl.Series(figure.name, values[:, j], dtype=pl.Int64).set(pl.Series(hidden[:, j]), None)
        for j, figure in enumerate(figures)
    )


def _limits(figures: Sequence[Figure]) -> list[dict[int, int]]:
    """Write down which sums over the columns of one row cannot be below 0."""
    place = {figure.name: j for j, figure in enumerate(figures)}
    limits = []
    for figure in figures:
        wholes = [*([] if figure.of is None else [figure.of]), *figure.within]
        limits += [{place[whole]: 1, place[figure.name]: -1} for whole in wholes]
        if figure.apart_from is not None and figure.of is not None:
            parts = {place[figure.name]: -1, place[figure.apart_from]: -1}
            limits.append({place[figure.of]: 1} | parts)
    return limits


def wholes_of(figures: Sequence[Figure]) -> list[int | None]:
    """Give, for each figure, the place of what it is a part of."""
    names = [figure.name for figure in figures]
    return [None if figure.of is None else names.index(figure.of) for figure in figures]


def _small(values: Counts, figures: Sequence[Figure], fewest: int) -> Flags:
    small = (values > 0) & (values < fewest)
    for j, (figure, whole) in enumerate(zip(figures, wholes_of(figures), strict=True)):
        if figure.telling and whole is not None:
            anybody = values[:, whole] > 0
            rest = values[:, whole] - values[:, j]
            small[:, j] = anybody & ((values[:, j] < fewest) | (rest < fewest))
        if figure.rest and whole is not None:
            rest = values[:, whole] - values[:, j]
            small[:, j] |= (rest > 0) & (rest < fewest)
    return small


def _with_parts(hidden: Flags, figures: Sequence[Figure]) -> Flags:
    """Hide what is part of something hidden: without its whole it says nothing."""
    for j, whole in enumerate(wholes_of(figures)):
        if whole is not None:
            hidden[:, j] |= hidden[:, whole]
    return hidden


def _targets(values: Counts, small: Flags, figures: Sequence[Figure], fewest: int) -> list[Target]:
    """List what must not be known: small counts, and small rests of those that tell something."""
    wholes = wholes_of(figures)
    found: list[Target] = []
    for i, j in np.argwhere(small).tolist():
        if values[i, j] < fewest:
            found.append({(i, j): 1.0})
        whole = wholes[j]
        if whole is not None and _rest_is_small(
            values[i, whole] - values[i, j], figures[j], fewest
        ):
            found.append({(i, j): -1.0, (i, whole): 1.0})
    return found


def _rest_is_small(rest: int, figure: Figure, fewest: int) -> bool:
    return rest < fewest and (figure.telling or (figure.rest and rest > 0))


@dataclass(frozen=True, kw_only=True)
class _Known:
    """The counts, and how much room has to be left around each."""

    values: Counts
    public: Flags
    sums: Sums
    fewest: int

    def too_closely(self, targets: Sequence[Target], hidden: Flags) -> tuple[int, int] | None:
        """Find a count that is known more closely than hiding more would allow."""
        for target in targets:
            room = self._room(target, hidden)
            if room < self.fewest and room < self._room(target, self._all_hidden):
                return next(iter(target))
        return None

    def _room(self, target: Target, hidden: Flags) -> int:
        low, high = bounds(target, self.values, hidden, self.sums)
        return high - low

    @property
    def _all_hidden(self) -> Flags:
        return np.repeat(~self.public[:, None], self.values.shape[1], axis=1)


def _another(known: _Known, hidden: Flags, at: tuple[int, int]) -> tuple[int, int]:
    """Choose one more count to hide: where a gap stands alone in a sum, else beside this one."""
    (i, j), values, sums = at, known.values, known.sums
    every = [(total, *parts) for total, parts in sums.of_rows]
    alone = [each for each in every if hidden[list(each), j].sum() == 1]
    beside = [each for each in every if i in each]

    def cost(row: int, near: Sequence[tuple[int, ...]]) -> tuple[bool, bool, int, int, int]:
        closed = sum(row in each for each in near)
        return row in sums.totals, values[row, j] == 0, -closed, int(values[row, j]), row

    free = ~hidden & ~known.public[:, None]
    for near in (alone, beside, every):
        rows = [row for each in near for row in each if free[row, j]]
        if rows:
            return min(rows, key=lambda row: cost(row, near)), j
    row, column = np.argwhere(free)[0].tolist()
    return row, column
