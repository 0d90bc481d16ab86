"""A scale's answers laid out for statistics: a row per check-in, a column per item."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.frames import to_lazy, to_polars
from attunement.measures.reliability.alpha import Matrix, Vector
from attunement.problems import Problem
from attunement.tables import RESPONSES

Ranges = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class CheckIns:
    """Answers to one scale's items, a row per client and session.

    Attributes
    ----------
    items : tuple of str
        In the order of the columns.
    clients : shape (check-ins,)
        Whose check-in it is; clients are numbered from 0.
    sessions : shape (check-ins,)
        At which session.
    answers : shape (check-ins, items)
        Reversed items turned round; NaN where not answered.
    low, high : shape (items,)
        Each item's range.
    """

    items: tuple[str, ...]
    clients: NDArray[np.int64]
    sessions: NDArray[Any]
    answers: Matrix
    low: Vector
    high: Vector

    @property
    def first_complete(self) -> Matrix:
        """Each client's first check-in with every item answered: shape (clients, items)."""
        kept = np.isfinite(self.answers).all(axis=1)
        _, first = np.unique(self.clients[kept], return_index=True)
        rows: Matrix = self.answers[kept][first]
        return rows

    def totals_at(self, session: int) -> Vector:
        """Each client's sum at one session, NaN where an answer is missing: shape (clients,)."""
        totals = np.full(int(self.clients.max()) + 1, np.nan)
        there = self.sessions == session
        totals[self.clients[there]] = self.answers[there].sum(axis=1)
        return totals


def check_ins(
    responses: Any,
    *,
    instrument: str,
    ranges: Ranges,
    reversed_items: Collection[str] = (),
    rater: str | None = None,
) -> CheckIns:
    """Lay out the answers to a scale's items.

    The layout is our own; it estimates nothing.

    Parameters
    ----------
    responses
        The table ``responses``.
    instrument
        Its id.
    ranges
        The scale's items, each with its lowest and highest answer, before reversing.
    reversed_items
        Those that count the other way round: lowest plus highest less the answer.
    rater
        Whose answers, where the table has both.

    Returns
    -------
    Check-ins with one answer or more, in the order of clients and sessions.

    Raises
    ------
    Problem
        If the table lacks a column, an item was never answered, an answer is out of range,
        or a client answered the same item twice in a session.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"client": ["a", "a", "b", "b"], "session": 1, "instrument": "mine",
    ...                      "item": ["one", "two"] * 2, "value": [3.0, 1, 2, 2]})
    >>> found = check_ins(rows, instrument="mine", ranges={"one": (0, 4), "two": (0, 4)},
    ...                   reversed_items=["two"])
    >>> found.answers.tolist()
    [[3.0, 3.0], [2.0, 2.0]]
    """
    RESPONSES.require(responses)
    frame = to_lazy(responses)
    if rater is not None and "rater" in frame.collect_schema().names():
        frame = frame.filter(nw.col("rater") == rater)
    value = nw.col("value").cast(nw.Float64)
    own = to_polars(
        frame.filter(nw.col("instrument") == instrument, nw.col("item").is_in(list(ranges)))
        .select("client", "session", "item", value=nw.when(~value.is_nan()).then(value))
        .filter(~nw.col("value").is_null())
    ).sort("client", "session", "item")
    _check(own, instrument, ranges)
    wide = own.pivot("item", index=["client", "session"], values="value")
    answers = wide.select(*ranges).fill_null(np.nan).to_numpy()
    low, high = np.array(list(ranges.values()), dtype=float).T
    turned = np.isin(list(ranges), list(reversed_items))
    return CheckIns(
        items=tuple(ranges),
        clients=wide["client"].rank("dense").to_numpy().astype(np.int64) - 1,
        sessions=wide["session"].to_numpy(),
        answers=np.where(turned, low + high - answers, answers),
        low=low,
        high=high,
    )


def _check(own: pl.DataFrame, instrument: str, ranges: Ranges) -> None:
    never = [item for item in ranges if item not in set(own["item"])]
    if never or not ranges:
        raise Problem(
            f"nobody answered {', '.join(never[:12]) or 'anything'} of {instrument}",
            "check the names in the columns instrument and item, and the rater",
        )
    low, high = (
        pl.col("item").replace_strict({item: ends[side] for item, ends in ranges.items()})
        for side in (0, 1)
    )
    for row in own.filter(~pl.col("value").is_between(low, high)).head(1).iter_rows(named=True):
        allowed = "{:g} to {:g}".format(*ranges[row["item"]])
        raise Problem(
            f"client {row['client']} answered {row['value']:g} to {row['item']} of {instrument} "
            f"at session {row['session']}, which is not from {allowed}",
            "correct the answer or leave it empty",
        )
    twice = own.filter(own.select("client", "session", "item").is_duplicated())
    for row in twice.head(1).iter_rows(named=True):
        raise Problem(
            f"client {row['client']} answered {row['item']} of {instrument} more than once "
            f"at session {row['session']}",
            "keep one answer, or name the rater",
        )
