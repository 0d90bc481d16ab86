"""A file of answers, one row per answer, becomes the table of responses."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from attunement.intake import sentences as said
from attunement.intake.columns import renamed
from attunement.intake.files import open_sheet
from attunement.intake.keys import client_and_session, refuse_repeats
from attunement.intake.sheet import refuse
from attunement.intake.values import names, numbers
from attunement.tables import RESPONSES


def read_responses(path: str | Path, *, rename: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Read answers: ``client``, ``session``, ``instrument``, ``item``, ``value``.

    Returns
    -------
    polars.DataFrame
        As in :data:`attunement.tables.RESPONSES`; ``rater`` is ``client`` where absent;
        ``seconds`` are there where the file has them.

    Raises
    ------
    Problem
        In one sentence, about the first thing that is wrong.
    """
    sheet = renamed(open_sheet(path, rename), RESPONSES, rename or {})
    sheet = client_and_session(sheet, RESPONSES, ["instrument", "item", "value"])
    frame = sheet.frame.with_columns(
        names(sheet, "instrument", required=True),
        names(sheet, "item", required=True),
        numbers(sheet, "value"),
        (pl.col("rater") if "rater" in sheet.columns else pl.lit(None, pl.String))
        .fill_null("client")
        .alias("rater"),
    )
    if "seconds" in sheet.columns:
        seconds = numbers(sheet, "seconds")
        refuse(sheet, seconds < 0, "seconds", said.NEGATIVE, said.AS_NUMBER)
        frame = frame.with_columns(seconds)
    refuse_repeats(sheet.having(frame), list(RESPONSES.key))
    return frame.select(name for name in RESPONSES.names if name in frame.columns)
