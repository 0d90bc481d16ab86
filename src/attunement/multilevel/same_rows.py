"""Several models fitted to the rows that have what all of them need."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw

from attunement.frames import to_lazy
from attunement.multilevel.design import design_of
from attunement.multilevel.fitting import LEVEL, SESSION, fit
from attunement.multilevel.results import Fit
from attunement.multilevel.sums import in_memory


def fit_same_rows(
    table: Any,
    formulas: Sequence[str],
    *,
    reml: bool = True,
    ar1: bool | str = False,
    level: float = LEVEL,
) -> tuple[Fit, ...]:
    """Fit models to the rows that lack nothing any of them names, to compare them.

    The models and their sources are those of :func:`attunement.multilevel.fit`.

    Parameters
    ----------
    formulas
        One for each model.
    table, reml, ar1, level
        As for :func:`attunement.multilevel.fit`.

    Returns
    -------
    A fit for each formula, in their order; ``left_out`` counts rows that lack anything.

    Raises
    ------
    Problem
        As for :func:`attunement.multilevel.fit`.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"client": [1, 1, 1, 2, 2, 2, 3, 3, 3],
    ...                      "time": [0, 1, 2, 0, 1, 2, 0, 1, None],
    ...                      "score": [5.0, 4, 4, 9, 7, 6, 3, 2, 2]})
    >>> both = fit_same_rows(rows, ["score ~ 1 + (1 | client)", "score ~ time + (1 | client)"])
    >>> [(one.rows, one.left_out) for one in both]
    [(8, 1), (8, 1)]
    """
    lazy = to_lazy(table)
    order = None if not ar1 else SESSION if ar1 is True else ar1
    needed: list[nw.Expr] = []
    for design in [design_of(lazy, formula, order=order) for formula in formulas]:
        columns = [*design.columns, design.outcome]
        needed += [nw.col(name) for name in (*design.keys, *filter(None, [order]))]
        needed += [column.values.cast(nw.Float64).fill_nan(None) for column in columns]
    complete = lazy
    for one in needed:
        complete = complete.filter(~one.is_null())
    counted = [int(in_memory(rows.select(rows=nw.len())).item()) for rows in (lazy, complete)]
    native = complete.to_native()
    fits = [fit(native, formula, reml=reml, ar1=ar1, level=level) for formula in formulas]
    gone = counted[0] - counted[1]
    return tuple(replace(one, left_out=one.left_out + gone) for one in fits)
