"""Groups of clients: counted, with small numbers withheld, everybody together on top."""

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import polars as pl

from attunement.frames import to_lazy, to_polars
from attunement.problems import Problem
from attunement.programme.disclosure.withholding import FEWEST, Figure, withhold

UNKNOWN = "not known"
MOST_GROUPS = 40


def groups_of(people: Any, by: Sequence[str]) -> pl.DataFrame:
    """Read which groups every client belongs to.

    The layout is our own; it estimates nothing.

    Parameters
    ----------
    people
        A table of any kind with one row per ``client``.
    by
        Its columns to group by, such as age band, gender, ethnicity, language or funding.

    Returns
    -------
    ``client`` and the columns of ``by`` as text; an empty field becomes "not known".

    Raises
    ------
    Problem
        If a column is missing, or a client has two rows.

    Examples
    --------
    >>> people = pl.DataFrame({"client": ["a", "b", "c"], "language": ["de", None, "en"]})
    >>> groups_of(people, ["language"]).rows()
    [('a', 'de'), ('b', 'not known'), ('c', 'en')]
    """
    frame = to_lazy(people)
    columns = frame.collect_schema().names()
    by = list(by)
    missing = [name for name in ("client", *by) if name not in columns]
    if missing:
        raise Problem(
            f"the table of people has no column {' or '.join(missing)}",
            f"the columns here are {', '.join(columns[:12])}",
        )
    rows = to_polars(frame.filter(~nw.col("client").is_null()).select("client", *by))
    for client in rows.filter(pl.col("client").is_duplicated())["client"].head(1):
        raise Problem(f"client {client} has two rows in the table of people", "keep one of them")
    return rows.with_columns(pl.col(by).cast(pl.String).fill_null(UNKNOWN))


def count_groups(
    rows: pl.DataFrame, by: Sequence[str], figures: Sequence[Figure], fewest: int = FEWEST
) -> pl.DataFrame:
    """Count every group of every column, with what is small, or gives it away, withheld.

    What is withheld is decided by :func:`~attunement.programme.disclosure.withholding.withhold`,
    where the source stands.

    Parameters
    ----------
    rows
        A row per client: the columns of ``by`` and, for every figure, a column that says whether
        the client counts.
    by
        Columns to group by, one at a time.
    figures
        What to count.
    fewest
        The smallest count that may be shown.

    Returns
    -------
    A row per column and group: ``by``, ``group``, and the figures, null where withheld.

    Raises
    ------
    Problem
        If a column has more than 40 groups.

    Examples
    --------
    >>> rows = pl.DataFrame({"language": ["de"] * 20 + ["en"] * 15 + ["es"] * 2,
    ...                      "clients": True})
    >>> for row in count_groups(rows, ["language"], [Figure(name="clients")], fewest=5).rows():
    ...     print(row)
    ('language', 'de', 20)
    ('language', 'en', None)
    ('language', 'es', None)
    """
    added = [pl.col(figure.name).sum().cast(pl.Int64) for figure in figures]
    shown = []
    for name in by:
        of_groups = rows.group_by(group=pl.col(name)).agg(added).sort("group")
        if of_groups.height > MOST_GROUPS:
            raise Problem(
                f"{name} has {of_groups.height} groups",
                f"put them together to {MOST_GROUPS} at most, or compare them in a funnel",
                field="by",
            )
        total = rows.select(group=pl.lit(None, dtype=pl.String)).head(1)
        table = pl.concat([total.hstack(rows.select(added)), of_groups], how="vertical")
        kept = withhold(table, ["group"], figures, fewest).filter(pl.col("group").is_not_null())
        shown.append(kept.select(pl.lit(name).alias("by"), pl.all()))
    return pl.concat(shown)
