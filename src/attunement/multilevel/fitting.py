"""Fit a linear mixed model to a table of any kind."""

from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
from scipy.optimize import minimize_scalar

from attunement.frames import to_lazy
from attunement.multilevel.design import design_of
from attunement.multilevel.estimation import Estimates, estimate
from attunement.multilevel.results import Fit, told
from attunement.multilevel.sites import CrossProducts, cross_products, gathered
from attunement.multilevel.sums import in_memory, rows_of
from attunement.multilevel.units import units_of
from attunement.multilevel.whitening import lagged, whitened_sums
from attunement.problems import Problem

LEVEL = 0.95
SESSION = "session"
STRONGEST = 0.99
PRECISION = 1e-6


def fit(
    table: Any,
    formula: str,
    *,
    reml: bool = True,
    ar1: bool | str = False,
    level: float = LEVEL,
) -> Fit:
    r"""Fit a linear mixed model.

    :math:`y = X\beta + Zu + e` with normal :math:`u` and :math:`e` (Laird & Ware 1982,
    *Biometrics* 38:963-974), by the exact likelihood. One pass over the rows, which the table's
    own engine does, sums every client's products; the rest needs those sums alone (see
    :mod:`attunement.multilevel.likelihood`).

    Parameters
    ----------
    table
        Polars (eager or lazy), pandas, PyArrow, DuckDB or Spark, one row per observation. A row
        that lacks anything the formula names is left out.
    formula
        Such as ``"bdi ~ bdi_pre + time + treatment + (1 + time | client)"``: effects common to
        all in the language of Wilkinson & Rogers (1973, *Appl. Stat.* 22:392-399), with
        categories, interactions and ``log``, ``sqrt``, ``I(time**2)`` and their like; and in
        parentheses what varies over which groups. ``(1 | therapist/client)`` lets intercepts
        vary over therapists, and over clients within them; two bars, ``(1 + time || client)``,
        forbid that effects vary together. A name that is none in Python stands in backticks.
    reml
        By restricted likelihood (for variances and small samples), or full (to compare models
        with different common effects).
    ar1
        Whether residuals of one client follow one another as a first-order autoregression, its
        strength estimated too: the column that orders a client's rows, or True for ``session``.
        A step of two counts as two (as in ``corAR1`` of nlme with that column).
    level
        Confidence of the intervals.

    Returns
    -------
    A frozen result with tables of coefficients and variances, and with warnings.

    Raises
    ------
    Problem
        If the formula cannot be understood, a column is not there, no row is complete, or groups
        cross each other.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.multilevel import fit
    >>> rows = pl.DataFrame({"client": [1, 1, 2, 2, 3, 3], "score": [5.0, 4, 9, 7, 2, 2]})
    >>> fit(rows, "score ~ 1 + (1 | client)").coefficients["estimate"].round(2).to_list()
    [4.83]
    """
    if ar1:
        return _autocorrelated(table, formula, SESSION if ar1 is True else ar1, reml, level)
    return fit_products(cross_products(table, formula), reml=reml, level=level)


def fit_products(products: CrossProducts, *, reml: bool = True, level: float = LEVEL) -> Fit:
    """Fit a model to cross-products, of one site or of several combined.

    The model and its sources are those of :func:`fit`.

    Parameters
    ----------
    products
        From :func:`attunement.multilevel.cross_products` or
        :func:`attunement.multilevel.combine`.
    reml, level
        As for :func:`fit`.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.multilevel import cross_products
    >>> rows = pl.DataFrame({"client": [1, 1, 2, 2, 3, 3], "score": [5.0, 4, 9, 7, 2, 2]})
    >>> found = fit_products(cross_products(rows, "score ~ 1 + (1 | client)"))
    >>> found.coefficients["estimate"].round(2).to_list(), found.variances["sd"].round(2).to_list()
    ([4.83], [2.94, 0.91])
    """
    return told(_estimates(products, reml=reml), level, products.left_out)


def _estimates(products: CrossProducts, *, reml: bool) -> Estimates:
    units = units_of(products.design, products.centre, products.products)
    rows, effects = products.products.rows, len(units.kept)
    if rows <= effects:
        raise Problem(
            f"there are {rows} complete rows for {effects} effects",
            "collect more, or ask for fewer effects",
        )
    found = estimate(products.products, units, products.nesting, reml=reml)
    return replace(found, deviance=found.deviance + products.logs, phi=products.phi)


def _autocorrelated(table: Any, formula: str, order: str, reml: bool, level: float) -> Fit:
    """Find the autocorrelation whose whitened rows are most likely."""
    lazy = to_lazy(table)
    design = design_of(lazy, formula, order=order)
    rows = lagged(rows_of(lazy, design))
    every = int(in_memory(lazy.select(rows=nw.len())).item())

    def at(phi: float) -> CrossProducts:
        sums = whitened_sums(rows, design, phi)
        return gathered(sums, design, every - sums.rows, phi)

    found = minimize_scalar(
        lambda phi: _estimates(at(float(phi)), reml=reml).deviance,
        bounds=(-STRONGEST, STRONGEST),
        method="bounded",
        options={"xatol": PRECISION},
    )
    products = at(float(np.clip(found.x, -STRONGEST, STRONGEST)))
    return fit_products(products, reml=reml, level=level)
