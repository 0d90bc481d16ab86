"""A file of appointments becomes the table of attendance."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from attunement.intake.columns import renamed
from attunement.intake.files import open_sheet
from attunement.intake.keys import client_and_session, refuse_repeats
from attunement.intake.sheet import refuse
from attunement.intake.values import names, numbers
from attunement.tables import ATTENDANCE

STATUSES = ("attended", "late", "cancelled", "missed")


def read_attendance(path: str | Path, *, rename: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Read appointments: ``client``, ``session`` (or ``date`` alone), ``date``, ``status``.

    An empty status is an appointment whose day is still to come, or of which nobody noted more.

    Returns
    -------
    polars.DataFrame
        As in :data:`attunement.tables.ATTENDANCE`.

    Raises
    ------
    Problem
        In one sentence, about the first thing that is wrong.
    """
    sheet = renamed(open_sheet(path, rename), ATTENDANCE, rename or {})
    sheet = client_and_session(sheet, ATTENDANCE, ["date", "status"])
    status = names(sheet, "status").str.to_lowercase()
    refuse(
        sheet,
        ~status.is_in(STATUSES) & status.is_not_null(),
        "status",
        "{value} is no status of an appointment",
        f"write {', '.join(STATUSES[:-1])} or {STATUSES[-1]}, or leave the cell empty",
    )
    frame = sheet.frame.with_columns(status)
    if "planned_end" in sheet.columns:
        planned = numbers(sheet, "planned_end")
        refuse(
            sheet,
            (planned != planned.floor()) | (planned < 1),
            "planned_end",
            "{value} is not the number of a session",
            "write a whole number from 1, or leave the cell empty",
        )
        frame = frame.with_columns(planned.cast(pl.Int64).alias("planned_end"))
    refuse_repeats(sheet.having(frame), list(ATTENDANCE.key))
    return frame.select(name for name in ATTENDANCE.names if name in frame.columns)
