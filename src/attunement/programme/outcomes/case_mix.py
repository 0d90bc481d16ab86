"""What would be expected of a unit's clients, were they seen by the average unit."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from attunement.problems import Problem

Vector = NDArray[np.float64]

RIDGE = 100.0
EVENTS_PER_COLUMN = 10


def expected_chances(rows: pl.DataFrame, outcome: str, adjust: Sequence[str]) -> Vector:
    """Forecast every client's chance of an outcome from what they brought with them.

    Indirect standardisation by logistic regression over all units together (Iezzoni 2013, *Risk
    Adjustment for Measuring Health Care Outcomes*), with a weak ridge penalty against separation.
    A missing number counts as the mean and gets a flag, a missing group is a group.

    ``log(p / (1 - p)) = a + b'x``.

    Parameters
    ----------
    rows
        A row per client.
    outcome
        Column of true and false, none missing.
    adjust
        Columns of numbers or groups that were there before therapy; with none, every client has
        the same chance.

    Returns
    -------
    ndarray, shape (rows,)
        They add up to the number of clients with the outcome.

    Raises
    ------
    Problem
        If a column is missing, or there are fewer than 10 of either outcome for every weight.

    Examples
    --------
    >>> better = [True, True, False, False, True, False, True, False]
    >>> rows = pl.DataFrame({"first": [8.0, 12, 16, 20] * 20, "better": better * 10})
    >>> chances = expected_chances(rows, "better", ["first"])
    >>> chances[:4].round(2).tolist(), round(float(chances.sum()), 1)
    ([0.93, 0.7, 0.3, 0.07], 40.0)
    """
    y = rows[outcome].to_numpy().astype(bool)
    rate = float(y.mean())
    if not adjust or not 0 < rate < 1:
        return np.full(y.size, rate)
    design = np.column_stack([column for name in adjust for column in _columns(rows, name)])
    rarer = int(min(y.sum(), (~y).sum()))
    if rarer < EVENTS_PER_COLUMN * design.shape[1]:
        raise Problem(
            f"{rarer} clients are too few to adjust for {design.shape[1]} numbers and groups",
            "adjust for less, or put small groups together",
            field="adjust",
        )
    fitted = LogisticRegression(C=RIDGE, solver="newton-cholesky", max_iter=200).fit(design, y)
    return np.asarray(fitted.predict_proba(design)[:, 1], dtype=float)


def _columns(rows: pl.DataFrame, name: str) -> list[Vector]:
    if name not in rows.columns:
        raise Problem(f"there is no column {name} to adjust for", "check its name", field="adjust")
    values = rows[name]
    if values.dtype.is_numeric():
        return _number(values)
    groups = values.cast(pl.String).fill_null("not known")
    return [(groups == group).cast(pl.Float64).to_numpy() for group in groups.unique().sort()[1:]]


def _number(values: pl.Series) -> list[Vector]:
    numbers = values.cast(pl.Float64).fill_nan(None)
    known = numbers.drop_nulls().to_numpy()
    if not known.size or known.std() == 0:
        return []
    scaled = (numbers.fill_null(float(known.mean())).to_numpy() - known.mean()) / known.std()
    gaps = numbers.is_null()
    return [scaled, gaps.cast(pl.Float64).to_numpy()] if gaps.any() else [scaled]
