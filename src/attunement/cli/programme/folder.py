"""A folder of tables, opened by the engine that was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attunement.cli import show, sources
from attunement.cli.engines import (
    Engine,
    on_engine,
    require_spark,
    scanned_scores,
    spark_session,
)
from attunement.cli.options import pairs
from attunement.problems import Problem

if TYPE_CHECKING:
    from attunement.measures.scale import Scale

PARQUET = ".parquet"
KINDS = (PARQUET, ".csv", ".tsv", ".xlsx")
TABLES = ("scores", "attendance", "people")

Given = Sequence[str] | None


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The tables of a folder."""

    scores: Any
    scales: "dict[str, Scale]"
    attendance: Any
    people: Any
    files: tuple[Path, ...]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Scores, and what their scales mean."""

    scores: Any
    scales: "dict[str, Scale]"
    notes: list[str] = field(default_factory=list)


def open_folder(
    folder: Path,
    engine: Engine | None = None,
    rename: Given = None,
    scale: Given = None,
    missing: Given = None,
) -> Folder:
    """Open the tables of a folder; scores in Parquet are only scanned where they are in order.

    Raises
    ------
    Problem
        If there is no such folder, or no scores in it.
    """
    from attunement.intake.attendance import read_attendance
    from attunement.intake.table import read_table

    places = {name: place_of(folder, name) for name in TABLES}
    scores = places["scores"]
    if scores is None:
        raise Problem(
            "there is no table of scores in the folder",
            f"call it scores.csv or scores{PARQUET}",
            file=str(folder),
        )
    found = open_scores(scores, engine, rename, scale, missing)
    visits, people = places["attendance"], places["people"]
    with show.working("Reading attendance and people ..."):
        attendance = None if visits is None else read_attendance(visits)
        clients, notes = (None, []) if people is None else read_table(people)
    show.notes([*found.notes, *notes])
    return Folder(
        scores=found.scores,
        scales=found.scales,
        attendance=attendance,
        people=clients,
        files=tuple(place for place in places.values() if place is not None),
        notes=[*found.notes, *notes],
    )


def place_of(folder: Path, name: str) -> Path | None:
    """Find a table in a folder, Parquet first: a file, or a folder of parts as clusters write it.

    Raises
    ------
    Problem
        If there is no such folder.
    """
    if not folder.is_dir():
        raise Problem("there is no such folder", "name one with scores in it", file=str(folder))
    for kind in KINDS:
        place = folder / f"{name}{kind}"
        if place.is_file() or (kind == PARQUET and place.is_dir()):
            return place
    return None


def open_scores(
    path: Path, engine: Engine | None, rename: Given, scale: Given, missing: Given
) -> Scores:
    """Open scores: scanned where they are plainly in order, and read into memory where not."""
    plain = path.suffix == PARQUET and not missing
    if engine is Engine.SPARK:
        require_spark()
        if plain and not rename:
            return on_cluster(path, scale)
    if path.is_dir():
        raise Problem(
            "a folder of parts is read by Spark alone",
            "add --engine spark, without --rename and --missing",
            file=path.name,
        )
    if path.suffix == PARQUET and engine in (None, Engine.DUCKDB):
        scan = scanned_scores(path, rename, scale, missing)
        if scan is not None:
            return Scores(scores=scan.scores, scales=dict(scan.scales), notes=list(scan.notes))
    intake = sources.scores(path, rename, scale, missing)
    return Scores(
        scores=on_engine(intake.scores, engine or Engine.POLARS),
        scales=dict(intake.scales),
        notes=list(intake.notes),
    )


def on_cluster(path: Path, scale: Given) -> Scores:
    """Let Spark read Parquet, so that this machine never holds all of it.

    Raises
    ------
    Problem
        If it is no table of scores, or a scale's meaning is not known.
    """
    from attunement.intake.meanings import known_meanings
    from attunement.tables import SCORES

    with show.working(f"Opening {path.name} with Spark ..."):
        table = spark_session().read.parquet(str(path.resolve()))
        SCORES.require(table)
        names = [row[0] for row in table.select("scale").distinct().collect()]
    meanings = known_meanings(
        sorted(name for name in names if name), pairs(scale, "--scale"), sources.find_scale()
    )
    unknown = [name for name in names if name and name not in meanings]
    notes = [f"the scale {name} is left out: its meaning is not known" for name in unknown]
    return Scores(scores=table, scales=dict(meanings), notes=notes)


def units_of(given: Folder) -> tuple[str, ...]:
    """Name the columns of units that the tables have."""
    from attunement.frames import to_lazy
    from attunement.report.programme.asking import units_among

    tables = [table for table in (given.people, given.scores) if table is not None]
    return units_among([name for table in tables for name in to_lazy(table).collect_schema()])


def known_columns(given: Folder, names: Sequence[str] | None, option: str) -> tuple[str, ...]:
    """Check that people have the columns that are named.

    What people lack and the scores have, such as the therapist, will do.

    Raises
    ------
    Problem
        If one is not there.
    """
    from attunement.frames import to_lazy
    from attunement.intake.columns import unknown
    from attunement.report.programme.asking import UNITS
    from attunement.tables import SCORES

    own = [] if given.people is None else list(to_lazy(given.people).collect_schema())
    beside = {*SCORES.names, *own} - set(UNITS)
    others = [name for name in to_lazy(given.scores).collect_schema() if name not in beside]
    known = list(dict.fromkeys([*(name for name in own if name != "client"), *others]))
    for name in names or ():
        if not known:
            raise Problem(
                "there is no table of people",
                "put one into the folder, with a row per client",
                field=option,
            )
        if name not in known:
            raise unknown(name, known, field=option)
    return tuple(names or ())
