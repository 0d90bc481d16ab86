"""``attunement programme``."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from attunement.cli import show, sources
from attunement.cli.options import Json, Meanings, Missing, Panel, Rename, pairs
from attunement.problems import Problem

if TYPE_CHECKING:
    from attunement.measures.scale import Scale
    from attunement.programme.outcomes.measure import Measure

EXAMPLE = "Example: attunement programme report . --out report.html --figures figures.csv"
KINDS = (".parquet", ".csv", ".tsv", ".xlsx")
TABLES = ("scores", "attendance", "people")
ALLIANCE = "session-check-in.alliance"

app = typer.Typer(
    name="programme",
    help="Learn what holds over everybody: a report for a board and an analyst.",
    no_args_is_help=True,
)


@dataclass(frozen=True, kw_only=True)
class Given:
    """The tables of a folder."""

    scores: Any
    scales: "dict[str, Scale]"
    attendance: Any
    people: Any
    files: tuple[Path, ...]
    notes: list[str] = field(default_factory=list)


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="programme", rich_help_panel=Panel.OUTCOME)


@app.callback()
def about() -> None:
    """Learn what holds over everybody: a report for a board and an analyst."""


@app.command(epilog=EXAMPLE)
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
            help="A column of people to group by, such as funding; small numbers are withheld. "
            "May be repeated.",
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
    drift: Annotated[
        bool, typer.Option("--drift/--no-drift", help="Learn who drifts away.")
    ] = True,
    title: Annotated[str, typer.Option(help="Of the report.")] = "What holds over everybody",
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="Say that the people are made up.")
    ] = False,
    rename: Rename = None,
    scale: Meanings = None,
    missing: Missing = None,
    json: Json = False,
) -> None:
    """Make a report on everybody: a page for a board, one for an analyst, methods and limits last.

    How many came, answered, left and got better, with intervals; relationship and outcome; groups,
    funnels that rank nobody, and a model of drifting away with its card.
    """
    given = open_folder(tables, rename, scale, missing)
    from datetime import datetime

    from attunement.intake.writing import file_output, table_output, write_all
    from attunement.report import programme as room

    units = compare if compare is not None else units_of(given)
    asked = room.Asked(
        alliance=given.scales.get(alliance),
        measures=measures_of(given.scales, measure or ()),
        by=tuple(by or ()),
        units=tuple(units),
        lag=lag,
        fewest=fewest,
        learn=drift,
    )
    with steps() as progress:
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
        outputs = [file_output(out, room.to_html(page))]
        if pdf is not None:
            outputs.append(file_output(pdf, room.to_pdf(page), "--pdf"))
    every = room.figures_table(page.figures)
    outputs += [table_output(place, every, "--figures") for place in figures or ()]
    written = write_all(outputs, never=sources.read_by(*given.files))
    show.notes(f"nothing is said of {part}: {why}." for part, why in found.absent.items())
    if json:
        show.as_json({"figures": every, "absent": found.absent, "files": written})
        return
    show.say(
        f"{show.counted(found.began, 'person', 'people')} began; "
        f"{show.counted(every.height, 'figure')}."
    )
    show.written(written)


def open_folder(
    folder: Path,
    rename: Sequence[str] | None,
    scale: Sequence[str] | None,
    missing: Sequence[str] | None,
) -> Given:
    """Open the tables of a folder; scores in Parquet are only scanned where they are in order."""
    from attunement.intake.attendance import read_attendance
    from attunement.intake.scan import scan_scores
    from attunement.intake.table import read_table

    places = {name: place_of(folder, name) for name in TABLES}
    scores = places["scores"]
    if scores is None:
        raise Problem(
            "there is no table of scores in the folder",
            f"call it scores.csv or scores{KINDS[0]}",
            file=str(folder),
        )
    scan = None
    if scores.suffix == KINDS[0]:
        with show.working(f"Scanning {scores.name} ..."):
            scan = scan_scores(
                scores,
                rename=pairs(rename, "--rename"),
                scales=pairs(scale, "--scale"),
                find=sources.find_scale(),
                missing=missing or (),
            )
    intake: Any = scan or sources.scores(scores, rename, scale, missing)
    visits, people = places["attendance"], places["people"]
    with show.working("Reading attendance and people ..."):
        attendance = None if visits is None else read_attendance(visits)
        clients, notes = (None, []) if people is None else read_table(people)
    show.notes([*(scan.notes if scan else ()), *notes])
    return Given(
        scores=intake.scores,
        scales=dict(intake.scales),
        attendance=attendance,
        people=clients,
        files=tuple(place for place in places.values() if place is not None),
        notes=[*intake.notes, *notes],
    )


def place_of(folder: Path, name: str) -> Path | None:
    """Find a table in a folder, Parquet first.

    Raises
    ------
    Problem
        If there is no such folder.
    """
    if not folder.is_dir():
        raise Problem("there is no such folder", "name one with scores in it", file=str(folder))
    places = (folder / f"{name}{kind}" for kind in KINDS)
    return next((place for place in places if place.is_file()), None)


def units_of(given: Given) -> tuple[str, ...]:
    """Name the columns of units that the tables have."""
    from attunement.frames import to_lazy
    from attunement.report.programme.asking import units_among

    tables = [table for table in (given.people, given.scores) if table is not None]
    return units_among([name for table in tables for name in to_lazy(table).collect_schema()])


def measures_of(scales: "dict[str, Scale]", own: Sequence[str]) -> "tuple[Measure, ...]":
    """Gather the outcomes: those named, else those in the scores whose criteria are known."""
    from attunement.programme.outcomes.measure import TALKING_THERAPIES

    known = {measure.scale: measure for measure in TALKING_THERAPIES}
    if not own:
        return tuple(measure for name, measure in known.items() if name in scales)
    return tuple(
        known[text] if text in known and text in scales else measure_of(text, scales)
        for text in own
    )


def measure_of(text: str, scales: "dict[str, Scale]") -> "Measure":
    """Read one outcome as ``SCALE:CASE:CHANGE[:RELIABILITY]``."""
    from attunement.programme.outcomes.measure import Measure

    name, *numbers = text.split(":")
    if name not in scales:
        raise Problem(
            f"there is no scale '{name}' in the scores",
            f"its scales are {', '.join(scales)}",
            field="--measure",
        )
    try:
        case, change, *reliability = (float(number) for number in numbers)
        (of,) = reliability or (None,)
    except ValueError as error:
        raise Problem(
            f"'{text}' has not the form SCALE:CASE:CHANGE[:RELIABILITY]",
            "write it such as bdi:14:9:0.86",
            field="--measure",
        ) from error
    own = scales[name]
    return Measure(
        scale=name,
        direction=own.direction,
        case_at=case,
        reliable=change,
        reliability=of,
        low=own.low,
        high=own.high,
        source="given with the command",
    )


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None]]:
    """Show which step goes on, and how far all is, where somebody watches."""
    screen = show.console(error=True)
    parts = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*parts, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def advance(step: str, done: int, of: int) -> None:
            bar.update(task, description=step, completed=done, total=of)

        yield advance


__all__ = ["app", "register"]
