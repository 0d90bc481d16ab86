"""Codes for missing scores, such as -9 or 99: taken out where said, and pointed out where not."""

from collections.abc import Mapping, Sequence

import polars as pl

from attunement.intake import sentences as said
from attunement.intake.notes import Note
from attunement.intake.sheet import Sheet
from attunement.intake.values import is_text, text
from attunement.measures.scale import Scale

HIGH = (9, 66, 77, 88, 99, 777, 888, 999, 9999, 99999)
LOW = (-1, -7, -8, -9, -66, -77, -88, -99, -777, -888, -999, -9999, -99999)
USUAL = frozenset({*HIGH, *LOW})
EDGE = 25
RECURS = 2
Tally = Sequence[tuple[float, int]]


def numbers_among(codes: Sequence[str]) -> list[float]:
    """Give the codes that are numbers."""
    found = []
    for code in codes:
        try:
            found.append(float(code))
        except ValueError:
            continue
    return found


def without_codes(sheet: Sheet, column: str, codes: Sequence[str]) -> Sheet:
    """Empty the cells of a column that hold a code for missing: -9 stands for -9.0 too."""
    if not codes:
        return sheet
    cells = sheet.frame[column]
    words = cells
    if is_text(cells):
        words = text(sheet, column)
        coded = words.str.to_lowercase().is_in([code.strip().lower() for code in codes])
    else:
        coded = pl.repeat(False, len(cells), eager=True)  # noqa: FBT003
    if is_text(cells) or cells.dtype.is_numeric():
        numbers = words.cast(pl.Float64, strict=False)
        coded = coded.fill_null(value=False) | numbers.is_in(numbers_among(codes)).fill_null(
            value=False
        )
    return sheet.having(sheet.frame.with_columns(words.set(coded, None).alias(column)))


def suspects(tally: Tally) -> dict[float, int]:
    """Find values that recur far from all others and are usual as codes for missing.

    A negative one is suspect where nothing else is negative; any, where it lies further from
    the others than half their range.

    Parameters
    ----------
    tally
        Values and how often each occurs; the lowest and the highest few are enough.

    Returns
    -------
    dict of float to int
        Suspect values and how often each occurs.
    """
    rest = [value for value, _ in tally if value not in USUAL]
    if not rest:
        return {}
    low, high = min(rest), max(rest)
    return {
        value: count
        for value, count in sorted(dict(tally).items())
        if value in USUAL
        and count >= RECURS
        and (value < 0 <= low or max(low - value, value - high) > (high - low) / 2)
    }


def unbounded(scales: Mapping[str, Scale]) -> list[str]:
    """Name the scales of which no range is known."""
    return [name for name, scale in scales.items() if scale.low is None or scale.high is None]


def edges(scores: pl.Series) -> Tally:
    """Count the lowest and the highest values of a column."""
    counted = scores.drop_nulls().alias("score").value_counts(name="n").sort("score")
    return pl.concat([counted.head(EDGE), counted.tail(EDGE)]).unique().rows()


def code_notes(file: str, name: str, tally: Tally) -> list[Note]:
    """Ask about each suspect value of a scale in a sentence."""
    return [
        Note(said.PERHAPS_A_CODE, file=file, scale=name, count=f"{count:,}", value=f"{value:g}")
        for value, count in suspects(tally).items()
    ]
