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

from attunement.multilevel.levels import Effects, Reduced, below, climb, reduce
from attunement.multilevel.products import Cells, Products
from attunement.multilevel.stacks import Array, gram, matmul, pick, row_products

LEAST_RESIDUAL = 1e-12
AT_ONCE = 8_192


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
    squares : float
        The weighted sum of squares of the residuals.
    free : int
        What it is divided by for ``residual``.
    gradients : tuple of arrays
        The deviance's, by each factor.
    """

    values: Array
    inverse: Array
    residual: float
    deviance: float
    squares: float
    free: int
    gradients: tuple[Array, ...]


def profile(
    products: Products, factors: Sequence[Array], *, reml: bool, residual: float | None = None
) -> Point:
    """Solve for everything but the factors, and differentiate the deviance by them.

    Parameters
    ----------
    residual
        The residual variance where it is given and not solved for.
    """
    lowest = clients_of(products, factors[0])
    total, volume = products.total - lowest.explained, lowest.logs
    whole = reduce(products.designs, factors[0]) if products.cells else None
    floors = climb(products.cells, whole, factors[1:]) if products.cells and whole else []
    for floor in floors:
        total -= gram(floor.cross, matmul(floor.reduced.spread, floor.cross))
        volume += float(floor.reduced.logs.sum())

    effects = len(total) - 1
    inverse: Array = np.linalg.inv(total[:-1, :-1]).astype(np.float64)
    values = inverse @ total[:-1, -1]
    squares = float(total[-1, -1] - total[:-1, -1] @ values)
    free = products.rows - effects if reml else products.rows
    if residual is None:
        residual = squares / free + LEAST_RESIDUAL
    if reml:
        volume -= float(np.linalg.slogdet(inverse)[1])
    contrast = np.append(-values, 1.0)
    weights = np.outer(contrast, contrast) / residual
    if reml:
        weights[:-1, :-1] += inverse

    pulls, above = [], None
    for floor, factor in zip(reversed(floors), reversed(factors[1:]), strict=True):
        here = below(floor, factor, above)
        pulls.append(here.designs.sum(axis=-1) - weigh(here.cross, here.cross, weights))
        above = here.effects
    pull = lowest.left - np.tensordot(lowest.squares, weights, 2)
    if products.cells and whole and above:
        pull -= drawn_from_above(products.cells, whole, above, weights)
    pulls.append(pull)
    return Point(
        values=values,
        inverse=inverse,
        residual=residual,
        deviance=volume + free * float(np.log(2 * np.pi * residual)) + squares / residual,
        squares=squares,
        free=free,
        gradients=tuple(
            2 * pull @ factor for pull, factor in zip(reversed(pulls), factors, strict=True)
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Clients:
    """What clients contribute, summed over all of them.

    Attributes
    ----------
    explained : shape (columns, columns)
        What their effects take out of ``[X y]' [X y]``.
    logs : float
        The logarithms of the determinants of their variances.
    left : shape (random, random)
        ``Z'V^-1 Z``.
    squares : shape (random, random, columns, columns)
        The products of the rows of ``Z'V^-1 [X y]`` with one another.
    """

    explained: Array
    logs: float
    left: Array
    squares: Array


def clients_of(products: Products, factor: Array) -> Clients:
    """Go through the clients once, a few thousand at a time: so many fit a processor's cache."""
    random, columns, terms = products.cross.shape
    explained, logs = np.zeros((columns, columns)), 0.0
    left, squares = np.zeros((random, random)), np.zeros((random, random, columns, columns))
    step = terms if products.design is not None else AT_ONCE
    for start in range(0, terms, step):
        part = slice(start, start + step) if products.design is None else slice(None)
        designs, clients = products.designs[..., part], products.clients[part]
        cross = products.cross[..., part]
        reduced = reduce(designs, factor)
        shrunk = matmul(pick(reduced.spread, products.design), cross)
        rest = cross - matmul(pick(designs, products.design), shrunk)
        explained += gram(cross, shrunk)
        logs += float((clients * reduced.logs).sum())
        left += (reduced.left * clients).sum(axis=-1)
        for row in range(random):
            for column in range(row, random):
                squares[row, column] += row_products(rest[row], rest[column])
    for row in range(random):
        for column in range(row):
            squares[row, column] = squares[column, row].T
    return Clients(explained=explained, logs=logs, left=left, squares=squares)


def drawn_from_above(cells: Cells, lowest: Reduced, above: Effects, weights: Array) -> Array:
    """Correct the clients' pull on their factor for the groups above them."""
    parents = cells.parents[0]
    left = pick(lowest.left, cells.design)
    sums = matmul(pick(lowest.rest, cells.design), cells.sums)
    shift = matmul(left, pick(above.predicted, parents))
    both = weigh(sums, shift, weights)
    known = matmul(matmul(left, pick(above.uncertain, parents)), left)
    return np.asarray(
        (known * cells.clients).sum(axis=-1)
        - both
        - both.T
        + weigh(cells.clients * shift, shift, weights)
    )


def weigh(left: Array, right: Array, weights: Array) -> Array:
    """Sum ``left W right'`` over groups."""
    return np.array(
        [[(weights * row_products(one, other)).sum() for other in right] for one in left]
    )
