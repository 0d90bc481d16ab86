import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import survdiff

from attunement.problems import Problem
from attunement.programme.retention.curve import life_table
from attunement.programme.retention.logrank import log_rank

from .test_curve import LEFT, TIME


def compared(time, left, group):
    time, left, group = (np.asarray(values) for values in (time, left, group))
    return log_rank(
        {
            str(name): life_table(pl.Series(time[group == name]), pl.Series(left[group == name]))
            for name in np.unique(group)
        }
    )


def test_the_statistic_is_that_of_r():
    """R 4.2 with survival 3.5.3: survdiff(Surv(time, status) ~ g)."""
    two = [1, 2, 1, 1, 2, 1, 2, 2, 1, 1, 2, 2, 1, 2, 1, 2, 1, 2, 1, 2]
    three = [i % 3 for i in range(20)]
    assert compared(TIME, LEFT, two).chi2 == pytest.approx(0.767241724942)
    found = compared(TIME, LEFT, three)
    assert found.chi2 == pytest.approx(1.12546836402)
    assert found.df == 2


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.booleans(), st.integers(0, 2)), min_size=20, max_size=80
    )
)
def test_the_statistic_is_that_of_statsmodels(rows):
    time, left, group = (np.array(column) for column in zip(*rows, strict=True))
    if left.sum() < 3 or np.unique(group).size < 2:
        return
    try:
        chi2, p = survdiff(time, left.astype(int), group)
    except np.linalg.LinAlgError:
        return
    if not np.isfinite(chi2) or chi2 > 1e6 or chi2 < 0:
        return
    found = compared(time, left.astype(int), group)
    assert found.p == pytest.approx(p, abs=1e-6)


def test_without_a_difference_1_in_20_is_called_one():
    rng = np.random.default_rng(3)
    found = [
        compared(
            rng.integers(1, 12, 120), (rng.random(120) < 0.6).astype(int), rng.integers(0, 3, 120)
        ).p
        for _ in range(600)
    ]
    assert 0.03 <= np.mean(np.array(found) < 0.05) <= 0.07


def test_one_group_cannot_be_compared():
    with pytest.raises(Problem, match="no two groups"):
        compared([1, 2], [1, 1], [0, 0])
    with pytest.raises(Problem, match="nobody left"):
        compared([1, 2], [0, 0], [0, 1])
