"""A file about goals becomes the table of agreement on them."""

from pathlib import Path

import polars as pl

from attunement.goals.agreement import goal_agreement
from attunement.goals.tables import GOAL_AGREEMENT, GOALS
from attunement.intake.columns import renamed
from attunement.intake.files import open_sheet
from attunement.intake.keys import client_and_session, refuse_repeats
from attunement.intake.sheet import Sheet, refuse
from attunement.intake.values import names, numbers

INDEX = "agreement"


def read_agreement(path: str | Path) -> pl.DataFrame:
    """Read how far client and therapist agree on goals, or the goals that both wrote.

    The layout of the file is our own.

    Parameters
    ----------
    path
        CSV, TSV, Parquet or Excel, with the columns of
        :data:`attunement.goals.tables.GOAL_AGREEMENT`, or of
        :data:`attunement.goals.tables.GOALS`: then
        :func:`~attunement.goals.agreement.goal_agreement` reckons the rest.

    Returns
    -------
    polars.DataFrame
        ``client``, ``session``, ``agreement`` from 0 to 1.

    Raises
    ------
    Problem
        In one sentence, about the first thing that is wrong.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     place = Path(folder) / "goals.csv"
    ...     pl.DataFrame({"client": "A", "session": 3, "agreement": 0.8}).write_csv(place)
    ...     read_agreement(place).rows()
    [('A', 3, 0.8)]
    """
    found = open_sheet(path)
    if INDEX in {name.casefold() for name in found.columns}:
        return _agreement(renamed(found, GOAL_AGREEMENT, {}))
    return _reckoned(renamed(found, GOALS, {}))


def _agreement(sheet: Sheet) -> pl.DataFrame:
    sheet = client_and_session(sheet, GOAL_AGREEMENT, [INDEX])
    index = numbers(sheet, INDEX)
    refuse(
        sheet,
        (index < 0) | (index > 1),
        INDEX,
        "{value} is no share",
        "write agreement from 0 to 1",
    )
    frame = sheet.frame.with_columns(index)
    refuse_repeats(sheet.having(frame), list(GOAL_AGREEMENT.key))
    return frame.select(GOAL_AGREEMENT.names)


def _reckoned(sheet: Sheet) -> pl.DataFrame:
    sheet = client_and_session(sheet, GOALS, ["rater", "goal", "rank", "pair"])
    frame = sheet.frame.with_columns(
        names(sheet, "rater", required=True).str.to_lowercase(),
        names(sheet, "goal", required=True),
        numbers(sheet, "rank"),
        names(sheet, "pair"),
    )
    refuse_repeats(sheet.having(frame), list(GOALS.key))
    table: pl.DataFrame = goal_agreement(frame.select(GOALS.names))
    return table.select(GOAL_AGREEMENT.names)
