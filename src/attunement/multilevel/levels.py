"""One level of groups: what its effects leave of the data, and what is predicted of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attunement.multilevel.products import Cells
from attunement.multilevel.stacks import (
    Array,
    Index,
    add_up,
    inverse_and_log_determinant,
    matmul,
    pick,
    sandwich,
    transpose,
)


@dataclass(frozen=True, kw_only=True)
class Reduced:
    """What the effects of one level leave of every group of it.

    Attributes
    ----------
    spread : shape (random, random, groups)
        K of :mod:`attunement.multilevel.likelihood`: the covariance of the group's effects given
        its own data, over the residual variance.
    rest : shape (random, random, groups)
        I - S K.
    left : shape (random, random, groups)
        (I - S K) S.
    logs : shape (groups,)
        The logarithm of the determinant of the group's own variance.
    """

    spread: Array
    rest: Array
    left: Array
    logs: Array


@dataclass(frozen=True, kw_only=True)
class Floor:
    """The groups of one level above the clients, with what the levels below leave of them.

    Attributes
    ----------
    reduced : Reduced
    cross : shape (random, columns, groups)
        ``Z'V^-1 [X y]``, V holding the effects of the levels below.
    parent : shape (groups,), or None
        The group above each; None at the top.
    """

    reduced: Reduced
    cross: Array
    parent: Index | None


@dataclass(frozen=True, kw_only=True)
class Effects:
    """The effects of groups, together with those of all groups above them.

    Attributes
    ----------
    predicted : shape (random, columns, groups)
        What the best linear predictor makes of every column of ``[X y]``.
    uncertain : shape (random, random, groups)
        Covariance of the effects given the data and the common effects, over the residual
        variance.
    """

    predicted: Array
    uncertain: Array


@dataclass(frozen=True, kw_only=True)
class Whole:
    """Groups seen with all levels in V: ``Z'V^-1 Z``, ``Z'V^-1 [X y]``, and their effects."""

    designs: Array
    cross: Array
    effects: Effects


def reduce(designs: Array, factor: Array) -> Reduced:
    """Take the effects of one level out of every group."""
    inner = sandwich(factor, designs)
    inner[np.diag_indices(len(inner))] += 1
    inverse, logs = inverse_and_log_determinant(inner)
    spread = sandwich(factor.T, inverse)
    rest = -matmul(designs, spread)
    rest[np.diag_indices(len(rest))] += 1
    return Reduced(spread=spread, rest=rest, left=matmul(rest, designs), logs=logs)


def climb(cells: Cells, lowest: Reduced, factors: Sequence[Array]) -> list[Floor]:
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


def below(floor: Floor, factor: Array, above: Effects | None) -> Whole:
    """Come down to the groups of one level, with what is known of the groups above them.

    The effects above, predicted, are taken off a group's cross-products; their uncertainty off
    its ``Z'V^-1 Z``. Then follow the group's own effects (Henderson 1975, *Biometrics* 31:423,
    cited from memory).
    """
    reduced = floor.reduced
    designs, cross, uncertain = reduced.left, matmul(reduced.rest, floor.cross), reduced.spread
    if above is None:
        own = np.tensordot(factor @ factor.T, cross, 1)
        return Whole(
            designs=designs, cross=cross, effects=Effects(predicted=own, uncertain=uncertain)
        )
    predicted, unsure = pick(above.predicted, floor.parent), pick(above.uncertain, floor.parent)
    cross = cross - matmul(designs, predicted)
    designs = designs - matmul(matmul(designs, unsure), designs)
    uncertain = uncertain + matmul(matmul(transpose(reduced.rest), unsure), reduced.rest)
    own = np.tensordot(factor @ factor.T, cross, 1)
    return Whole(
        designs=designs,
        cross=cross,
        effects=Effects(predicted=predicted + own, uncertain=uncertain),
    )
