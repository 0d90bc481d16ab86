"""What a formula asks of a table: columns, groups, and what varies over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from attunement.frames import Lazy
from attunement.multilevel.formula import EXAMPLE, Formula, RandomTerm, read_formula
from attunement.multilevel.terms import CONSTANT, Column, Levels, columns_of, outcome_of
from attunement.multilevel.transforms import require_column
from attunement.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Level:
    """What varies over one kind of group.

    Attributes
    ----------
    groups : tuple of str
        The columns that name a group.
    blocks : tuple of tuples of str
        Names of effects; those of one block may vary together.
    """

    groups: tuple[str, ...]
    blocks: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """As R writes it: ``therapist:client``."""
        return ":".join(self.groups)

    @property
    def effects(self) -> tuple[str, ...]:
        """All effects, block by block."""
        return tuple(effect for block in self.blocks for effect in block)


@dataclass(frozen=True, kw_only=True)
class Design:
    """A model's formula, held against a table.

    Attributes
    ----------
    formula : Formula
    outcome : Column
    fixed : tuple of str
        Names of the effects common to all; the constant is ``Intercept``.
    random : tuple of str
        Names of all columns, but the constant, whose effects vary over any groups.
    columns : tuple of Column
        Every column but the constant and the outcome, each once; those of ``random`` first.
    levels : tuple of Level
        From the smallest groups to the largest, as far as the formula tells.
    categories : dict of str to list
        The categories that were found.
    order : str or None
        The column by which each client's rows follow one another, where that matters.
    """

    formula: Formula
    outcome: Column
    fixed: tuple[str, ...]
    random: tuple[str, ...]
    columns: tuple[Column, ...]
    levels: tuple[Level, ...]
    categories: Levels
    order: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name groups of any level."""
        return tuple(dict.fromkeys(name for level in self.levels for name in level.groups))


def design_of(
    table: Lazy,
    text: str,
    *,
    categories: Mapping[str, Sequence[Any]] | None = None,
    order: str | None = None,
) -> Design:
    """Hold a formula against a table.

    Parameters
    ----------
    categories
        Those of columns that hold text, in their order; looked up where not given.
    order
        The column by which each client's rows follow one another.

    Raises
    ------
    Problem
        If the formula cannot be understood, nothing varies in it, or a column is not there.
    """
    formula = read_formula(text)
    if not formula.random:
        raise Problem("nothing in the formula varies over clients", EXAMPLE, field="formula")
    schema = table.collect_schema()
    for name in {name for term in formula.random for name in term.groups}:
        require_column(name, schema)
    if order is not None:
        require_column(order, schema)
    known: Levels = {name: list(values) for name, values in (categories or {}).items()}
    fixed = columns_of(formula.fixed, table, known)
    drawn = [(term, columns_of(term.effects, table, known)) for term in formula.random]
    random = {column.name: column for _, columns in drawn for column in columns}
    every = {name: column for name, column in random.items() if name != CONSTANT}
    every |= {column.name: column for column in fixed if column.name != CONSTANT}
    return Design(
        formula=formula,
        outcome=outcome_of(formula.outcome, table),
        fixed=tuple(column.name for column in fixed),
        random=tuple(name for name in random if name != CONSTANT),
        columns=tuple(every.values()),
        levels=levels_of([(term, tuple(column.name for column in cs)) for term, cs in drawn]),
        categories=known,
        order=order,
    )


def levels_of(terms: list[tuple[RandomTerm, tuple[str, ...]]]) -> tuple[Level, ...]:
    """Gather what varies over the same groups; longer names of groups first."""
    blocks: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for term, effects in terms:
        apart = [effects] if term.correlated else [(effect,) for effect in effects]
        blocks.setdefault(term.groups, []).extend(apart)
    for groups, parts in blocks.items():
        every = [effect for part in parts for effect in part]
        if len(set(every)) < len(every):
            raise Problem(
                f"an effect varies twice over {':'.join(groups)}", "say it once", field="formula"
            )
    ordered = sorted(blocks, key=len, reverse=True)
    return tuple(Level(groups=groups, blocks=tuple(blocks[groups])) for groups in ordered)
