import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from attunement.problems import Problem
from attunement.programme.disclosure.withholding import Figure, withhold

FIGURES = (
    Figure(name="n"),
    Figure(name="better", of="n", telling=True),
    Figure(name="worse", of="n", telling=True, apart_from="better"),
    Figure(name="well", of="n", telling=True, within=("better",)),
)
NAMES = [figure.name for figure in FIGURES]
FEWEST = 5


def summed(cells, by):
    """Add to the cells the sums over each column of groups, and over all."""
    tables = []
    for kept in _subsets(by):
        grouped = (
            cells.group_by(kept).agg(pl.col(NAMES).sum())
            if kept
            else cells.select(pl.col(NAMES).sum())
        )
        missing = [pl.lit(None, dtype=pl.String).alias(name) for name in by if name not in kept]
        tables.append(grouped.with_columns(missing).select(*by, *NAMES))
    return pl.concat(tables).sort(by)


def _subsets(by):
    return [[name for i, name in enumerate(by) if mask >> i & 1] for mask in range(2 ** len(by))]


class Attacker:
    """Works out what can be known of every figure, from scratch: all figures are unknowns."""

    def __init__(self, shown, by):
        self.by, self.keys = by, shown.select(by).rows()
        self.values = shown.select(NAMES).to_numpy().astype(float)
        self.columns = len(NAMES)

    def at(self, i, j):
        return i * self.columns + j

    def bounds(self, terms):
        size = self.values.size
        rows, low, high = [], [], []
        for i, key in enumerate(self.keys):
            for v, level in enumerate(key):
                if level is None:
                    parts = [
                        k
                        for k, other in enumerate(self.keys)
                        if other[v] is not None
                        and all(
                            a == b
                            for w, (a, b) in enumerate(zip(other, key, strict=True))
                            if w != v
                        )
                    ]
                    for j in range(self.columns):
                        row = np.zeros(size)
                        row[self.at(i, j)] = -1
                        row[[self.at(k, j) for k in parts]] = 1
                        rows.append(row), low.append(0), high.append(0)
            n, better, worse, well = (self.at(i, j) for j in range(4))
            for whole, parts in ((n, [better, worse]), (better, [well])):
                row = np.zeros(size)
                row[whole], row[parts] = 1, -1
                rows.append(row), low.append(0), high.append(np.inf)
        flat = self.values.ravel()
        seen = ~np.isnan(flat)
        limits = Bounds(np.where(seen, flat, 0), np.where(seen, flat, 1000))
        goal = np.zeros(size)
        for (i, j), weight in terms.items():
            goal[self.at(i, j)] += weight
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * goal,
                constraints=LinearConstraint(np.array(rows), low, high),
                bounds=limits,
            )
            assert found.success
            ends.append(sign * found.fun)
        return math.ceil(ends[0] - 1e-6), math.floor(ends[1] + 1e-6)


@st.composite
def counts(draw, by=("group",), levels=4):
    keys = [()]
    for name in by:
        keys = [(*key, f"{name} {level}") for key in keys for level in range(levels)]
    rows = []
    for key in keys:
        n = draw(st.integers(0, 30) | st.integers(0, 4))
        better = draw(st.integers(0, n))
        rows.append(
            (*key, n, better, draw(st.integers(0, n - better)), draw(st.integers(0, better)))
        )
    return pl.DataFrame(rows, schema=[*by, *NAMES], orient="row")


def check(cells, by):
    table = summed(cells, list(by))
    shown = withhold(table, by, FIGURES, FEWEST)
    attacker = Attacker(shown, by)
    blind = Attacker(
        shown.with_columns(
            pl.when(pl.all_horizontal(pl.col(by).is_null())).then(pl.col(name)) for name in NAMES
        ),
        by,
    )
    for i, row in enumerate(table.iter_rows(named=True)):
        if all(row[name] is None for name in by):
            continue
        for j, name in enumerate(NAMES):
            value, rest = row[name], row["n"] - row[name]
            targets = []
            if 0 < value < FEWEST or (j and row["n"] and value < FEWEST):
                targets.append({(i, j): 1})
            if j and row["n"] and rest < FEWEST:
                targets.append({(i, 0): 1, (i, j): -1})
            for target in targets:
                assert shown[name][i] is None
                low, high = attacker.bounds(target)
                least, most = blind.bounds(target)
                assert high - low >= min(FEWEST, most - least)


