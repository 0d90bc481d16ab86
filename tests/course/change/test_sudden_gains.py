from statistics import mean, stdev

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.stats import t

from attunement.course.change.sudden_gains import sudden_gains
from attunement.problems import Problem

LOWER = {"scale": "bdi", "direction": "lower-is-better", "cutoff": 7}


def table(courses):
    """One client per list of scores from session 1 on; None is a missing score."""
    rows = [
        (f"c{i:02}", "bdi", session, score)
        for i, course in enumerate(courses)
        for session, score in enumerate(course, start=1)
    ]
    schema = {"client": pl.String, "scale": pl.String, "session": pl.Int64, "score": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_a_textbook_gain_is_described_in_full():
    found = sudden_gains(table([[30, 31, 29, 15, 14, 16, 13], [40] * 7]), **LOWER)
    row = found.gains.row(0, named=True)
    assert row.pop("magnitude_sd") == pytest.approx(14 / stdev([30, 40]))
    assert row == {
        "client": "c00",
        "scale": "bdi",
        "kind": "gain",
        "session_n": 3,
        "score_before": 29,
        "score_after": 15,
        "mean_before": 30,
        "mean_after": 15,
        "magnitude": 14,
        "share_of_total": pytest.approx(14 / 17),
        "reversed": False,
        "reversal_session": None,
    }
    assert found.gains.height == 1


def test_a_gain_is_reversed_at_the_first_session_that_loses_half_of_it():
    found = sudden_gains(table([[30, 31, 29, 15, 14, 16, 21, 22, 30]]), **LOWER)
    row = found.gains.filter(pl.col("kind") == "gain").row(0, named=True)
    assert (row["reversed"], row["reversal_session"]) == (True, 8)
    assert found.summary.gains_reversed.share == 1


def test_a_loss_is_a_gain_the_other_way_round():
    found = sudden_gains(table([[15, 14, 16, 30, 31, 29, 20]]), **LOWER)
    row = found.gains.row(0, named=True)
    assert (row["kind"], row["session_n"], row["magnitude"]) == ("loss", 3, 14)
    assert (row["reversed"], row["reversal_session"]) == (True, 7)


def test_a_loss_too_has_to_be_a_quarter_of_the_score_before_it():
    course = [59, 60, 61, 70, 71, 72]
    assert sudden_gains(table([course]), **LOWER).summary.losses == 0
    assert sudden_gains(table([course]), **LOWER, fraction=0.1).summary.losses == 1


@pytest.mark.parametrize(
    ("course", "why"),
    [
        ([20, 20, 20, 14, 14, 14], "smaller than the cut-off"),
        ([60, 60, 60, 50, 50, 50], "less than a quarter"),
        ([30, 14, 29, 15, 31, 14], "not stable"),
    ],
)
def test_each_criterion_alone_prevents_a_gain(course, why):
    found = sudden_gains(table([course]), **LOWER)
    assert found.summary.gains == 0, why
    assert found.people["has_gain"].to_list() == [False]


def test_a_step_of_exactly_the_cutoff_counts_whatever_decimals_round_to():
    course = [0.7, 0.7, 0.7, 0.4, 0.4, 0.4]  # .7 - .4 is a little less than .3
    found = sudden_gains(table([course]), **{**LOWER, "cutoff": 0.3})
    assert found.summary.gains == 1


def test_the_share_is_counted_from_the_scales_lowest_score():
    course = [40, 40, 40, 32, 32, 32]
    assert sudden_gains(table([course]), **LOWER).summary.gains == 0
    assert sudden_gains(table([course]), **LOWER, zero=10).summary.gains == 1


@pytest.mark.parametrize(
    ("course", "gains"),
    [
        ([30, None, 30, 15, 15], 1),
        ([30, 30, None, 15, 15], 0),  # nothing at n, though the session before would do
        ([30, 30, 30, None, 15, 15], 0),  # nothing at n + 1
        ([30, 15, 15, 15], 0),  # one score before
        ([30, 30, 30, 15], 0),  # one score after
        ([30, 30, 30, 15, None, 15], 1),
    ],
)
def test_missing_scores_are_never_replaced_by_a_neighbour(course, gains):
    assert sudden_gains(table([course]), **LOWER).summary.gains == gains


@pytest.mark.parametrize(
    ("course", "critical"),
    [
        ([2, 0, 1, -10, -8, -9], 2.776),
        ([None, 0, 2, -10, -8, -9], 3.182),
        ([None, 0, 2, -10, None, -8], 4.303),
    ],
)
def test_the_critical_value_follows_the_scores_there_are(course, critical):
    before = [x for x in course[:3] if x is not None]
    after = [x for x in course[3:] if x is not None]
    df = len(before) + len(after) - 2
    squares = sum((x - mean(side)) ** 2 for side in (before, after) for x in side)
    least = critical * (squares / df) ** 0.5
    for gap, gains in ((least + 0.02, 1), (least - 0.02, 0)):
        lower = mean(before) - gap - mean(after)
        moved = [x if i < 3 or x is None else x + lower for i, x in enumerate(course)]
        found = sudden_gains(table([moved]), **{**LOWER, "cutoff": 0.01}, fraction=0)
        assert found.gains.filter(pl.col("session_n") == 3).height == gains


def test_an_infinite_score_is_a_missing_one():
    courses = [[30, 31, 29, 15, 14, 16, 13], [40, None, 39, 41, None]]
    odd = [courses[0], [40, float("inf"), 39, 41, float("-inf")]]
    found, without = sudden_gains(table(odd), **LOWER), sudden_gains(table(courses), **LOWER)
    assert_frame_equal(found.gains, without.gains)
    assert_frame_equal(found.people, without.people)


def test_where_nothing_could_be_tested_nothing_is_said():
    found = sudden_gains(table([[30, 15, None], [None] * 4, [30, 30, 15, 15]]), **LOWER)
    assert found.people.rows() == [
        ("c00", 2, 0, None, None, None, None, None, None),
        ("c01", 0, 0, None, None, None, None, None, None),
        ("c02", 4, 1, 1, True, 2, 0, False, None),
    ]
    assert (found.summary.clients, found.summary.testable) == (3, 1)
    assert found.summary.with_gain.of == 1


def test_without_any_gain_the_share_reversed_is_unknown():
    assert sudden_gains(table([[30] * 6]), **LOWER).summary.gains_reversed.share is None


def test_total_change_the_other_way_makes_no_share():
    found = sudden_gains(table([[20, 30, 30, 15, 15, 15, 40]]), **LOWER)
    assert found.gains["share_of_total"].to_list()[0] is None


def test_duckdb_finds_the_same_and_gets_its_own_kind_back():
    scores = table([[30, 31, 29, 15, 14, 16, 21, 22, 30], [20, None, 19, 8, None, 9]])
    found = sudden_gains(duckdb.from_arrow(scores.to_arrow()), **LOWER)
    expected = sudden_gains(scores, **LOWER)
    assert isinstance(found.gains, duckdb.DuckDBPyRelation)
    for mine, other in ((expected.gains, found.gains), (expected.people, found.people)):
        assert_frame_equal(mine, other.pl(), check_dtypes=False, check_row_order=False)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"cutoff": 0}, "0 is no step"),
        ({"fraction": 25}, "25 is no share"),
        ({"confidence": 95}, "95 is not a confidence"),
        ({"direction": "down"}, "'down' is no direction"),
        ({"scale": "phq9"}, "no scale 'phq9'"),
    ],
)
def test_impossible_settings_get_one_sentence(settings, sentence):
    with pytest.raises(Problem, match=sentence):
        sudden_gains(table([[1]]), **{**LOWER, **settings})


