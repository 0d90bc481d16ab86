"""Which groups lie within which."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from attunement.multilevel.design import Level
from attunement.multilevel.stacks import Index
from attunement.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Nesting:
    """The levels of a model from the smallest groups to the largest.

    Attributes
    ----------
    levels : tuple of Level
    sizes : tuple of int
        How many groups each has.
    parents : tuple of arrays
        For every level but the last, the group above each group.
    """

    levels: tuple[Level, ...]
    sizes: tuple[int, ...]
    parents: tuple[Index, ...]


def nesting_of(groups: pl.DataFrame, levels: Sequence[Level]) -> Nesting:
    """Order levels by how many groups they have, and find every group's parent.

    Parameters
    ----------
    groups
        The names of the smallest groups, each once.

    Raises
    ------
    Problem
        If groups of one level cross those of another.
    """
    if len(levels) == 1:
        return Nesting(levels=tuple(levels), sizes=(groups.height,), parents=())
    codes = {level: codes_of(groups, level) for level in levels}
    ordered = sorted(levels, key=lambda level: -int(codes[level].max(initial=-1)))
    smallest = ordered[0]
    sizes = [int(codes[level].max(initial=-1)) + 1 for level in ordered]
    if sizes[0] < groups.height:
        raise crossed(smallest, next(level for level in ordered[1:]))
    within = np.empty(groups.height, np.int64)
    within[codes[smallest]] = np.arange(groups.height)
    parents = [codes[ordered[1]]]
    for child, parent, size in zip(ordered[1:], ordered[2:], sizes[1:], strict=False):
        above = np.zeros(size, np.int64)
        above[codes[child]] = codes[parent]
        if (above[codes[child]] != codes[parent]).any():
            raise crossed(child, parent)
        parents.append(above)
    return Nesting(levels=tuple(ordered), sizes=tuple(sizes), parents=tuple(parents))


def codes_of(groups: pl.DataFrame, level: Level) -> Index:
    """Give the groups of one level numbers from 0."""
    names = list(level.groups)
    if set(names) == set(groups.columns):
        return np.arange(groups.height)
    numbered = groups.select(names).unique().with_row_index("_code")
    joined = groups.select(names).join(numbered, on=names, how="left", maintain_order="left")
    return joined["_code"].cast(pl.Int64).to_numpy()


def crossed(child: Level, parent: Level) -> Problem:
    """Say that groups cross."""
    return Problem(
        f"the groups of {child.name} do not lie within those of {parent.name}",
        f"write (1 | {'/'.join((*parent.groups, *child.groups[-1:]))}) to take each part of a "
        f"{child.groups[-1]} within one {parent.groups[-1]} for a group of its own",
        field="formula",
    )
