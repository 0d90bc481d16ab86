"""What is a client's own usual level, and what a session departs from it."""

import numpy as np
import polars as pl

LEAST_WITHIN = 0.01


def centred(pairs: pl.DataFrame) -> pl.DataFrame:
    """Split the alliance into the client's usual level and the session's departure from it.

    The trend that clients share is taken off before levels are formed (by the slope within
    clients), so that a client with later sessions does not seem to have another level.

    ``within = a_it - mean_i`` and ``between = mean_i - mean of clients`` (Curran and Bauer 2011,
    *Annu. Rev. Psychol.* 62:583; cited from memory).

    Parameters
    ----------
    pairs
        From :func:`attunement.programme.alliance_outcome.pairing.pairs_of`.

    Returns
    -------
    The same rows with ``time`` (sessions from the mean session), ``between`` (the client's mean,
    less the mean of clients) and ``within`` (the session less the client's mean).

    Examples
    --------
    >>> pairs = pl.DataFrame({"client": [1, 1, 2, 2], "session": [1, 2, 1, 2],
    ...                       "alliance": [6.0, 8, 4, 4], "outcome": [12.0, 9, 15, 15]})
    >>> centred(pairs).select("client", "between", "within").rows()
    [(1, 1.5, -0.5), (1, 1.5, 0.5), (2, -1.5, 0.5), (2, -1.5, -0.5)]
    """
    time = (pl.col("session") - pl.col("session").mean()).cast(pl.Float64)
    rows = pairs.with_columns(time=time)
    steady = pl.col("alliance") - common_slope(rows, "alliance") * pl.col("time")
    level = pl.col("steady").mean().over("client")
    return (
        rows.with_columns(steady=steady)
        .with_columns(level=level)
        .with_columns(
            within=pl.col("steady") - pl.col("level"),
            between=pl.col("level") - pl.col("level").filter(first_of_client()).mean(),
        )
        .drop("steady", "level")
    )


def first_of_client() -> pl.Expr:
    """Mark one row of every client."""
    return pl.int_range(pl.len()).over("client") == 0


def moved(name: str) -> pl.Expr:
    """Give a column less its mean within the client."""
    return pl.col(name) - pl.col(name).mean().over("client")


def common_slope(rows: pl.DataFrame, name: str) -> float:
    """Slope on time that clients share, from within clients; 0 where time never passes."""
    sums = rows.with_columns(t=moved("time"), x=moved(name)).select(
        above=(pl.col("t") * pl.col("x")).sum(), below=(pl.col("t") ** 2).sum()
    )
    above, below = sums.row(0)
    return float(above / below) if below > 0 else 0.0


def within_share(rows: pl.DataFrame) -> float:
    """Share of the alliance's variance that lies within clients, after the common trend."""
    within, between = rows["within"].to_numpy(), rows["between"].to_numpy()
    whole = float(within.var() + between.var())
    return float(within.var() / whole) if whole > 0 else 0.0


def detrended(rows: pl.DataFrame, *, fewest: int = 4) -> pl.DataFrame:
    """Take each client's own straight line off both series.

    Wang and Maxwell 2015, *Psychol. Methods* 20:63; Curran and Bauer 2011, *Annu. Rev. Psychol.*
    62:583 (cited from memory).

    Left is ``a_it - (p_i + q_i t)``, with level and slope of each client by least squares.

    Parameters
    ----------
    rows
        From :func:`centred`.
    fewest
        Clients with fewer rows are left out: a line through them leaves next to nothing.

    Returns
    -------
    ``client``, ``alliance`` and ``outcome`` as departures from the client's own line.

    Examples
    --------
    >>> pairs = pl.DataFrame({"client": [1] * 4, "session": [1, 2, 3, 4],
    ...                       "alliance": [6.0, 8, 7, 9], "outcome": [12.0, 9, 10, 8]})
    >>> detrended(centred(pairs))["alliance"].round(1).to_list()
    [-0.3, 0.9, -0.9, 0.3]
    """
    kept = rows.filter(pl.len().over("client") >= fewest).with_columns(
        t=moved("time"), alliance=moved("alliance"), outcome=moved("outcome")
    )
    below = (pl.col("t") ** 2).sum().over("client")
    return kept.select(
        "client",
        *(
            pl.col(name) - (pl.col("t") * pl.col(name)).sum().over("client") / below * pl.col("t")
            for name in ("alliance", "outcome")
        ),
    )


def spread(rows: pl.DataFrame, name: str) -> float:
    """Give the standard deviation of a column within clients."""
    values = rows.select(moved(name)).to_series().to_numpy()
    free = len(values) - rows["client"].n_unique()
    return float(np.sqrt((values**2).sum() / free)) if free > 0 else 0.0
