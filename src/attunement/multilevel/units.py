"""From the columns as they were summed to those of the model, of about unit size, and back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from attunement.multilevel.design import Design, Level
from attunement.multilevel.products import Products
from attunement.multilevel.stacks import Array
from attunement.multilevel.structure import Structure, block_basis
from attunement.multilevel.terms import CONSTANT

ALIASED = 1e-9


@dataclass(frozen=True, kw_only=True)
class Units:
    """Where each column was centred, and what counts as one of it.

    Attributes
    ----------
    centre, mean, scale : shape (columns,)
        Of the constant (0, 1 and 1), the columns of the design, and the outcome.
    design : Design
    kept : tuple of str
        The fixed effects that are no combination of those before them.
    """

    centre: Array
    mean: Array
    scale: Array
    design: Design
    kept: tuple[str, ...]

    @property
    def place(self) -> dict[str, int]:
        """Where each column stands."""
        names = [CONSTANT, *(column.name for column in self.design.columns)]
        return {name: place for place, name in enumerate(names)}

    @property
    def centred(self) -> bool:
        """Whether the model has a constant, so that any centre gives the same fit."""
        return CONSTANT in self.design.fixed

    def columns(self, names: Sequence[str]) -> Array:
        """Make the model's columns from those that were summed; the outcome comes last."""
        result = np.zeros((len(self.scale), len(names) + 1))
        for column, place in enumerate([*(self.place[name] for name in names), -1]):
            result[place, column] = 1 / self.scale[place]
            if not self.centred:
                result[0, column] += self.centre[place] / self.scale[place]
        return result

    def to_original(self) -> tuple[Array, Array]:
        """Give J and shift, so that effects in the table's units are ``J @ values + shift``."""
        places = [self.place[name] for name in self.kept]
        unit = self.scale[-1]
        matrix = np.diag(unit / self.scale[places])
        shift = np.zeros(len(places))
        if self.centred:
            constant = self.kept.index(CONSTANT)
            matrix[constant] -= unit * self.centre[places] / self.scale[places]
            shift[constant] = self.centre[-1]
        return matrix, shift

    def effects(self, names: Sequence[str]) -> Array:
        """Write columns whose effects vary in terms of those of the model: (random, names)."""
        size = len(self.design.random) + 1
        result = np.zeros((size, len(names)))
        for column, name in enumerate(names):
            place = self.place[name]
            result[0, column] += self.centre[place]
            result[place, column] += self.scale[place]
        return result


def units_of(design: Design, centre: Array, products: Products) -> Units:
    """Measure each column's spread, and find the fixed effects that can be told apart."""
    total = products.total
    rows = total[0, 0]
    centred = CONSTANT in design.fixed
    square = np.diag(total) / rows
    mean = total[0] / rows
    moments = square - mean**2 if centred else square + 2 * centre * mean + centre**2
    spread = np.sqrt(np.maximum(moments, 0.0))
    scale = np.where(spread > 0, spread, 1.0)
    scale[0] = 1.0
    units = Units(centre=centre, mean=mean + centre, scale=scale, design=design, kept=design.fixed)
    columns = units.columns(design.fixed)
    kept = independent(columns.T @ total @ columns)
    return replace(units, kept=tuple(design.fixed[place] for place in kept))


def independent(total: Array) -> list[int]:
    """List the columns but the last that are no combination of those before them."""
    kept: list[int] = []
    for column in range(len(total) - 1):
        left = total[column, column]
        if kept:
            among = total[np.ix_(kept, kept)]
            left -= total[column, kept] @ np.linalg.solve(among, total[kept, column])
        if left > ALIASED * max(total[column, column], 1.0):
            kept.append(column)
    return kept


def in_units(products: Products, units: Units) -> Products:
    """Turn products of the columns that were summed into those of the model's."""
    columns = units.columns(units.kept)
    scale = units.scale[: len(products.designs)]

    def turned(cross: Array) -> Array:
        return np.asarray(
            np.stack([columns.T @ (one / size) for one, size in zip(cross, scale, strict=True)])
        )

    cells = products.cells
    cross = turned(products.cross)
    if cells:
        sums = cross if cells.sums is products.cross else turned(cells.sums)
        cells = replace(cells, sums=sums)
    return replace(
        products,
        total=columns.T @ products.total @ columns,
        designs=products.designs / np.multiply.outer(scale, scale)[..., None],
        cross=cross,
        cells=cells,
    )


def structure_of(levels: Sequence[Level], units: Units, *, centred: bool = True) -> Structure:
    """Say how the covariances of every level are made of free numbers.

    Parameters
    ----------
    centred
        Whether effects that vary with a constant are those of centred columns: they span the same
        covariances, and are better told apart. Otherwise every effect is the table's own.
    """
    made = [
        block_basis([block_of(block, units, centred=centred) for block in level.blocks])
        for level in levels
    ]
    return Structure(
        bases=tuple(basis for basis, _ in made),
        diagonal=np.concatenate([diagonal for _, diagonal in made]),
    )


def block_of(names: Sequence[str], units: Units, *, centred: bool) -> Array:
    """Write a block's effects in columns of the model."""
    places = [units.place[name] for name in names]
    if centred and CONSTANT in names:
        return np.eye(len(units.design.random) + 1)[:, places]
    return units.effects(names) / units.scale[places]


def covariance_of(factor: Array, level: Level, units: Units) -> Array:
    """Give the covariance of a level's effects in the table's units, over the residual's."""
    original: Array = np.linalg.pinv(units.effects(level.effects)) @ factor
    return original @ original.T
