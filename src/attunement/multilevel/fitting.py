"""Fit a linear mixed model to a table of any kind."""

from typing import Any

import narwhals as nw
import numpy as np

from attunement.frames import to_lazy
from attunement.multilevel.design import design_of
from attunement.multilevel.estimation import Estimates, estimate
from attunement.multilevel.merging import merged
from attunement.multilevel.nesting import nesting_of
from attunement.multilevel.results import (
    Fit,
    coefficients_of,
    correlations_of,
    icc_of,
    variances_of,
)
from attunement.multilevel.sums import in_memory, sums_of
from attunement.multilevel.units import units_of
from attunement.multilevel.warnings import warnings_of

LEVEL = 0.95


def fit(
    table: Any, formula: str, *, reml: bool = True, ar1: bool = False, level: float = LEVEL
) -> Fit:
    r"""Fit a linear mixed model.

    Parameters
    ----------
    table
        Polars (eager or lazy), pandas, PyArrow, DuckDB or Spark, one row per observation. A row
        that lacks anything the formula names is left out.
    formula
        Such as ``"bdi ~ bdi_pre + time + treatment + (1 + time | client)"``: effects common to
        all in the language of Wilkinson and Rogers (categories, interactions, ``log``, ``sqrt``,
        ``I(time**2)`` ...), and in parentheses what varies over which groups. ``(1 | a/b)``
        lets intercepts vary over groups a and over groups b within them; two bars forbid that
        effects vary together.
    reml
        Restricted likelihood (for variances), or full (to compare different fixed effects).
    level
        Confidence of the intervals.

    Raises
    ------
    Problem
        If the formula cannot be understood, or the table cannot carry it.
    """
    lazy = to_lazy(table)
    design = design_of(lazy, formula)
    sums = sums_of(lazy, design)
    nesting = nesting_of(sums.groups, design.levels)
    units = units_of(design, sums.centre, sums.total)
    products = merged(sums.total, sums.rows, sums.cross, nesting.parents)
    found = estimate(products, units, nesting, reml=reml)
    every = int(in_memory(lazy.select(rows=nw.len())).item())
    return told(found, every - sums.rows, level)


def told(found: Estimates, left_out: int, level: float) -> Fit:
    """Put estimates into tables."""
    parameters = len(found.values) + len(found.optimum.numbers) + 1
    return Fit(
        formula=found.units.design.formula.text,
        reml=found.reml,
        coefficients=coefficients_of(found, level),
        covariance=found.covariance,
        variances=variances_of(found),
        correlations=correlations_of(found),
        icc=icc_of(found),
        log_likelihood=-found.deviance / 2,
        deviance=found.deviance,
        aic=found.deviance + 2 * parameters,
        bic=float(found.deviance + np.log(found.products.rows) * parameters),
        parameters=parameters,
        rows=found.products.rows,
        left_out=left_out,
        groups={
            one.name: size
            for one, size in zip(found.nesting.levels, found.nesting.sizes, strict=True)
        },
        level=level,
        phi=None,
        warnings=warnings_of(found),
        estimates=found,
    )
