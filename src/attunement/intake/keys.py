"""Who, and at which session: the columns that every table shares."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from attunement.intake import sentences as said
from attunement.intake.columns import require
from attunement.intake.days import dates, slashed_order
from attunement.intake.notes import Note
from attunement.intake.sheet import ROW, Sheet, refuse, shown
from attunement.intake.values import names, sessions
from attunement.problems import Problem
from attunement.tables import Kind, Table


def client_and_session(sheet: Sheet, table: Table, others: Sequence[str] = ()) -> Sheet:
    """Check and convert ``client``, ``session`` and the optional columns of a table.

    Where there is no ``session`` but a ``date``, each client's dates are numbered 1, 2, 3 ...

    Parameters
    ----------
    others
        Further columns that must be there.

    Raises
    ------
    Problem
        If a client, or what tells the sessions apart, is missing.
    """
    wanted = {"client": "client"}
    if "date" not in sheet.columns:
        wanted["session"] = "session" if "date" in others else "session or date"
    require(sheet, wanted | {name: name for name in others})
    kinds = {column.name: column.kind for column in table.columns if column.optional}
    ready = {"client": names(sheet, "client", required=True)}
    for name in sheet.columns:
        if name == "date" or kinds.get(name) is Kind.DATE:
            ready[name] = dates(sheet, name)
        elif name in kinds and kinds[name] not in (Kind.WHOLE, Kind.NUMBER):
            ready[name] = names(sheet, name)
    frame = sheet.frame.with_columns(**ready)
    notes = [*sheet.notes]
    if "date" in sheet.columns and (order := slashed_order(sheet.frame["date"])):
        notes.append(Note(said.DATES_READ, file=sheet.file, kind=order))
    if "session" in sheet.columns:
        frame = frame.with_columns(sessions(sheet, "session").alias("session"))
    else:
        refuse(sheet, ready["date"].is_null(), "date", said.NO_DATE, said.FILL)
        frame = frame.with_columns(
            pl.col("date").rank("dense").over("client").cast(pl.Int64).alias("session")
        )
        notes.append(Note(said.SESSIONS_NUMBERED, file=sheet.file))
    return replace(sheet, frame=frame, notes=notes)


def refuse_repeats(sheet: Sheet, key: list[str]) -> None:
    """Raise a :class:`Problem` when two rows share a key."""
    again = sheet.frame.select(~pl.struct(key).is_first_distinct()).to_series()
    if not again.any():
        return
    repeat = sheet.frame.filter(again).row(0, named=True)
    same = sheet.frame.filter(pl.col(name).eq_missing(pl.lit(repeat[name])) for name in key)
    what = ", ".join(f"{name} {shown(repeat[name])}" for name in key if repeat[name] is not None)
    two = "rater" in sheet.columns and "rater" not in key
    raise Problem(
        said.REPEATED,
        said.ONE_ROW_PER_RATER if two else said.ONE_ROW,
        values={"key": what, "first": same[ROW][0]},
        alike=int(again.sum()) - 1,
        file=sheet.file,
        row=repeat[ROW],
    )
