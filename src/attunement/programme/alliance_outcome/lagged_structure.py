"""The covariance and means that a random-intercept cross-lagged panel model implies."""

from dataclasses import dataclass

import numpy as np

from attunement.programme.alliance_outcome.associations import Array

LOWER = np.tril_indices(2)
PAIR = len(LOWER[0])


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What a point of the model's parameters implies.

    Attributes
    ----------
    mean : shape (2 * waves,)
    covariance : shape (2 * waves, 2 * waves)
    between : shape (2, 2)
        Covariance of clients' lasting levels.
    lagged : shape (2, 2)
        Effects of one wave's departures on the next: row by column.
    within : shape (2 * waves, 2 * waves)
        Covariance of departures.
    """

    mean: Array
    covariance: Array
    between: Array
    lagged: Array
    within: Array


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A random-intercept cross-lagged panel model with lagged effects the same at every wave.

    The numbers are, in order: the means (2 per wave); the lagged effects (4, row by row); then
    Cholesky factors, 3 numbers each, of the covariance of lasting levels, of the first wave's
    departures, and of every further wave's innovations.

    Attributes
    ----------
    waves : int
    """

    waves: int

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return 2 * self.waves + 4 + PAIR * (1 + self.waves)

    def parts(self, numbers: Array) -> tuple[Array, Array, Array, list[Array]]:
        """Take the numbers apart: means, lagged effects, factor of levels, factors of waves."""
        means, rest = numbers[: 2 * self.waves], numbers[2 * self.waves :]
        factors = [factor(part) for part in np.split(rest[4:], self.waves + 1)]
        return means, rest[:4].reshape(2, 2), factors[0], factors[1:]

    def structure(self, numbers: Array) -> Structure:
        """Give means and covariance."""
        mean, lagged, level, innovations = self.parts(numbers)
        spread = self._carried(lagged)
        within = spread @ self._blocks(innovations) @ spread.T
        between = level @ level.T
        return Structure(
            mean=mean,
            covariance=np.tile(between, (self.waves, self.waves)) + within,
            between=between,
            lagged=lagged,
            within=within,
        )

    def gradient(self, numbers: Array, by_mean: Array, by_covariance: Array) -> Array:
        """Turn derivatives by means and covariance into those by the numbers."""
        _, lagged, level, innovations = self.parts(numbers)
        spread = self._carried(lagged)
        within = spread @ self._blocks(innovations) @ spread.T
        pairs = by_covariance.reshape(self.waves, 2, self.waves, 2)
        by_level = 2 * pairs.sum(axis=(0, 2)) @ level
        by_carrying = (2 * spread.T @ by_covariance @ within).reshape(self.waves, 2, self.waves, 2)
        by_lagged = sum(by_carrying[wave + 1, :, wave, :] for wave in range(self.waves - 1))
        inner = (spread.T @ by_covariance @ spread).reshape(self.waves, 2, self.waves, 2)
        by_innovations = [
            (2 * inner[wave, :, wave, :] @ one)[LOWER] for wave, one in enumerate(innovations)
        ]
        return np.concatenate([by_mean, np.ravel(by_lagged), by_level[LOWER], *by_innovations])

    def _carried(self, lagged: Array) -> Array:
        """How each wave's innovations reach the later waves, ``(I - L)^-1``."""
        powers = [np.linalg.matrix_power(lagged, k) for k in range(self.waves)]
        blocks = [
            [powers[row - column] if row >= column else np.zeros((2, 2)) for column in self._range]
            for row in self._range
        ]
        return np.block(blocks)

    def _blocks(self, factors: list[Array]) -> Array:
        found: Array = np.zeros((2 * self.waves, 2 * self.waves))
        for wave, one in enumerate(factors):
            found[2 * wave : 2 * wave + 2, 2 * wave : 2 * wave + 2] = one @ one.T
        return found

    @property
    def _range(self) -> range:
        return range(self.waves)


def factor(numbers: Array) -> Array:
    """Put three numbers into a lower triangle."""
    lower: Array = np.zeros((2, 2))
    lower[LOWER] = numbers
    return lower
