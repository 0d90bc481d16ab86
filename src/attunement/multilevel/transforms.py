"""The transforms a formula may hold, as Narwhals expressions; nothing else is evaluated."""

import ast
from collections.abc import Callable, Collection

import narwhals as nw

from attunement.intake.columns import unknown
from attunement.problems import Problem

OPERATIONS: dict[type, Callable[[nw.Expr, nw.Expr], nw.Expr]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
FUNCTIONS: dict[str, Callable[[nw.Expr], nw.Expr]] = {
    "I": lambda value: value,
    "log": lambda value: value.log(),
    "log2": lambda value: value.log(2),
    "log10": lambda value: value.log(10),
    "log1p": lambda value: (value + 1).log(),
    "exp": lambda value: value.exp(),
    "sqrt": lambda value: value.sqrt(),
    "abs": lambda value: value.abs(),
}
KNOWN = "the transforms are " + ", ".join(FUNCTIONS) + " and C for categories"


def transformed(text: str, columns: Collection[str]) -> nw.Expr:
    """Turn a transform such as ``log(time + 1)`` or ``I(time**2)`` into an expression.

    Raises
    ------
    Problem
        If it holds a column that is not there, or anything but arithmetic and known functions.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise Problem(f"'{text}' cannot be understood", KNOWN, field="formula") from error
    return _expression(tree, text, columns)


def _expression(node: ast.expr, text: str, columns: Collection[str]) -> nw.Expr:
    match node:
        case ast.Name() | ast.Attribute():
            return column(ast.unparse(node), columns)
        case ast.Constant(value=bool() | int() | float() as value):
            return nw.lit(float(value))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_expression(inner, text, columns)
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in OPERATIONS:
            return OPERATIONS[type(operation)](
                _expression(left, text, columns), _expression(right, text, columns)
            )
        case ast.Call(func=function, args=[inner], keywords=[]):
            name = ast.unparse(function).removeprefix("np.")
            if name in FUNCTIONS:
                return FUNCTIONS[name](_expression(inner, text, columns))
    raise Problem(f"'{text}' cannot be understood", KNOWN, field="formula")


def column(name: str, columns: Collection[str]) -> nw.Expr:
    """Give a column as numbers."""
    require_column(name, columns)
    return nw.col(name).cast(nw.Float64)


def require_column(name: str, columns: Collection[str]) -> None:
    """Raise a :class:`Problem` where there is no such column."""
    if name not in columns:
        raise unknown(name, columns, field="formula")
