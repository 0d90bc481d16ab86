import formulaic
import numpy as np
import polars as pl
import pytest

from attunement.frames import to_lazy, to_polars
from attunement.multilevel.formula import read_formula
from attunement.multilevel.terms import CONSTANT, columns_of

TABLE = pl.DataFrame(
    {
        "time": [1.0, 2, 3, 4, 5],
        "a": ["u", "v", "u", "w", "w"],
        "b": ["x", "x", "y", "y", "x"],
        "yes": [True, False, True, True, False],
        "bdi.pre": [1.0, 3, 2, 2, 9],
        "k": [1, 1, 2, 2, 3],
    }
)


@pytest.mark.parametrize(
    "text",
    [
        "1 + a*b + time:a",
        "0 + a + b:a",
        "log(time)*C(a, contr.sum) + bdi.pre + I(time**2) + `bdi.pre`:time",
        "C(k) + a:C(k)",
        "2:time + sqrt(time) + np.log(time)",
        "yes + time",
        "time - 1 + exp(-time) + log10(time + 1)",
    ],
)
def test_columns_and_names_are_those_of_formulaic(text):
    columns = [one for one in columns_of(text, to_lazy(TABLE), {}) if one.name != CONSTANT]
    found = to_polars(to_lazy(TABLE).select(*(one.values.alias(one.name) for one in columns)))
    functions = {name: getattr(np, name) for name in ("exp", "log", "log10", "sqrt")}
    other = formulaic.Formula(text).get_model_matrix(
        TABLE.to_pandas(), context=functions | {"np": np}
    )
    other = other.drop(columns=CONSTANT, errors="ignore")
    assert found.columns == list(other.columns)
    assert found.to_numpy() == pytest.approx(other.to_numpy(dtype=float))


@pytest.mark.parametrize(
    ("text", "fixed", "random"),
    [
        ("y ~ a + (1 | c)", "a", [("1", ("c",), True)]),
        ("y ~ (1|a/b)", "1", [("1", ("a",), True), ("1", ("a", "b"), True)]),
        ("y ~ x + (1 + t || c) + z", "x  + z", [("1 + t", ("c",), False)]),
        ("y ~ 0 + x*(a + b) + (t | `odd name`)", "0 + x*(a + b)", [("t", ("odd name",), True)]),
    ],
)
def test_a_formula_falls_into_its_parts(text, fixed, random):
    found = read_formula(text)
    assert found.fixed == fixed
    assert [(term.effects, term.groups, term.correlated) for term in found.random] == random
