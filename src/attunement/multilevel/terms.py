"""From a formula's terms to columns of numbers, as Narwhals expressions.

Formulaic reads the formula and decides how categories are coded and which column of theirs is
left out; it sees a few made-up rows that hold every category, never the table.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import mul
from typing import Any

import narwhals as nw
import pandas as pd
from formulaic import Formula as Parsed  # type: ignore[import-untyped]
from formulaic import ModelSpec
from formulaic.errors import FormulaicError  # type: ignore[import-untyped]
from formulaic.parser.types import Factor, Term  # type: ignore[import-untyped]

from attunement.frames import Lazy, to_polars
from attunement.multilevel.transforms import require_column, transformed
from attunement.problems import Problem

CONSTANT = "Intercept"
LITERAL = Factor.EvalMethod.LITERAL
MOST_CATEGORIES = 200
CODINGS = "write C(treatment), C(treatment, contr.treatment('TAU')) or C(treatment, contr.sum)"
Levels = dict[str, list[Any]]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a design.

    Attributes
    ----------
    name : str
        As in the results: ``treatment[T.BtheB]``, ``time``, ``Intercept``.
    values : narwhals.Expr
        What it holds, as numbers.
    """

    name: str
    values: nw.Expr


def columns_of(text: str, table: Lazy, levels: Levels) -> list[Column]:
    """Make the columns of the right-hand side of a formula.

    Parameters
    ----------
    text
        Such as ``1 + log(time) * treatment``.
    table
        Where the columns are.
    levels
        The categories known so far, by column; those that are met are added.

    Raises
    ------
    Problem
        If a column is not there, or the formula cannot be understood.
    """
    schema = table.collect_schema()
    try:
        terms = list(Parsed(text))
    except FormulaicError as error:
        what = str(error).splitlines()[0].rstrip(".")
        raise Problem(f"'{text}' cannot be understood ({what})", field="formula") from error
    expressions = [
        factor.expr
        for factor in dict.fromkeys(factor for term in terms for factor in term.factors)
        if factor.eval_method is not LITERAL
    ]
    coded = {name: column for name in expressions if (column := category(name, schema))}
    learn_levels(table, coded.values(), levels)
    numbers = {name: transformed(name, schema) for name in expressions if name not in coded}
    spec = specification(terms, {name: levels[name] for name in coded.values()})
    return [
        column
        for term in spec.structure
        for column in columns_of_term(term, coding(spec, coded), numbers)
    ]


def outcome_of(text: str, table: Lazy) -> Column:
    """Give the outcome as numbers.

    Raises
    ------
    Problem
        If it is not one column or transform, or holds no numbers.
    """
    try:
        ((factor,),) = (term.factors for term in Parsed(f"{text} - 1"))
    except (FormulaicError, ValueError) as error:
        raise Problem(
            f"'{text}' is no outcome", "name one column, or a transform of one", field="formula"
        ) from error
    schema = table.collect_schema()
    if category(factor.expr, schema):
        raise Problem(
            f"the column '{factor.expr}' does not hold numbers",
            "an outcome must be a number",
            field="formula",
        )
    return Column(name=text, values=transformed(factor.expr, schema))


def category(expression: str, schema: Mapping[str, Any]) -> str | None:
    """Give the column that a factor takes as categories, or None where it is a number."""
    if expression in schema:
        kind = schema[expression]
        return None if kind.is_numeric() or kind == nw.Boolean else expression
    if not expression.startswith("C("):
        return None
    try:
        call = ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise Problem(f"'{expression}' cannot be understood", CODINGS, field="formula") from error
    match call:
        case ast.Call(args=[ast.Name() | ast.Attribute() as name, *others], keywords=[]) if all(
            ast.unparse(other).startswith("contr.") and is_plain(other) for other in others
        ):
            require_column(ast.unparse(name), schema)
            return ast.unparse(name)
    raise Problem(f"'{expression}' cannot be understood", CODINGS, field="formula")


