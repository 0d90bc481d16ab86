"""A day is read where it can be read in one way only."""

from datetime import date

import pytest

from attunement.intake import read_scores
from attunement.problems import Problem


def read(folder, *days):
    path = folder / "a.csv"
    path.write_text("client,date,phq9\n" + "".join(f"A,{day},3\n" for day in days))
    return read_scores(path)


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (["3/2/2026", "3/20/2026"], "month/day/year"),
        (["2/3/2026", "20/3/2026"], "day/month/year"),
    ],
)
def test_one_day_after_the_twelfth_tells_how_all_are_written(days, order, tmp_path):
    intake = read(tmp_path, *days)
    assert intake.scores["date"].to_list() == [date(2026, 3, 2), date(2026, 3, 20)]
    assert f"a.csv: dates were read as {order}." in intake.notes


@pytest.mark.parametrize("days", [["3/2/2026"], ["20/3/2026", "3/20/2026"]])
def test_what_may_be_read_in_two_ways_is_refused(days, tmp_path):
    with pytest.raises(Problem, match=r"row 2, date: .* may be read with the day or the month fir"):
        read(tmp_path, *days)


def test_a_day_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(Problem, match="row 3, date: '2/30/2026' is not a date"):
        read(tmp_path, "3/20/2026", "2/30/2026")
