r"""The likelihood of a nested linear mixed model, from cross-products alone.

The model is :math:`y = X\beta + \sum_k Z u_k + e`, where :math:`u_k` belongs to a group of level
*k* (clients, their therapists, those's sites) and has covariance :math:`\sigma^2 F_k F_k^\top`.
Everything but the relative factors :math:`F_k` is profiled out (Bates, Machler, Bolker & Walker
2015, *J. Stat. Softw.* 67(1), section 3). A group enters through :math:`S = Z^\top Z` and
:math:`B = Z^\top [X\,y]` alone, by Woodbury's identity

.. math:: (I + Z F F^\top Z^\top)^{-1} = I - Z K Z^\top, \quad K = F (I + F^\top S F)^{-1} F^\top,

so that the cost does not depend on how many rows a group has. What is left of it for the level
above, :math:`(I - S K) S` and :math:`(I - S K) B`, has the same form, and is summed within that
level's groups. The gradient comes the same way down again, from
:math:`dV^{-1} = -V^{-1}\,dV\,V^{-1}`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attunement.multilevel.stacks import (
    Array,
    Index,
    add_up,
    gram,
    inverse_and_log_determinant,
    matmul,
    pick,
    sandwich,
    transpose,
)

LEAST_RESIDUAL = 1e-12


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Clients of one design under one parent, who need only be known by their sum.

    Attributes
    ----------
    sums : shape (random, columns, cells)
        ``Z' [X y]``, summed over the clients.
    clients : shape (cells,)
        How many they are.
    design : shape (cells,), or None
        Which of the designs; None where every cell has its own, in order.
    parents : tuple of arrays
        The group that each cell belongs to; then, level by level, the group above each group.
    """

    sums: Array
    clients: Array
    design: Index | None
    parents: tuple[Index, ...]


@dataclass(frozen=True, kw_only=True)
class Products:
    """All that the likelihood needs to know of the data.

    Attributes
    ----------
    total : shape (columns, columns)
        ``[X y]' [X y]`` over all rows.
    rows : int
        How many rows.
    designs : shape (random, random, designs)
        The different ``Z' Z`` of clients.
    clients : shape (designs,)
        How many clients have each.
    cross : shape (random, columns, terms)
        ``Z' [X y]`` of clients; where many share a design, of fewer with the same sum of squares.
    design : shape (terms,), or None
        Which of the designs; None where every client has its own, in order.
    cells : Cells or None
        The clients as the level above sees them, where there is one.
    """

    total: Array
    rows: int
    designs: Array
    clients: Array
    cross: Array
    design: Index | None
    cells: Cells | None = None


@dataclass(frozen=True, kw_only=True)
class Point:
    """The best common effects and residual variance for given relative factors.

    Attributes
    ----------
    values : shape (effects,)
    inverse : shape (effects, effects)
        Covariance of the effects in units of ``residual``.
    residual : float
    deviance : float
        Minus twice the logarithm of the (restricted) likelihood.
    volume : float
        Its part that is a log-determinant of the variance of the outcome.
    squares : float
        The weighted sum of squares of the residuals.
    free : int
        The denominator of ``residual``.
    gradients : tuple of arrays
        The deviance's, by each factor.
    """

    values: Array
    inverse: Array
    residual: float
    deviance: float
    volume: float
    squares: float
    free: int
    gradients: tuple[Array, ...]


@dataclass(frozen=True, kw_only=True)
class Reduced:
    """What the effects of one level leave of every group of it.

    ``spread`` is K, ``rest`` is I - S K and ``left`` is (I - S K) S.
    """

    spread: Array
    rest: Array
    left: Array
    logs: Array


@dataclass(frozen=True, kw_only=True)
class Floor:
    """One level above the clients, on the way up: its groups, and what is left of them."""

    reduced: Reduced
    cross: Array
    parent: Index | None


def reduce(designs: Array, factor: Array) -> Reduced:
    """Take the effects of one level out of every group."""
    inner = sandwich(factor, designs)
    inner[np.diag_indices(len(inner))] += 1
    inverse, logs = inverse_and_log_determinant(inner)
    spread = sandwich(factor.T, inverse)
    rest = -matmul(designs, spread)
    rest[np.diag_indices(len(rest))] += 1
    return Reduced(spread=spread, rest=rest, left=matmul(rest, designs), logs=logs)


