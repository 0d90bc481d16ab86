"""Clients of equal design share one small matrix."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from attunement.multilevel.products import Cells, Products
from attunement.multilevel.stacks import Array, Index, pick, row_products

DIGITS = 1e10
WORTH_IT = 0.5


@dataclass(frozen=True, kw_only=True)
class Designs:
    """Which clients have the same design.

    Attributes
    ----------
    of : shape (clients,)
        The design of each client.
    order : shape (clients,)
        Clients, design by design.
    counts : shape (designs,)
    """

    of: Index
    order: Index
    counts: Index


def merged(total: Array, rows: int, cross: Array, parents: tuple[Index, ...] = ()) -> Products:
    """Gather what the likelihood needs, with as few clients as tell the same.

    Clients with equal ``Z'Z`` enter the likelihood through the sum of squares of their ``Z'[X y]``
    alone. As many of them as that sum has rows stand for all.

    Parameters
    ----------
    total, cross
        As in :class:`attunement.multilevel.sums.Sums`.
    parents
        As in :class:`attunement.multilevel.likelihood.Cells`, for clients.
    """
    random, columns, clients = cross.shape
    designs = cross[:, :random]
    found = equal_designs(designs)
    fewer = np.minimum(found.counts, random * columns).sum()
    if fewer > WORTH_IT * clients:
        return unmerged(total, rows, cross, parents)
    terms, which = representatives(cross, found)
    first = found.order[np.cumsum(found.counts) - found.counts]
    return Products(
        total=total,
        rows=rows,
        designs=pick(designs, first),
        clients=found.counts.astype(np.float64),
        cross=terms,
        design=which,
        cells=cells_of(cross, found.of, parents) if parents else None,
    )


def unmerged(total: Array, rows: int, cross: Array, parents: tuple[Index, ...] = ()) -> Products:
    """Gather what the likelihood needs, client by client."""
    ones = np.ones(cross.shape[-1])
    return Products(
        total=total,
        rows=rows,
        designs=cross[:, : len(cross)],
        clients=ones,
        cross=cross,
        design=None,
        cells=Cells(sums=cross, clients=ones, design=None, parents=parents) if parents else None,
    )


def equal_designs(designs: Array) -> Designs:
    """Find which matrices are equal, to ten digits of the largest of their kind."""
    size = len(designs)
    entries = {
        f"{row}-{column}": np.round(designs[row, column] * (DIGITS / largest)).astype(np.int64)
        for row in range(size)
        for column in range(row, size)
        if (largest := np.abs(designs[row, column]).max())
    }
    groups = pl.DataFrame(entries).with_row_index("place").group_by(list(entries)).agg("place")
    order = groups["place"].explode().to_numpy().astype(np.int64)
    counts = groups["place"].list.len().to_numpy().astype(np.int64)
    of = np.empty(len(order), np.int64)
    of[order] = np.repeat(np.arange(len(counts)), counts)
    return Designs(of=of, order=order, counts=counts)


def representatives(cross: Array, designs: Designs) -> tuple[Array, Index]:
    """Replace the clients of each design by fewer with the same sum of squares.

    Returns
    -------
    Their ``Z'[X y]``, and the design of each.
    """
    random, columns, clients = cross.shape
    flat = cross.reshape(-1, clients)[:, designs.order]
    parts, which, start = [], [], 0
    for design, count in enumerate(designs.counts):
        part = flat[:, start : start + count]
        start += count
        if count > len(flat):
            values, vectors = np.linalg.eigh(row_products(part, part))
            part = vectors * np.sqrt(np.maximum(values, 0.0))
        parts.append(part)
        which.append(np.full(part.shape[1], design))
    return np.concatenate(parts, axis=1).reshape(random, columns, -1), np.concatenate(which)


def cells_of(cross: Array, designs: Index, parents: tuple[Index, ...]) -> Cells:
    """Sum the clients of one design within each group of the level above."""
    random, columns, _ = cross.shape
    sums = (
        pl.DataFrame(cross.reshape(random * columns, -1).T)
        .with_columns(_design=pl.Series(designs), _parent=pl.Series(parents[0]))
        .group_by("_parent", "_design")
        .agg(pl.all().sum(), _clients=pl.len())
        .sort("_parent", "_design")
    )
    values = sums.drop("_parent", "_design", "_clients").to_numpy().T
    return Cells(
        sums=np.ascontiguousarray(values).reshape(random, columns, -1),
        clients=sums["_clients"].to_numpy().astype(np.float64),
        design=sums["_design"].to_numpy().astype(np.int64),
        parents=(sums["_parent"].to_numpy().astype(np.int64), *parents[1:]),
    )
