"""Days, counted the same on every engine."""

import narwhals as nw


def day_number(day: nw.Expr) -> nw.Expr:
    """Days since the year 1 of a date, so that dates can be subtracted."""
    years = day.dt.year() - 1
    leap_days = years // 4 - years // 100 + years // 400
    return years * 365 + leap_days + day.dt.ordinal_day()