def profile(products: Products, factors: Sequence[Array], *, reml: bool) -> Point:
    """Solve for everything but the factors, and differentiate the deviance by them."""
    lowest = reduce(products.designs, factors[0])
    total = products.total - gram(
        products.cross, matmul(pick(lowest.spread, products.design), products.cross)
    )
    volume = float(products.clients @ lowest.logs)
    floors = _climb(products.cells, lowest, factors[1:]) if products.cells else []
    for floor in floors:
        total -= gram(floor.cross, matmul(floor.reduced.spread, floor.cross))
        volume += float(floor.reduced.logs.sum())

    effects = len(total) - 1
    inverse: Array = np.linalg.inv(total[:-1, :-1]).astype(np.float64)
    values = inverse @ total[:-1, -1]
    squares = float(total[-1, -1] - total[:-1, -1] @ values)
    free = products.rows - effects if reml else products.rows
    residual = squares / free + LEAST_RESIDUAL
    if reml:
        volume -= float(np.linalg.slogdet(inverse)[1])
    contrast = np.append(-values, 1.0)
    weights = np.outer(contrast, contrast) / residual
    if reml:
        weights[:-1, :-1] += inverse
    return Point(
        values=values,
        inverse=inverse,
        residual=residual,
        deviance=volume + free * (1 + np.log(2 * np.pi * residual)),
        volume=volume,
        squares=squares,
        free=free,
        gradients=_gradients(products, lowest, floors, factors, weights),
    )


def _climb(cells: Cells, lowest: Reduced, factors: Sequence[Array]) -> list[Floor]:
    """Sum what is left of the clients within the groups above them, level by level."""
    cross = matmul(pick(lowest.rest, cells.design), cells.sums)
    designs = cells.clients * pick(lowest.left, cells.design)
    floors = []
    for level, factor in enumerate(factors):
        inside = cells.parents[level]
        above = cells.parents[level + 1] if level + 1 < len(factors) else None
        size = int(inside.max()) + 1
        designs, cross = add_up(designs, inside, size), add_up(cross, inside, size)
        floor = Floor(reduced=reduce(designs, factor), cross=cross, parent=above)
        floors.append(floor)
        designs, cross = floor.reduced.left, matmul(floor.reduced.rest, cross)
    return floors


def _gradients(
    products: Products,
    lowest: Reduced,
    floors: Sequence[Floor],
    factors: Sequence[Array],
    weights: Array,
) -> tuple[Array, ...]:
    """Differentiate by every factor, from the top down.

    For each group that is ``2 (Z'V^-1 Z - Z'V^-1 [X y] W [X y]'V^-1 Z) F``. The effects above
    it, predicted, are taken off its cross-products; their uncertainty, off its ``Z'V^-1 Z``.
    """
    found = []
    predicted = uncertain = None
    for floor, factor in zip(reversed(floors), reversed(factors[1:]), strict=True):
        inside, cross = floor.reduced.left, matmul(floor.reduced.rest, floor.cross)
        here = floor.reduced.spread
        if predicted is not None and uncertain is not None:
            predicted, uncertain = pick(predicted, floor.parent), pick(uncertain, floor.parent)
            cross = cross - matmul(inside, predicted)
            inside = inside - matmul(matmul(inside, uncertain), inside)
            rest = floor.reduced.rest
            here = here + matmul(matmul(transpose(rest), uncertain), rest)
        found.append(2 * (inside.sum(axis=-1) - _weigh(cross, cross, weights)) @ factor)
        own = np.tensordot(factor @ factor.T, cross, 1)
        predicted = own if predicted is None else predicted + own
        uncertain = here
    cross = matmul(pick(lowest.rest, products.design), products.cross)
    design, pull = lowest.left @ products.clients, _weigh(cross, cross, weights)
    if products.cells and predicted is not None and uncertain is not None:
        cells = products.cells
        left = pick(lowest.left, cells.design)
        sums = matmul(pick(lowest.rest, cells.design), cells.sums)
        shift = matmul(left, pick(predicted, cells.parents[0]))
        both = _weigh(sums, shift, weights)
        pull = pull - both - both.T + _weigh(cells.clients * shift, shift, weights)
        known = matmul(matmul(left, pick(uncertain, cells.parents[0])), left)
        design = design - known @ cells.clients
    found.append(2 * (design - pull) @ factors[0])
    return tuple(reversed(found))


def _weigh(left: Array, right: Array, weights: Array) -> Array:
    """Sum ``left W right'`` over groups."""
    return np.array([[(weights * (one @ other.T)).sum() for other in right] for one in left])
