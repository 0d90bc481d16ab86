"""What a reader can work out from curves of groups beside everybody's."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attunement.programme.retention.curve import (
    COMPLETED,
    LEFT,
    OPEN,
    cumulative_incidence,
    kaplan_meier,
    life_table,
)
from attunement.programme.retention.steps import (
    KINDS,
    common_steps,
    curve_in_steps,
    in_steps,
    shown_together,
)

FEWEST = 5


def lives(clients, seed, leaves=0.08):
    rng = np.random.default_rng(seed)
    fates = rng.random((clients, 400))
    after = np.argmax(fates < leaves + 0.06, axis=1)
    drawn = fates[np.arange(clients), after]
    fate = np.where(drawn < leaves, LEFT, np.where(drawn < leaves + 0.03, COMPLETED, OPEN))
    return pl.DataFrame({"time": after + 1.0, "outcome": fate})


def table_of(rows):
    return life_table(rows["time"], rows["outcome"])


@settings(max_examples=25)
@given(
    st.lists(st.integers(20, 300), min_size=1, max_size=4), st.integers(0, 60), st.integers(0, 99)
)
def test_no_count_between_steps_is_small_neither_shown_nor_by_subtraction(sizes, hidden, seed):
    groups = [lives(size, seed + 100 * number) for number, size in enumerate(sizes)]
    rest = lives(hidden, seed + 7).filter(pl.col("time") > 0)
    tables = {str(number): table_of(rows) for number, rows in enumerate(groups)}
    everybody = table_of(pl.concat([*groups, rest]))
    curves = shown_together(tables, everybody, FEWEST)
    if not curves:
        return
    steps = next(iter(curves.values()))["time"].to_list()
    assert all(curve["time"].to_list() == steps for curve in curves.values())
    # The reader knows totals, and gets every count of a shown group back at its steps.
    edges = [0.0, *steps, np.inf]
    for rows in (*groups, rest):
        for fate in (LEFT, COMPLETED, OPEN):
            own = rows.filter(pl.col("outcome") == fate)["time"].to_numpy()
            counted = np.histogram(own, bins=np.array(edges) + 0.5)[0]
            assert ((counted == 0) | (counted >= FEWEST)).all()


def test_exact_curves_would_give_single_clients_away():
    rows = lives(60, 3)
    curve = kaplan_meier(table_of(rows))
    at_risk, found = 60.0, []
    before = 1.0
    for staying, row in zip(curve["staying"], curve.iter_rows(named=True), strict=True):
        found.append(round(at_risk * (1 - staying / before)))
        before, at_risk = staying, at_risk - row["left"] - row["completed"] - row["censored"]
    assert found == curve["left"].to_list()
    assert 1 in found


def test_at_every_time_a_step_gives_the_exact_curve():
    table = table_of(lives(4000, 5))
    steps = table["time"].head(8).to_list()
    coarse = curve_in_steps(in_steps(table, steps))
    exact = cumulative_incidence(kaplan_meier(table)).head(8)
    for name in ("staying", "low", "high", "gone", "gone_low", "gone_high"):
        assert coarse[name].to_list() == pytest.approx(exact[name].to_list())


def test_wide_steps_lie_near_the_exact_curve():
    table = table_of(lives(20_000, 6))
    coarse = curve_in_steps(in_steps(table, [3.0, 6.0, 12.0]))
    exact = cumulative_incidence(kaplan_meier(table)).filter(pl.col("time").is_in([3.0, 6.0, 12.0]))
    for name in ("staying", "gone"):
        assert coarse[name].to_list() == pytest.approx(exact[name].to_list(), abs=0.01)


def test_where_too_few_leave_there_is_no_curve():
    rows = pl.DataFrame({"time": [3.0] * 30, "outcome": [LEFT] * 4 + [COMPLETED] * 26})
    assert shown_together({"a": table_of(rows)}, table_of(rows), FEWEST) == {}
    assert shown_together({}, table_of(rows), FEWEST) == {}


def test_steps_count_everybody_once():
    table = table_of(lives(500, 8))
    steps = common_steps([table], FEWEST)
    counted = in_steps(table, steps)
    inside = table.filter(pl.col("time") <= steps[-1])
    for kind in KINDS:
        assert counted[kind].sum() == inside[kind].sum()
    assert counted["at_risk"][0] == 500
