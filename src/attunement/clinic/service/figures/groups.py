"""Small groups of clients, put together before anything is counted: so more may be seen of them."""

from collections.abc import Sequence

import polars as pl

from attunement.programme.disclosure.grouping import UNKNOWN

OTHERS = "others"


def put_together(people: pl.DataFrame, by: Sequence[str], fewest: int) -> pl.DataFrame:
    """Put the smallest groups of each column together until they are ``fewest`` clients or more.

    What is generalised need not be withheld, and with it other groups so that it stays so
    (Willenborg & de Waal 2001, *Elements of Statistical Disclosure Control*, global recoding).

    Parameters
    ----------
    people
        One row per client with the columns of ``by``.
    by
        Columns of groups.
    fewest
        A smaller group does not stand alone.
    """
    for name in by:
        named = people.with_columns(pl.col(name).fill_null(UNKNOWN))
        few, total = [], 0
        for group, size in named.group_by(name).len().sort("len", name).iter_rows():
            if size >= fewest and not 0 < total < fewest:
                break
            few.append(group)
            total += size
        people = named.with_columns(
            pl.when(pl.col(name).is_in(few)).then(pl.lit(OTHERS)).otherwise(name).alias(name)
        )
    return people
