"""From free numbers to the relative factors of every level."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attunement.multilevel.stacks import Array


@dataclass(frozen=True, kw_only=True)
class Structure:
    """How covariances of random effects are made of free numbers.

    Attributes
    ----------
    bases : tuple of arrays, each of shape (numbers, random, effects)
        For every level, what each of its numbers is multiplied by; the sum is its factor.
    diagonal : shape (numbers,)
        Which numbers begin at 1 and are zero where an effect does not vary.
    """

    bases: tuple[Array, ...]
    diagonal: Array

    @property
    def start(self) -> Array:
        """Where to begin: every effect varies as much as the residual, alone."""
        return self.diagonal.astype(np.float64)

    def factors(self, numbers: Array) -> list[Array]:
        """Make the factors."""
        parts = np.split(numbers, self._ends)
        return [np.tensordot(part, basis, 1) for part, basis in zip(parts, self.bases, strict=True)]

    def gradient(self, gradients: Sequence[Array]) -> Array:
        """Turn derivatives by the factors into those by the free numbers."""
        return np.concatenate(
            [
                np.tensordot(basis, gradient, 2)
                for basis, gradient in zip(self.bases, gradients, strict=True)
            ]
        )

    @property
    def _ends(self) -> Array:
        return np.cumsum([len(basis) for basis in self.bases])[:-1]


def block_basis(blocks: Sequence[Array]) -> tuple[Array, Array]:
    """Make the basis of one level from blocks of effects that vary together.

    Parameters
    ----------
    blocks
        For each, its effects in terms of the columns of Z: shape (random, effects).

    Returns
    -------
    The basis, with blocks side by side, and which of its numbers are diagonal.
    """
    width = sum(block.shape[1] for block in blocks)
    basis, diagonal, before = [], [], 0
    for block in blocks:
        for row, column in zip(*np.tril_indices(block.shape[1]), strict=True):
            matrix = np.zeros((len(block), width))
            matrix[:, before + column] = block[:, row]
            basis.append(matrix)
            diagonal.append(row == column)
        before += block.shape[1]
    stacked = np.array(basis).reshape(len(basis), len(blocks[0]), width)
    return stacked, np.array(diagonal, dtype=bool)