courses = st.lists(
    st.lists(st.none() | st.sampled_from([3.0, 5, 12, 14, 15, 29, 30, 31]), max_size=12),
    min_size=1,
    max_size=4,
).filter(any)


def by_hand(course, cutoff, sign):
    """Sessions before a gain (or, with sign 1, a loss), found without any table."""
    found = []
    for n in range(1, len(course)):
        before, after = course[max(n - 3, 0) : n], course[n : n + 3]
        if before[-1] is None or after[0] is None:
            continue
        step = sign * (after[0] - before[-1])
        before, after = ([x for x in side if x is not None] for side in (before, after))
        if len(before) < 2 or len(after) < 2:
            continue
        df = len(before) + len(after) - 2
        pooled = (
            (len(before) - 1) * stdev(before) ** 2 + (len(after) - 1) * stdev(after) ** 2
        ) / df
        apart = sign * (mean(after) - mean(before))
        stable = apart > t.ppf(0.975, df) * pooled**0.5
        if step >= cutoff and step >= 0.25 * course[n - 1] and stable:
            found.append(n)
    return found


@given(courses)
def test_gains_and_losses_are_those_found_by_hand(some):
    found = sudden_gains(table(some), **LOWER).gains
    for kind, sign in (("gain", -1), ("loss", 1)):
        mine = set(found.filter(pl.col("kind") == kind).select("client", "session_n").iter_rows())
        expected = {
            (f"c{i:02}", n) for i, course in enumerate(some) for n in by_hand(course, 7, sign)
        }
        assert mine == expected


@given(courses, st.randoms(use_true_random=False))
def test_neither_row_order_nor_dropping_empty_rows_matters(some, random):
    scores = table(some)
    order = list(range(scores.height))
    random.shuffle(order)
    plain = sudden_gains(scores, **LOWER)
    shuffled = sudden_gains(scores[order], **LOWER)
    assert_frame_equal(plain.gains, shuffled.gains)
    assert_frame_equal(plain.people, shuffled.people)
    kept = scores.drop_nulls()
    if not kept.is_empty():
        assert_frame_equal(plain.gains, sudden_gains(kept, **LOWER).gains)


@given(courses)
def test_turning_the_scale_and_its_direction_round_changes_nothing(some):
    scores = table(some)
    turned = scores.with_columns(score=-pl.col("score"))
    plain = sudden_gains(scores, **LOWER)
    other = sudden_gains(turned, **{**LOWER, "direction": "higher-is-better"})
    same = ["client", "kind", "session_n", "magnitude", "reversed", "reversal_session"]
    assert_frame_equal(plain.gains.select(same), other.gains.select(same))
    assert_frame_equal(plain.people, other.people)


@given(courses, st.sampled_from([0.1, 0.5, 2, 8, 10]), st.sampled_from([-20, 0, 5, 100]))
def test_shifting_and_scaling_with_the_cutoff_and_the_zero_changes_nothing(some, unit, shift):
    scores = table(some)
    moved = scores.with_columns(score=pl.col("score") * unit + shift)
    settings = {"scale": "bdi", "direction": "lower-is-better"}
    plain = sudden_gains(scores, **settings, cutoff=6.5)
    other = sudden_gains(moved, **settings, cutoff=6.5 * unit, zero=shift)
    same = ["client", "kind", "session_n"]
    assert_frame_equal(plain.gains.select(same), other.gains.select(same))
