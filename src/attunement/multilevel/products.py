"""What the likelihood needs to know of the data: sums of products, and which groups they are of."""

from dataclasses import dataclass

from attunement.multilevel.stacks import Array, Index


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
