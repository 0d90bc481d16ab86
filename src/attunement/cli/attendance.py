"""``attunement attendance``."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attunement.cli import show, sources
from attunement.cli.options import Json, Meanings, Missing, OutFile, Panel, Rename, pairs

if TYPE_CHECKING:
    from attunement.course.attendance.overview import Attendance
    from attunement.course.proportions import Share

EXAMPLE = "Example: attunement attendance attendance.csv"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLE, rich_help_panel=Panel.OUTCOME)(attendance)


def attendance(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help="CSV, TSV, Parquet or Excel with client, session, date, status (attended, late, "
            "cancelled, missed), and where known planned_end.",
        ),
    ],
    scores: Annotated[
        Path | None,
        typer.Option(metavar="SCORES", help="Scores: adds the share answered.", show_default=False),
    ] = None,
    dose: Annotated[int, typer.Option(help="Sessions that make a dose.", min=1, max=1000)] = 4,
    days: Annotated[
        int, typer.Option(help="Days without an appointment that end it.", min=1, max=3650)
    ] = 60,
    rename: Rename = None,
    scale: Meanings = None,
    missing: Missing = None,
    out: OutFile = None,
    json: Json = False,
) -> None:
    """Count missed and late sessions, and drop-out by several named definitions."""
    from attunement.course.attendance.dropout import Limits
    from attunement.course.attendance.overview import attendance as summarise
    from attunement.intake import read_attendance, write_table

    with show.working(f"Reading {file.name} ..."):
        appointments = read_attendance(file, rename=pairs(rename, "--rename"))
    answered = None if scores is None else sources.scores(scores, None, scale, missing).scores
    found = summarise(appointments, scores=answered, limits=Limits(dose=dose, days=days))
    written = (
        [] if out is None else [write_table(out, found.people, never=sources.read_by(file, scores))]
    )
    if json:
        show.as_json(
            {
                "overall": found.overall,
                "rates": found.rates,
                "people": found.people,
                "dropout": found.dropout,
                "files": written,
            }
        )
        return
    show_attendance(found)
    show.written(written)


def show_attendance(found: "Attendance") -> None:
    """Print all clients together, and drop-out by definition."""
    overall = found.overall
    show.say(
        f"{show.counted(overall.appointments, 'appointment')} "
        f"of {show.counted(overall.clients, 'client')}."
    )
    shares = {
        "Missed, of those not cancelled": overall.missed,
        "Late, of those attended": overall.late,
        "Cancelled": overall.cancelled,
        "Answered, of those attended": overall.answered,
    }
    for what, share in shares.items():
        if share is not None:
            show.say(f"{what}: {counted(share)}")
    show.table(
        "Dropped out, by definition",
        {"definition": "left", "dropped out": "right", "unknown": "right", "who counts": "left"},
        (
            (row["definition"], rate(row), row["unknown"], row["text"])
            for row in found.rates.iter_rows(named=True)
        ),
        caption="unknown: clients of whom it cannot be said, as while they may still come.",
    )


def rate(row: Mapping[str, Any]) -> str:
    """Write how many dropped out, with the rate's 95% interval."""
    if row["rate"] is None:
        return "-"
    interval = f"{row['low']:.0%} to {row['high']:.0%}"
    return f"{row['events']:,} of {row['n']:,} ({row['rate']:.0%}; {interval})"


def counted(share: "Share") -> str:
    """Write a share."""
    return f"{share.n:,} of {share.of:,}" + ("" if share.share is None else f" ({share.share:.0%})")