@settings(max_examples=12)
@given(counts())
def test_no_small_count_of_a_group_can_be_worked_out(cells):
    check(cells, ("group",))


@settings(max_examples=4)
@given(counts(by=("age", "gender"), levels=2))
def test_nor_can_one_where_two_columns_cross(cells):
    check(cells, ("age", "gender"))


def test_the_attack_is_a_real_one():
    """Withholding small counts alone is undone by subtraction."""
    cells = pl.DataFrame(
        [("a", 40, 20, 9, 8), ("b", 30, 12, 8, 6), ("c", 20, 3, 9, 0)],
        schema=["group", *NAMES],
        orient="row",
    )
    table = summed(cells, ["group"])
    naive = table.with_columns(better=pl.when(pl.col("better") != 3).then("better"))
    place = table["group"].to_list().index("c")
    assert Attacker(naive, ["group"]).bounds({(place, 1): 1}) == (3, 3)
    safe = withhold(table, ["group"], FIGURES)
    assert Attacker(safe, ["group"]).bounds({(place, 1): 1})[0] == 0
    assert safe["better"].null_count() == 2


def test_large_counts_are_left_alone():
    cells = pl.DataFrame(
        [("a", 400, 200, 90, 80), ("b", 300, 120, 80, 60)], schema=["group", *NAMES], orient="row"
    )
    table = summed(cells, ["group"])
    assert withhold(table, ["group"], FIGURES).equals(table)


def test_nobody_and_everybody_tell_of_each():
    cells = pl.DataFrame(
        [("a", 40, 40, 0, 20), ("b", 300, 120, 80, 60), ("c", 200, 90, 50, 30)],
        schema=["group", *NAMES],
        orient="row",
    )
    shown = withhold(summed(cells, ["group"]), ["group"], FIGURES).filter(group="a")
    assert shown["n"].item() == 40
    assert shown["better"].item() is None
    assert shown["worse"].item() is None


def test_few_of_whom_it_is_not_known_are_a_small_number_and_nobody_is_none():
    counts = pl.DataFrame(
        {
            "group": [None, "a", "b", "c", "d"],
            "n": [240, 60, 60, 60, 60],
            "known": [219, 58, 51, 50, 60],
        }
    )
    figures = (Figure(name="n"), Figure(name="known", of="n", rest=True))
    shown = withhold(counts, ["group"], figures, FEWEST).sort("group", nulls_last=False)
    assert shown["known"].to_list() == [219, None, 51, None, 60]


def test_an_empty_group_is_shown_as_empty():
    cells = pl.DataFrame(
        [("a", 0, 0, 0, 0), ("b", 300, 120, 80, 60)], schema=["group", *NAMES], orient="row"
    )
    assert withhold(summed(cells, ["group"]), ["group"], FIGURES)["n"].null_count() == 0


def test_counts_that_do_not_add_up_are_refused():
    table = pl.DataFrame(
        [(None, 10, 5, 0, 0), ("a", 4, 2, 0, 0), ("b", 5, 3, 0, 0)],
        schema={"group": pl.String} | dict.fromkeys(NAMES, pl.Int64),
        orient="row",
    )
    with pytest.raises(Problem, match="do not add up"):
        withhold(table, ["group"], FIGURES)
    with pytest.raises(Problem, match="two rows"):
        withhold(pl.concat([table, table]), ["group"], FIGURES)
    with pytest.raises(Problem, match="hides nobody"):
        withhold(table, ["group"], FIGURES, fewest=1)
