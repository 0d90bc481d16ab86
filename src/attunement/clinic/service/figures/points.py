"""What pictures draw, as a table."""

from collections.abc import Iterable, Iterator
from typing import Any

from attunement.clinic.service.figures.drawing import Drawing

COLUMNS = ("picture", "part", "mark", "column", "value", "text")
PLACES = 6


def points(every: Iterable[Drawing]) -> list[dict[str, Any]]:
    """List what the pictures draw: a row per number or word of every mark."""
    found = []
    for one in every:
        for part, data in enumerate(_data(one.spec)):
            for place, row in enumerate(data):
                for column, value in row.items():
                    is_number = isinstance(value, int | float) and not isinstance(value, bool)
                    found.append(
                        {
                            "picture": one.name,
                            "part": part + 1,
                            "mark": place + 1,
                            "column": column,
                            "value": _clean(value) if is_number else None,
                            "text": value if isinstance(value, str) else None,
                        }
                    )
    return found


def _clean(value: float) -> float:
    """Take off what binary fractions add, and the sign of nought."""
    return round(float(value), PLACES) + 0.0


def _data(part: Any) -> Iterator[list[dict[str, Any]]]:
    """Find the data inside a description, wherever it stands; shared data once."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "datasets":
                yield from value.values()
            elif name == "data" and "values" in value:
                yield value["values"]
            else:
                yield from _data(value)
    elif isinstance(part, list):
        for value in part:
            yield from _data(value)
