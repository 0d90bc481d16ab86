"""``attunement programme report``."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from attunement.cli import show, sources
from attunement.cli.engines import Engine
from attunement.cli.options import Json, Meanings, Missing, Rename
from attunement.cli.programme.clock import Clock
from attunement.cli.programme.folder import known_columns, open_folder, units_of
from attunement.cli.programme.outcomes import measures_of

EXAMPLE = "Example: attunement programme report . --out report.html --figures figures.csv"
ALLIANCE = "session-check-in.alliance"


def report(
    tables: Annotated[
        Path,
        typer.Argument(
            metavar="TABLES",
            show_default=False,
            help="A folder with scores and, where there are any, attendance and people (one row "
            "per client), each CSV, TSV, Parquet or Excel. Scores in Parquet may be larger than "
            "memory.",
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page.")] = Path("programme.html"),
    pdf: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="Write an accessible PDF too."),
    ] = None,
    figures: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Write every figure as a table too: .csv or .parquet. May be repeated.",
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            show_default=False,
            help="A column of people to group by, such as funding, but never therapist, who is "
            "for --compare; small numbers are withheld. May be repeated.",
        ),
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            show_default=False,
            help="A column of people to compare in a funnel; site and therapist where absent. May "
            "be repeated.",
        ),
    ] = None,
    adjust: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            show_default=False,
            help="A column of people that was there before therapy, such as age: funnels are "
            "adjusted for it beside first scores. Numbers count as numbers, text as groups. May be "
            "repeated.",
        ),
    ] = None,
    alliance: Annotated[
        str, typer.Option(metavar="SCALE", help="Which scale rates the relationship.")
    ] = ALLIANCE,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCALE:CASE:CHANGE[:RELIABILITY]",
            show_default=False,
            help="An outcome of your own: from which score on it is a case, which change is "
            "reliable, and the scale's reliability (bdi:14:9:0.86). phq9 and gad7 are known. The "
            "first is related to the relationship. May be repeated.",
        ),
    ] = None,
    lag: Annotated[
        int, typer.Option(help="Sessions from the relationship to the outcome.", min=0, max=52)
    ] = 1,
    fewest: Annotated[
        int, typer.Option(help="The smallest count of a group that is shown.", min=2, max=1000)
    ] = 5,
    smallest: Annotated[
        int,
        typer.Option(
            help="Of fewer who began, only their number is told; 0 for a study whose participants "
            "no reader knows.",
            min=0,
        ),
    ] = 50,
    drift: Annotated[
        bool, typer.Option("--drift/--no-drift", help="Learn who drifts away.")
    ] = True,
    pictures: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            show_default=False,
            help="Write every picture into this folder too, as .svg.",
        ),
    ] = None,
    times: Annotated[bool, typer.Option("--times", help="Say how long each step took.")] = False,
    title: Annotated[str, typer.Option(help="Of the report.")] = "What holds over everybody",
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="Say that the people are made up.")
    ] = False,
    engine: Annotated[
        Engine | None,
        typer.Option(
            show_default=False,
            help="What reads the tables: duckdb where absent and they are Parquet, for they may be "
            "larger than memory; spark reads them on a cluster.",
        ),
    ] = None,
    rename: Rename = None,
    scale: Meanings = None,
    missing: Missing = None,
    json: Json = False,
) -> None:
    """Make a report on everybody: a page for a board, one for an analyst, methods and limits last.

    How many came, answered, left and got better, with intervals; relationship and outcome; groups,
    funnels that rank nobody, and a model of drifting away with its card.
    """
    clock = Clock()
    clock.begin("Loading the program")
    from datetime import datetime

    from attunement.intake.writing import file_output, table_output, write_all
    from attunement.report import programme as room

    clock.begin("Opening the files")
    given = open_folder(tables, engine, rename, scale, missing)
    compared = known_columns(given, compare, "--compare")
    asked = room.Asked(
        alliance=given.scales.get(alliance),
        measures=measures_of(given.scales, measure or ()),
        by=known_columns(given, by, "--by"),
        units=compared if compare is not None else units_of(given),
        adjust=known_columns(given, adjust, "--adjust"),
        lag=lag,
        fewest=fewest,
        smallest=smallest,
        learn=drift,
    )
    with steps(clock) as progress:
        found = room.programme(
            given.scores, given.attendance, given.people, asked=asked, progress=progress
        )
        page = room.document(
            found,
            drawn_on=datetime.now().astimezone().date(),
            title=title,
            synthetic=synthetic,
            notes=given.notes,
        )
        progress("Writing", 5, 5)
        outputs = [file_output(out, room.to_html(page))]
        if pictures is not None:
            outputs += [
                file_output(pictures / f"{name}.svg", drawn, "--pictures")
                for name, drawn in room.drawings(page).items()
            ]
        if pdf is not None:
            outputs.append(file_output(pdf, room.to_pdf(page), "--pdf"))
    every = room.figures_table(page.figures)
    outputs += [table_output(place, every, "--figures") for place in figures or ()]
    written = write_all(outputs, never=sources.read_by(*given.files))
    show.notes(f"nothing is said of {part}: {why}." for part, why in found.absent.items())
    if json:
        show.as_json(
            {
                "figures": every,
                "absent": found.absent,
                "seconds": clock.seconds(),
                "files": written,
            }
        )
        return
    show.say(
        f"{show.counted(found.began, 'person', 'people')} began; "
        f"{show.counted(every.height, 'figure')}."
    )
    if times:
        show_times(clock.seconds())
    show.written(written)


def show_times(seconds: Mapping[str, float]) -> None:
    """Print how long each step took, and its share of all."""
    whole = sum(seconds.values())
    show.table(
        "Where the time went",
        {"step": "left", "seconds": "right", "share": "right"},
        [
            *((step, took, f"{took / whole:.0%}") for step, took in seconds.items()),
            ("everything", whole, "100%"),
        ],
    )


@contextmanager
def steps(clock: Clock) -> Iterator[Callable[[str, int, int], None]]:
    """Show which step goes on, and how far all is, where somebody watches."""
    screen = show.console(error=True)
    parts = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*parts, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def advance(step: str, done: int, of: int) -> None:
            clock.begin(step)
            bar.update(task, description=step, completed=done, total=of)

        yield advance
