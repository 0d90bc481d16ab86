"""What a fitted model expects of rows, for clients it knows and for new ones."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from scipy.stats import t

from attunement.frames import hand_back, to_lazy, to_polars
from attunement.multilevel.estimation import Estimates
from attunement.multilevel.levels import Effects, Floor, below, climb, reduce
from attunement.multilevel.merging import unmerged
from attunement.multilevel.nesting import nesting_of
from attunement.multilevel.results import Fit
from attunement.multilevel.stacks import Array, pick
from attunement.multilevel.sums import rows_of, sums_of
from attunement.multilevel.units import in_units
from attunement.problems import Problem

NUMBER = "[0-9]+"


def predict(fit: Fit, table: Any, *, known: Any = None, level: float = 0.95) -> Any:
    r"""Predict single outcomes, with a band.

    A new client's is :math:`x^\top b` with variance :math:`x^\top \mathrm{Cov}(b)\,x + \sum_k
    z^\top \Psi_k z + \sigma^2`. A known client's counts what is known of them (best linear
    unbiased prediction, Henderson 1975, *Biometrics* 31:423; its variance counts that of b too).
    The band is :math:`\pm q` standard errors, with q of Student's t with as many degrees of
    freedom as clients less common effects.

    Parameters
    ----------
    fit
        From :func:`attunement.multilevel.fit`; the residuals' autocorrelation is not used.
    table
        Rows with the columns of the formula; the outcome may be absent.
    known
        Rows of clients of whom something is known, outcome and all: often the fitted table
        itself. A client in ``table`` who is not among them is new.
    level
        Share of single outcomes that the band holds.

    Returns
    -------
    The table with ``expected``, ``low`` and ``high`` (units of the outcome), null where a row
    lacks something; of the same kind, in memory.

    Raises
    ------
    Problem
        If a column is missing, or the level is not between 0 and 1.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.multilevel import fit
    >>> rows = pl.DataFrame({"client": [1, 1, 2, 2, 3, 3], "score": [5.0, 4, 9, 7, 2, 2]})
    >>> found = fit(rows, "score ~ 1 + (1 | client)")
    >>> known_and_new = pl.DataFrame({"client": [2, 4]})
    >>> predict(found, known_and_new, known=rows)["expected"].round(2).to_list()
    [7.85, 4.83]
    """
    if not 0 < level < 1:
        raise Problem(f"a band cannot cover a share of {level}", "say 0.95", field="level")
    found, rows = fit.estimates, to_polars(to_lazy(table))
    fixed, random = _columns(found, rows)
    mean, variance = fixed @ found.optimum.point.values, _of_new(found, fixed, random)
    if known is not None:
        effects = _effects(found, known)
        which = _whose(found, rows, effects.groups)
        seen = which >= 0
        own = _of_known(found, effects, fixed[seen], random[seen], which[seen])
        mean[seen], variance[seen] = mean[seen] + own[0], own[1]
    unit, centre = found.units.scale[-1], found.units.centre[-1] * found.units.centred
    df = max(found.nesting.sizes[0] - len(found.values), 1)
    expected = mean * unit + centre
    reach = t.ppf((1 + level) / 2, df) * np.sqrt(variance + found.optimum.point.residual) * unit
    columns = {"expected": expected, "low": expected - reach, "high": expected + reach}
    told = (pl.Series(name, values, nan_to_null=True) for name, values in columns.items())
    return hand_back(rows.with_columns(told), table)


def group_effects(fit: Fit, table: Any) -> pl.DataFrame:
    """Predict how every smallest group differs from what is common to all.

    Best linear unbiased prediction, ``Psi Z' V^-1 (y - X b)`` (Henderson 1975, *Biometrics* 31:423;
    cited from memory).

    Parameters
    ----------
    fit
        From :func:`attunement.multilevel.fit`.
    table
        The rows it was fitted to, or others of the same columns.

    Returns
    -------
    One row per group and effect: the group's names, ``term``, ``effect`` (with that of the groups
    above it: best linear unbiased prediction) and ``se`` (the common effects' uncertainty left
    out, as lme4 has it).

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.multilevel import fit
    >>> rows = pl.DataFrame({"client": [1, 1, 2, 2, 3, 3], "score": [5.0, 4, 9, 7, 2, 2]})
    >>> found = group_effects(fit(rows, "score ~ 1 + (1 | client)"), rows)
    >>> found.sort("client").select("client", pl.col("effect", "se").round(2)).rows()
    [(1, -0.32, 0.63), (2, 3.02, 0.63), (3, -2.7, 0.63)]
    """
    found = fit.estimates
    effects, units = _effects(found, table), found.units
    names = list(dict.fromkeys(name for level in found.nesting.levels for name in level.effects))
    back = np.linalg.pinv(units.effects(names))
    contrast = np.append(-found.optimum.point.values, 1.0)
    values = back @ np.tensordot(effects.whole.predicted, contrast, ((1,), (0,)))
    spread = np.einsum("ia,abg,ib->ig", back, effects.whole.uncertain, back)
    se = np.sqrt(found.residual * np.maximum(spread, 0.0))
    return pl.concat(
        effects.groups.with_columns(
            term=pl.lit(name), effect=pl.Series(value * units.scale[-1]), se=pl.Series(error)
        )
        for name, value, error in zip(names, values, se, strict=True)
    )


@dataclass(frozen=True, kw_only=True)
class Known:
    """Groups, and their effects together with those above them."""

    groups: pl.DataFrame
    whole: Effects


def _effects(found: Estimates, table: Any) -> Known:
    """Sum a table up, and predict every group's effects."""
    lazy, design = to_lazy(table), found.units.design
    sums = sums_of(rows_of(lazy, design, found.units.centre[1:].tolist()), design)
    nesting = nesting_of(sums.groups, found.nesting.levels)
    products = in_units(unmerged(sums.total, sums.rows, sums.cross, nesting.parents), found.units)
    factors = found.structure.factors(found.optimum.numbers)
    lowest = reduce(products.designs, factors[0])
    floors = climb(products.cells, lowest, factors[1:]) if products.cells else []
    above, parent = None, products.cells.parents[0] if products.cells else None
    for floor, factor in zip(reversed(floors), reversed(factors[1:]), strict=True):
        above = below(floor, factor, above).effects
    clients = Floor(reduced=lowest, cross=products.cross, parent=parent)
    return Known(groups=sums.groups, whole=below(clients, factors[0], above).effects)


def _columns(found: Estimates, rows: pl.DataFrame) -> tuple[Array, Array]:
    """Make the model's columns for rows: those common to all, and those that vary."""
    units = found.units
    values = to_polars(
        to_lazy(rows).with_columns(
            column.values.cast(nw.Float64).alias(f"_c{place}")
            for place, column in enumerate(units.design.columns)
        )
    ).select(pl.col(f"^_c{NUMBER}$").fill_null(np.nan))
    ones = np.ones((rows.height, 1))
    numbers = values.to_numpy().reshape(rows.height, values.width)
    columns = np.hstack([ones, numbers - units.centre[1:-1], 0 * ones])
    varying = len(units.design.random) + 1
    fixed = columns @ units.columns(units.kept)[:, :-1]
    return fixed, columns[:, :varying] / units.scale[:varying]


def _of_new(found: Estimates, fixed: Array, random: Array) -> Array:
    """Variance of a new client's own mean."""
    point = found.optimum.point
    between = sum(factor @ factor.T for factor in found.structure.factors(found.optimum.numbers))
    common = np.einsum("ri,ij,rj->r", fixed, point.inverse, fixed)
    own = np.einsum("ri,ij,rj->r", random, between, random)
    return np.asarray(point.residual * (common + own))


def _whose(found: Estimates, rows: pl.DataFrame, groups: pl.DataFrame) -> Array:
    """Find each row's group, -1 where it is not known."""
    keys = list(found.units.design.keys)
    place = groups.with_row_index("_place").with_columns(pl.col("_place").cast(pl.Int64))
    joined = rows.select(keys).join(place, on=keys, how="left", maintain_order="left")
    return joined["_place"].fill_null(-1).to_numpy()


def _of_known(
    found: Estimates, effects: Known, fixed: Array, random: Array, which: Array
) -> tuple[Array, Array]:
    """Give what known clients' own effects add to rows, and the variance of their means."""
    point = found.optimum.point
    contrast = np.append(-point.values, 1.0)
    own = np.tensordot(effects.whole.predicted, contrast, ((1,), (0,)))
    added = np.einsum("rq,qr->r", random, pick(own, which))
    share = np.einsum("rq,qmr->rm", random, pick(effects.whole.predicted, which))[:, :-1]
    left = fixed - share
    variance = np.einsum("ri,ij,rj->r", left, point.inverse, left) + np.einsum(
        "rq,qpr,rp->r", random, pick(effects.whole.uncertain, which), random
    )
    return added, point.residual * variance
