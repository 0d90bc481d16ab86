"""Stacks of small matrices, one per group, with the groups along the last axis.

So each operation on a whole stack is a few operations on long rows of numbers.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]

FOR_ONE_THREAD = 200_000


def matmul(left: Array, right: Array) -> Array:
    """Multiply matrix by matrix in every group: (a, b, groups) by (b, c, groups)."""
    product: Array = left[:, 0, None] * right[None, 0]
    for inner in range(1, left.shape[1]):
        product += left[:, inner, None] * right[None, inner]
    return product


def transpose(stack: Array) -> Array:
    """Transpose every matrix."""
    return stack.swapaxes(0, 1)


def sandwich(outer: Array, stack: Array) -> Array:
    """Form ``outer.T @ matrix @ outer`` for every matrix, with one ``outer`` for all."""
    product: Array = np.tensordot(outer.T, np.tensordot(outer.T, stack, 1), ((1,), (1,)))
    return product.swapaxes(0, 1)


def inverse_and_log_determinant(stack: Array) -> tuple[Array, Array]:
    """Invert every matrix, each symmetric and positive definite, by Gauss and Jordan.

    Without a search for pivots, which such matrices do not need.
    """
    size = len(stack)
    inverse, logs = stack.copy(), np.zeros(stack.shape[2:])
    for pivot in range(size):
        value = inverse[pivot, pivot].copy()
        logs += np.log(value)
        inverse[pivot, pivot] = 1.0
        inverse[pivot] /= value
        for row in range(size):
            if row != pivot:
                factor = inverse[row, pivot].copy()
                inverse[row, pivot] = 0.0
                inverse[row] -= factor * inverse[pivot]
    return inverse, logs


def gram(left: Array, right: Array) -> Array:
    """Sum ``left.T @ right`` over groups: (a, b, groups) and (a, c, groups) give (b, c)."""
    total: Array = np.zeros((left.shape[1], right.shape[1]))
    for one, other in zip(left, right, strict=True):
        total += row_products(one, other)
    return total


def row_products(one: Array, other: Array) -> Array:
    """Multiply every row with every row of the other, and sum over groups.

    In parts so small that the library does not share them among threads: for rows so few and so
    long, that costs ten times what it saves.
    """
    step = max(FOR_ONE_THREAD // (len(one) * len(other)), 1)
    total: Array = np.zeros((len(one), len(other)))
    for start in range(0, one.shape[1], step):
        part = slice(start, start + step)
        total += one[:, part] @ other[:, part].T
    return total


def add_up(stack: Array, groups: Index, size: int) -> Array:
    """Sum the matrices of each parent's groups; ``groups`` holds every group's parent."""
    rows = stack.reshape(-1, stack.shape[-1])
    sums: Array = np.empty((len(rows), size))
    for row, into in zip(rows, sums, strict=True):
        into[:] = np.bincount(groups, weights=row, minlength=size)
    return sums.reshape(*stack.shape[:-1], size)


def pick(stack: Array, which: Any) -> Array:
    """Take the matrices that ``which`` names, all of them where it is None."""
    return stack if which is None else np.take(stack, which, axis=-1)