def is_plain(coding: ast.expr) -> bool:
    """Whether a coding calls nothing but itself, with constants."""
    if isinstance(coding, ast.Attribute):
        return isinstance(coding.value, ast.Name)
    return isinstance(coding, ast.Call) and all(
        isinstance(value, ast.Constant)
        for value in [*coding.args, *(keyword.value for keyword in coding.keywords)]
    )


def learn_levels(table: Lazy, names: Iterable[str], levels: Levels) -> None:
    """Look up the categories of columns that were not met before."""
    for name in dict.fromkeys(names):
        if name in levels:
            continue
        rows = table.select(nw.col(name)).drop_nulls().unique().head(MOST_CATEGORIES + 1)
        found = to_polars(rows)[name].to_list()
        if len(found) > MOST_CATEGORIES:
            raise Problem(
                f"the column '{name}' holds text with more than {MOST_CATEGORIES} different values",
                "take numbers, or fewer categories",
                field="formula",
            )
        levels[name] = sorted(found)


def specification(terms: list[Term], categories: Mapping[str, list[Any]]) -> ModelSpec:
    """Let formulaic code a few made-up rows, in which every number is 1."""
    longest = max([1, *map(len, categories.values())])
    rows = pd.DataFrame(
        {
            name: pd.Categorical([*values, *values[:1] * (longest - len(values))], values)
            for name, values in categories.items()
        },
        index=range(longest),
    )
    known = [Term(map(looked_up, term.factors)) for term in terms]
    numbers = {factor.expr for term in known for factor in term.factors} - set(rows)
    rows = rows.assign(**dict.fromkeys(numbers, 1.0))
    try:
        spec: ModelSpec = Parsed(known).get_model_matrix(rows).model_spec
    except (FormulaicError, ValueError) as error:
        raise Problem(f"a category cannot be coded ({error})", CODINGS, field="formula") from error
    return spec


def looked_up(factor: Factor) -> Factor:
    """Let a transform be looked up by its own text; only categories are left to formulaic."""
    if factor.eval_method is LITERAL or factor.expr.startswith("C("):
        return factor
    return Factor(factor.expr, eval_method=Factor.EvalMethod.LOOKUP)


def coding(spec: ModelSpec, coded: Mapping[str, str]) -> dict[tuple[str, bool], list[nw.Expr]]:
    """Give the columns that stand for each category's factor, with one left out and with all."""
    found = {}
    for expression, name in coded.items():
        state = spec.encoder_state[expression][1]["contrasts"]
        for reduced in (True, False):
            matrix = state.contrasts.get_coding_matrix(state.levels, reduced_rank=reduced)
            found[expression, reduced] = [
                indicator(name, dict(zip(state.levels, weights, strict=True)))
                for weights in matrix.to_numpy(dtype=float).T
            ]
    return found


def indicator(name: str, weights: Mapping[Any, float]) -> nw.Expr:
    """Give every category its number; null where the category is not known."""
    value: nw.Expr = nw.when(nw.col(name).is_in(list(weights))).then(nw.lit(0.0))
    for level, weight in weights.items():
        if weight:
            value = nw.when(nw.col(name) == level).then(nw.lit(float(weight))).otherwise(value)
    return value


def columns_of_term(
    term: Any, coded: Mapping[tuple[str, bool], list[nw.Expr]], numbers: Mapping[str, nw.Expr]
) -> list[Column]:
    """Multiply the factors of a term, every column of one with every column of the others."""
    values: list[nw.Expr] = []
    for scoped in term.scoped_terms:
        factors = [
            [numbers[expression]]
            if (expression := factor.factor.expr) in numbers
            else coded[expression, factor.reduced]
            for factor in scoped.factors
        ]
        values.extend(
            reduce(mul, [nw.lit(float(scoped.scale)), *reversed(backwards)])
            for backwards in product(*reversed(factors))
        )
    return [
        Column(name=name, values=value) for name, value in zip(term.columns, values, strict=True)
    ]
