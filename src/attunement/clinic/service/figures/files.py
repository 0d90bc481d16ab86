"""Every figure as files: as CSV and as Parquet, with what each column means."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from attunement.clinic.service.figures.points import COLUMNS as POINTS
from attunement.clinic.service.figures.rows import COLUMNS as FIGURES

KINDS = {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "of": pl.Int64,
         "part": pl.Int64, "mark": pl.Int64}  # fmt: skip
ABOUT = """Figures of a service, worked out on {at} from about {began} episodes of care.

figures.csv and figures.parquet hold every figure of the pages "For the board" and "For the
analyst"; what is counted at the top of the first, every night, has names that begin with counts/.
pictures.csv and pictures.parquet hold what their pictures draw. dictionary.csv says what each
column means.

Counts are rounded to the nearest five, and shares so far that a step is five people or more: to
whole per cents from 500 on. Intervals are those of the rounded numbers, or rounded outward. Counts
below ten are withheld, or only bounds are given, and so is what would give them back by
subtraction. Whoever puts these files together with those of another day, or with what they know of
a person, must not try to find out who is in them.

Figures of outcomes, and of ratings all at the top, leave out who was asked for a yes and gave none,
or took it back. Counts of care, sessions and check-ins are of everybody.

A figure that goes together with another need not be brought about by it. Units are not ranked.
"""
TOLD = (
    "rounded: the value is given, low and high are its 95 % interval; between: only that the value "
    "lies from low to high; withheld: nothing is given"
)
MEANINGS: Sequence[tuple[str, str, str]] = (
    ("figures", "figure", "its name; of a group after column=group"),
    ("figures", "what", "what it is"),
    ("figures", "told", TOLD),
    ("figures", "value", "the figure, rounded"),
    ("figures", "low", "lower end of the interval, or of where the value lies"),
    ("figures", "high", "upper end of the interval, or of where the value lies"),
    ("figures", "of", "out of how many, to the nearest five"),
    ("figures", "unit", "share (0 to 1), count, points (of the scale), SD or number"),
    ("figures", "why", "why it is withheld, where it would give a small number back"),
    ("pictures", "picture", "its name"),
    ("pictures", "part", "which set of marks in the picture"),
    ("pictures", "mark", "which mark in the set"),
    ("pictures", "column", "what about the mark"),
    ("pictures", "value", "a number, empty where it is a word"),
    ("pictures", "text", "a word, empty where it is a number"),
)  # fmt: skip


def packed(
    figures: Mapping[str, Mapping[str, Any]], points: Sequence[Mapping[str, Any]], at: datetime
) -> bytes:
    """Put figures, and what pictures draw, into a ZIP."""
    began = figures.get("people/began", {}).get("value")
    tables = {
        "figures": _table(list(figures.values()), FIGURES),
        "pictures": _table(points, POINTS),
    }
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        about = ABOUT.format(
            at=f"{at:%Y-%m-%d}", began="fewer than ten" if began is None else f"{began:.0f}"
        )
        archive.writestr("READ-ME.txt", about.replace("about fewer", "fewer"))
        archive.writestr("dictionary.csv", _dictionary())
        for name, table in tables.items():
            archive.writestr(f"{name}.csv", table.write_csv())
            parquet = io.BytesIO()
            table.write_parquet(parquet)
            archive.writestr(f"{name}.parquet", parquet.getvalue())
    return sink.getvalue()


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pl.DataFrame:
    schema = {name: KINDS.get(name, pl.String) for name in columns}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def _dictionary() -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("table", "column", "meaning"))
    writer.writerows(MEANINGS)
    return text.getvalue()
