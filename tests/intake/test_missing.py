"""A code for a missing score is taken out where it is said, and asked about where it is not."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attunement.intake import read_scores
from attunement.intake.missing import suspects
from attunement.intake.scan import scan_scores
from attunement.problems import Problem

MOOD = {"mood": "higher-is-better"}


def wide(*scores):
    rows = [f"c{at // 5},{at % 5 + 1},{score}" for at, score in enumerate(scores)]
    return "\n".join(["client,session,mood", *rows]) + "\n"


def long(*scores):
    text = wide(*scores).replace("session,mood", "session,scale,score").splitlines()
    return "\n".join([text[0], *(",mood,".join(row.rsplit(",", 1)) for row in text[1:])]) + "\n"


@pytest.mark.parametrize("written", ["-9", "-9.0", " -9 "])
@pytest.mark.parametrize("layout", [wide, long])
def test_a_code_that_is_said_becomes_an_empty_cell(written, layout, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(layout(3, written, 4, "refused", 5))
    intake = read_scores(path, scales=MOOD, missing=["-9", "Refused"])
    assert intake.scores["score"].to_list() == [3, None, 4, None, 5]
    assert intake.notes == []


def test_a_code_is_taken_out_of_a_parquet_file_too(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"client": "A", "session": [1, 2], "mood": [3, -9]}).write_parquet(path)
    assert read_scores(path, scales=MOOD, missing=["-9"]).scores["score"].to_list() == [3, None]


def test_the_quick_way_takes_codes_out_and_asks_alike(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(long(3, -9, 4, -9, 5))
    scan, careful = scan_scores(path, scales=MOOD), read_scores(path, scales=MOOD)
    assert scan.notes == careful.notes != []
    scan = scan_scores(path, scales=MOOD, missing=["-9"])
    assert sorted(scan.scores.pl()["score"].drop_nulls()) == [3, 4, 5]
    assert scan.notes == []
    assert scan_scores(path, scales=MOOD, missing=["refused"]) is None


def test_a_recurring_value_far_from_all_others_is_asked_about(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(wide(*[3, 7, 5, 10, -9] * 15))
    (note,) = read_scores(path, scales=MOOD).notes
    assert note == (
        "a.csv, mood: 15 cells are -9, far from all others; if that is a code for missing, "
        "say --missing -9."
    )


def test_a_score_outside_a_declared_range_may_be_a_code(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(wide(3, 99))
    with pytest.raises(Problem, match=r"'99' is outside the range of mood, 0 to 10.* --missing"):
        read_scores(path, scales={"mood": "higher-is-better:0-10"})


@pytest.mark.parametrize(
    ("tally", "found"),
    [
        ([(-9, 15), (1, 3), (7, 3)], {-9: 15}),
        ([(-9, 2), (-8, 3), (0, 1), (27, 1)], {-9: 2, -8: 3}),
        ([(0, 1), (27, 4), (99, 2)], {99: 2}),
        ([(1, 9), (5, 9), (9, 4)], {9: 4}),
        ([(1, 9), (8, 9), (9, 4)], {}),
        ([(1, 9), (8, 9), (9, 4), (10, 1)], {}),
        ([(0, 5), (98, 2), (99, 2), (100, 1)], {}),
        ([(-9, 1), (1, 3), (7, 3)], {}),
        ([(-3, 2), (-1, 2), (0, 2), (3, 2)], {}),
        ([(-9, 15)], {}),
        ([], {}),
    ],
)
def test_only_a_usual_code_that_recurs_far_off_is_suspect(tally, found):
    assert suspects(tally) == found


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(1, 9)), max_size=12))
def test_a_suspect_value_is_never_between_two_others(tally):
    tally = list(dict(tally).items())
    rest = [value for value, _ in tally if value not in suspects(tally)]
    assert all(value < min(rest) or value > max(rest) for value in suspects(tally))
