"""``attunement report``."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from attunement.cli import show, sources
from attunement.cli.options import Json, Meanings, Missing, NormsFile, Panel, Rename, Scores

EXAMPLE = "Example: attunement report scores.csv --out report.html"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLE, rich_help_panel=Panel.NOTICE)(report)


def report(
    scores: Scores,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page.")] = Path("report.html"),
    pdf: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write an accessible PDF too.", show_default=False),
    ] = None,
    title: Annotated[str, typer.Option(help="Of the page.")] = "Whom to look at first",
    norms: NormsFile = None,
    responses: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Single answers: those that must reach a person come first; adds what was told "
            "of tension.",
            show_default=False,
        ),
    ] = None,
    attendance: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Appointments: adds missed ones.", show_default=False),
    ] = None,
    relationship: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A scale of your own that rates the working relationship. May be repeated.",
            show_default=False,
        ),
    ] = None,
    most: Annotated[
        int, typer.Option(help="How many clients get a section.", min=1, max=100_000)
    ] = 200,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="Say on the page that the people are made up.")
    ] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
    rename: Rename = None,
    scale: Meanings = None,
    missing: Missing = None,
    json: Json = False,
) -> None:
    """Make a page that shows whom to look at first, and why."""
    intake = sources.scores(scores, rename, scale, missing)
    from datetime import datetime

    from attunement.cli.gather import gather, unread
    from attunement.intake import file_output, read_attendance, read_responses, write_all
    from attunement.report import build, to_html, to_pdf

    answers = None if responses is None else read_responses(responses)
    instruments = sources.instruments()
    unheard = [] if answers is None else unread(answers, instruments)
    show.notes(unheard)
    appointments = None if attendance is None else read_attendance(attendance)
    with show.working("Looking at every client's course ..."):
        scales = sources.watched(intake.scales)
        known = sources.norms(norms, intake.scores, scales)
        found = gather(
            intake.scores,
            scales,
            known,
            instruments,
            responses=answers,
            attendance=appointments,
            relationships=relationship or (),
        )
    with show.steps("Drawing ...") as progress:
        page = build(
            **found.tables,
            scales=found.scales,
            norms={name: known[name] for name in found.scales},
            drawn_on=datetime.now().astimezone().date(),
            attendance=appointments,
            title=title,
            synthetic=synthetic,
            notes=[*intake.notes, *unheard, *found.notes],
            most=most,
            progress=progress,
        )
        outputs = [file_output(out, to_html(page))]
        if pdf is not None:
            outputs.append(file_output(pdf, to_pdf(page), "--pdf"))
    read = sources.read_by(scores, norms, responses, attendance)
    written = write_all(outputs, never=read)
    if json:
        show.as_json({"summary": page.summary, "counts": page.counts, "files": written})
    else:
        show.say(page.summary)
        show.written(written)
    if open_:
        open_page(out)


def open_page(path: Path) -> None:
    """Open a page where there is a screen to open it on."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return
    import webbrowser

    webbrowser.open(path.resolve().as_uri())
