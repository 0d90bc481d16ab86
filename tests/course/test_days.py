from datetime import date

import narwhals as nw
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from attunement.course.days import day_number


@given(st.lists(st.dates(), min_size=1, max_size=20))
def test_days_are_counted_as_the_calendar_counts_them(days):
    table = nw.from_native(pl.DataFrame({"day": days}))
    found = table.select(day_number(nw.col("day")))["day"].to_list()
    assert found == [day.toordinal() for day in days]


def test_the_first_day_is_one():
    table = nw.from_native(pl.DataFrame({"day": [date(1, 1, 1)]}))
    assert table.select(day_number(nw.col("day")))["day"].to_list() == [1]
