"""The order in which people read names: 2 before 10."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from polars import DataFrame


def by_client(rows: "DataFrame") -> list[dict[str, Any]]:
    """Order rows by client, numbers within names as numbers; one client's rows keep their order."""
    return sorted(rows.iter_rows(named=True), key=lambda row: as_people_count(str(row["client"])))


def as_people_count(name: str) -> list[tuple[int, str, str]]:
    """Split a name into parts that sort as people count, whatever a number's length."""
    parts = re.findall(r"([0-9]*)([^0-9]*)", name)
    plain = [(number.lstrip("0") if number else None, text) for number, text in parts]
    return [(-1, "", text) if n is None else (len(n), n, text) for n, text in plain]
