"""Cross-products: all that a fit needs of a table; those of several sites add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import narwhals as nw
import numpy as np

from attunement.frames import to_lazy
from attunement.multilevel.design import Design, design_of
from attunement.multilevel.merging import merged
from attunement.multilevel.nesting import Nesting, nesting_of
from attunement.multilevel.products import Cells, Products
from attunement.multilevel.stacks import Array, Index
from attunement.multilevel.sums import Sums, in_memory, rows_of, sums_of
from attunement.problems import Problem


@dataclass(frozen=True, kw_only=True)
class CrossProducts:
    """What is left of a table once its rows are summed.

    No row is in it. A design that only one client has still carries that client's sums.

    Attributes
    ----------
    design : Design
        The formula, held against the table.
    nesting : Nesting
        The levels, from the smallest groups to the largest.
    centre : shape (columns,)
        What was taken off each column before it was summed.
    products : Products
        Of the constant, the columns and the outcome; clients of equal design merged.
    left_out : int
        How many rows lacked something.
    phi : float or None
        The autocorrelation that rows were whitened by.
    logs : float
        The logarithm of the determinant of the residuals' correlation matrix.
    """

    design: Design
    nesting: Nesting
    centre: Array
    products: Products
    left_out: int
    phi: float | None = None
    logs: float = 0.0


def cross_products(
    table: Any, formula: str, *, categories: Mapping[str, Sequence[Any]] | None = None
) -> CrossProducts:
    """Sum a table up, so far that only a fit can be made of it.

    Kept are the sums of ``x x'`` over each client's rows, from which the likelihood of Laird & Ware
    (1982, *Biometrics* 38:963-974) follows exactly; the way they are merged is our own.

    Parameters
    ----------
    table, formula
        As for :func:`attunement.multilevel.fit`.
    categories
        For columns that hold text, all their values in order: so that sites that lack one can
        still be combined with those that have it.

    Raises
    ------
    Problem
        As for :func:`attunement.multilevel.fit`.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.multilevel import combine, cross_products, fit_products
    >>> rows = pl.DataFrame({"client": [1, 1, 2, 2, 3, 3], "score": [5.0, 4, 9, 7, 2, 2]})
    >>> sites = [rows.filter(pl.col("client") < 2), rows.filter(pl.col("client") > 1)]
    >>> each = [cross_products(site, "score ~ 1 + (1 | client)") for site in sites]
    >>> fit_products(combine(each)).groups
    {'client': 3}
    """
    lazy = to_lazy(table)
    design = design_of(lazy, formula, categories=categories)
    sums = sums_of(rows_of(lazy, design), design)
    every = int(in_memory(lazy.select(rows=nw.len())).item())
    return gathered(sums, design, every - sums.rows)


def gathered(sums: Sums, design: Design, left_out: int, phi: float | None = None) -> CrossProducts:
    """Merge clients of equal design, under the groups that they lie in."""
    nesting = nesting_of(sums.groups, design.levels)
    return CrossProducts(
        design=design,
        nesting=nesting,
        centre=sums.centre,
        products=merged(sums.total, sums.rows, sums.cross, nesting.parents),
        left_out=left_out,
        phi=phi,
        logs=sums.logs,
    )


def combine(sites: Sequence[CrossProducts]) -> CrossProducts:
    """Add up the cross-products of several sites, as if all rows were in one table.

    Groups of different sites are different groups, whatever they are called.

    ``X'X`` and ``X'y`` of all rows are the sums of those of their parts; the way they are laid out
    is our own.

    Raises
    ------
    Problem
        If the sites' formulas or categories differ, or there is none.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.multilevel import cross_products, fit_products
    >>> rows = pl.DataFrame({"client": [1, 1, 2, 2, 3, 3], "score": [5.0, 4, 9, 7, 2, 2]})
    >>> sites = [rows.filter(pl.col("client") < 2), rows.filter(pl.col("client") > 1)]
    >>> both = combine([cross_products(site, "score ~ 1 + (1 | client)") for site in sites])
    >>> fit_products(both).coefficients["estimate"].round(2).to_list()
    [4.83]
    """
    if not sites:
        raise Problem("there is nothing to combine", "give the cross-products of a site or more")
    return reduce(_together, sites)


def _together(one: CrossProducts, other: CrossProducts) -> CrossProducts:
    same = ("fixed", "random", "categories", "levels")
    if any(getattr(one.design, part) != getattr(other.design, part) for part in same):
        raise Problem(
            "the sites' models differ in a formula, or in a column's categories",
            "give all of them one formula, and say all categories: "
            "cross_products(table, formula, categories={'treatment': ['BtheB', 'TAU']})",
        )
    if one.phi is not None or other.phi is not None:
        raise Problem("whitened rows cannot be combined", "combine without autocorrelation")
    nested, added = one.nesting, other.nesting
    if nested.levels != added.levels:
        raise Problem("the sites' levels are in a different order", "name them by '/'")
    return replace(
        one,
        nesting=Nesting(
            levels=nested.levels,
            sizes=tuple(map(sum, zip(nested.sizes, added.sizes, strict=True))),
            parents=(),
        ),
        products=_added(one.products, _moved(other.products, other.centre - one.centre), nested),
        left_out=one.left_out + other.left_out,
    )


def _moved(products: Products, shift: Array) -> Products:
    """Give columns another centre, ``shift`` below the one they had."""
    matrix = np.eye(len(shift))
    matrix[0] += shift
    random = matrix[: len(products.designs), : len(products.designs)]

    def moved(stack: Array, right: Array) -> Array:
        inner = np.tensordot(random.T, stack, 1)
        return np.asarray(np.tensordot(right.T, inner, ((1,), (1,))).swapaxes(0, 1))

    cells = products.cells
    return replace(
        products,
        total=matrix.T @ products.total @ matrix,
        designs=moved(products.designs, random),
        cross=moved(products.cross, matrix),
        cells=cells and replace(cells, sums=moved(cells.sums, matrix)),
    )


def _added(one: Products, other: Products, nesting: Nesting) -> Products:
    designs = len(one.clients)
    cells = None
    if one.cells and other.cells:
        cells = Cells(
            sums=_side_by_side(one.cells.sums, other.cells.sums),
            clients=_side_by_side(one.cells.clients, other.cells.clients),
            design=_side_by_side(
                _places(one.cells.design, one.cells.clients),
                _places(other.cells.design, other.cells.clients) + designs,
            ),
            parents=tuple(
                _side_by_side(first, second + size)
                for first, second, size in zip(
                    one.cells.parents, other.cells.parents, nesting.sizes[1:], strict=True
                )
            ),
        )
    return Products(
        total=one.total + other.total,
        rows=one.rows + other.rows,
        designs=_side_by_side(one.designs, other.designs),
        clients=_side_by_side(one.clients, other.clients),
        cross=_side_by_side(one.cross, other.cross),
        design=_side_by_side(
            _places(one.design, one.clients), _places(other.design, other.clients) + designs
        ),
        cells=cells,
    )


def _places(design: Index | None, clients: Array) -> Index:
    return np.arange(len(clients)) if design is None else design


def _side_by_side(one: Any, other: Any) -> Any:
    return np.concatenate([one, other], axis=-1)
