"""What is hidden stays hidden."""

import polars as pl
import pytest

from attunement.programme.outcomes.funnel import funnel
from attunement.report.programme.withheld import fit_to_print


def funnel_of(counts):
    rows = pl.concat(
        pl.DataFrame({"site": [name] * of, "better": [True] * n + [False] * (of - n)})
        for name, (n, of) in counts.items()
    )
    return funnel(rows, "site", "better")


@pytest.mark.parametrize(
    ("counts", "drawn"),
    [
        ({"a": (10, 30), "b": (12, 40), "c": (30, 60)}, 3),
        ({"a": (2, 30), "b": (12, 40), "c": (30, 60)}, 1),
        ({"a": (2, 30), "b": (38, 40), "c": (30, 60)}, 1),
        ({"a": (2, 30), "b": (12, 40)}, 0),
    ],
)
def test_a_unit_with_few_people_is_not_drawn_and_never_alone(counts, drawn):
    assert fit_to_print(funnel_of(counts), 5).units.height == drawn


def test_no_unit_is_named():
    shown = fit_to_print(funnel_of({"a": (1, 90), "b": (40, 90), "c": (80, 90), "d": (30, 60)}), 2)
    assert set(shown.units["unit"]) == {""}
