"""Text that a spreadsheet would take for a formula: guarded on writing, bare on reading.

The guard is an apostrophe in front. Text that begins with apostrophes and then such a sign gets
one more, so that reading what was written gives the same text in every case.
"""

import narwhals as nw
import polars as pl

from attunement.frames import Lazy

SIGNS = r"[=+\-@\t\r\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
DANGEROUS = rf"^'*{SIGNS}"
GUARDED = rf"^'+{SIGNS}"


def guarded(frame: Lazy) -> Lazy:
    """Guard all text of a table."""
    texts = [name for name, dtype in frame.collect_schema().items() if dtype == nw.String]
    return frame.with_columns(
        nw.when(nw.col(name).str.contains(DANGEROUS))
        .then(nw.concat_str(nw.lit("'"), nw.col(name)))
        .otherwise(nw.col(name))
        .alias(name)
        for name in texts
    )


def bare(cells: pl.Series) -> pl.Series:
    """Take the guard off a column of text."""
    column = pl.col(cells.name)
    is_guarded = column.str.contains(GUARDED)
    plain = pl.when(is_guarded).then(column.str.slice(1)).otherwise(column)
    return cells.to_frame().select(plain).to_series()
