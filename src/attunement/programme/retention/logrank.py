"""Compare the rates at which groups leave."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import chi2

from attunement.problems import Problem


@dataclass(frozen=True, kw_only=True)
class LogRank:
    """A log-rank test.

    Attributes
    ----------
    chi2 : float
        The statistic.
    df : int
        Groups less one.
    p : float
        Chance of a statistic as large, were there no difference.
    """

    chi2: float
    df: int
    p: float


def log_rank(tables: Mapping[str, pl.DataFrame]) -> LogRank:
    """Compare the rates at which groups leave, over all times.

    Mantel 1966, *Cancer Chemother. Rep.* 50:163-170, for any number of groups: observed less
    expected leavers, held against their multivariate hypergeometric covariance.

    ``chi2 = (O - E)' V^-1 (O - E)``.

    Parameters
    ----------
    tables
        From :func:`~attunement.programme.retention.curve.life_table`, by group.

    Raises
    ------
    Problem
        If there are fewer than two groups, or nobody left.

    Examples
    --------
    >>> from attunement.programme.retention.curve import life_table
    >>> a = life_table(pl.Series([1, 2, 2, 3]), pl.Series([1, 1, 1, 1]))
    >>> b = life_table(pl.Series([4, 5, 6, 6]), pl.Series([1, 1, 0, 0]))
    >>> found = log_rank({"a": a, "b": b})
    >>> round(found.chi2, 2), found.df, round(found.p, 3)
    (7.29, 1, 0.007)
    """
    if len(tables) < 2:
        raise Problem("there are no two groups to compare", "choose another column", field="by")
    stacked = pl.concat(
        table.select("time", "at_risk", "left", group=pl.lit(i))
        for i, table in enumerate(tables.values())
    )
    times = np.unique(stacked.filter(pl.col("left") > 0)["time"].to_numpy())
    if times.size == 0:
        raise Problem("nobody left", "there is nothing to compare")
    n, d = (np.stack([_at(table, column, times) for table in tables.values()], axis=1)
            for column in ("at_risk", "left"))  # fmt: skip
    all_n, all_d = n.sum(axis=1), d.sum(axis=1)
    share = n / all_n[:, None]
    away = (d - share * all_d[:, None]).sum(axis=0)
    factor = np.where(all_n > 1, all_d * (all_n - all_d) / np.maximum(all_n - 1, 1), 0.0)
    covariance = (
        np.diag((factor[:, None] * share).sum(axis=0)) - (factor[:, None] * share).T @ share
    )
    statistic = float(away[1:] @ np.linalg.pinv(covariance[1:, 1:]) @ away[1:])
    df = len(tables) - 1
    return LogRank(chi2=statistic, df=df, p=float(chi2.sf(statistic, df)))


def _at(table: pl.DataFrame, column: str, times: np.ndarray) -> np.ndarray:
    """Numbers at risk, or leaving, at given times."""
    own, counts = table["time"].to_numpy(), table[column].to_numpy().astype(float)
    place = np.searchsorted(own, times)
    if column == "at_risk":
        return np.append(counts, 0.0)[place]
    there = np.isin(times, own)
    return np.where(there, np.append(counts, 0.0)[place], 0.0)
