"""Whether a model does as well for every group of clients as for all of them together."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.programme.disclosure.grouping import UNKNOWN, count_groups, groups_of
from attunement.programme.disclosure.withholding import FEWEST, Figure
from attunement.programme.retention.measures import auc, calibration
from attunement.programme.retention.model import OfGroup

Vector = NDArray[np.float64]

FEWEST_OF_A_GROUP = 30
FIGURES = (Figure(name="clients"), Figure(name="gone", of="clients", telling=True))


def by_group(
    rows: pl.DataFrame,
    forecast: Vector,
    people: Any,
    by: Sequence[str],
    fewest: int = FEWEST,
) -> tuple[OfGroup, ...]:
    """Test a forecast on each group of clients it was not learned from.

    A forecast may be good over all and bad for some: it is to be looked at by group before it is
    used (Mitchell et al. 2019, *Proc. FAT-star* 220-229). A group is tested where 30 or more of it
    left and 30 or more did not. Small counts are withheld, and others with them, so that none can
    be had by subtraction; where a single group is too small to test, the next smallest is not
    tested either, for the first could be had from all together.

    Parameters
    ----------
    rows
        At risk, with ``client`` and ``left``.
    forecast : shape (rows,)
        Of each row.
    people
        One row per ``client`` with the columns of ``by``.
    by
        Columns to group by, one at a time.
    fewest
        The smallest count that is shown.

    Returns
    -------
    A value per column and group, in their order.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> rows = pl.DataFrame({"client": range(600), "left": rng.random(600) < 0.3})
    >>> people = pl.DataFrame({"client": range(600), "gender": ["f", "m"] * 300})
    >>> found = by_group(rows, rng.random(600), people, ["gender"])
    >>> [(one.group, one.clients, round(one.auc.value, 2)) for one in found]
    [('f', 300, 0.47), ('m', 300, 0.46)]
    """
    if not by:
        return ()
    own = rows.group_by("client").agg(gone=pl.col("left").any())
    named = _text(own).join(_text(groups_of(people, by)), on="client", how="left")
    named = named.with_columns(pl.col(by).fill_null(UNKNOWN), clients=pl.lit(value=True))
    counts = count_groups(named, by, FIGURES, fewest)
    of_rows = _text(rows.select("client", "left")).join(named, on="client", how="left")
    found = []
    for column in by:
        here = counts.filter(pl.col("by") == column)
        tested = _tested(here)
        for row in here.iter_rows(named=True):
            inside = (of_rows[column] == row["group"]).to_numpy()
            numbers = (
                _numbers(of_rows.filter(pl.Series(inside)), forecast[inside])
                if row["group"] in tested
                else {}
            )
            found.append(
                OfGroup(
                    by=column,
                    group=row["group"],
                    clients=row["clients"],
                    events=row["gone"],
                    **numbers,
                )
            )
    return tuple(found)


def _text(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col("client").cast(pl.String))


def _tested(counts: pl.DataFrame) -> list[str]:
    """Name the groups that are large enough, and never all but one."""
    stayed = pl.col("clients") - pl.col("gone")
    enough = counts.filter(pl.col("gone") >= FEWEST_OF_A_GROUP, stayed >= FEWEST_OF_A_GROUP)
    if enough.height == counts.height - 1:
        enough = enough.sort("gone", "group").slice(1)
    return enough["group"].to_list()


def _numbers(rows: pl.DataFrame, forecast: Vector) -> dict[str, Any]:
    left, client = rows["left"].to_numpy(), rows["client"].to_numpy()
    found = calibration(forecast, left, client)
    return {"auc": auc(forecast, left, client), "slope": found.slope, "ratio": found.ratio}
