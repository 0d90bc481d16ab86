"""Write tables so that no spreadsheet takes a cell for a formula."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"

Row = Mapping[str, Any]


def cell(value: Any) -> Any:
    """Give a value as a cell: text that begins like a formula is marked as text (OWASP)."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return "'" + value
    if isinstance(value, dict | list):
        return json.dumps(plain(value), ensure_ascii=False, sort_keys=True)
    return plain(value)


def plain(value: Any) -> Any:
    """Give a value as JSON knows it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def as_csv(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Write rows as CSV that spreadsheets open in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(name)) for name in columns])
    return BOM + out.getvalue()


def as_json(rows: Sequence[Row]) -> str:
    """Write rows as JSON, values as they are."""
    return json.dumps([plain(dict(row)) for row in rows], ensure_ascii=False, indent=2) + "\n"
