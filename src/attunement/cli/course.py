"""``attunement course`` and ``attunement norms``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from attunement.cli import show, sources
from attunement.cli.engines import Engine, open_scores
from attunement.cli.options import Json, Meanings, NormsFile, Panel, Rename, Scores

if TYPE_CHECKING:
    from attunement.tables import Table

COURSE = "Example: attunement course scores.csv --out results"
NORMS = "Example: attunement norms scores.csv --out norms.json"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=COURSE, rich_help_panel=Panel.NOTICE)(course)
    app.command(epilog=NORMS, rich_help_panel=Panel.NOTICE)(norms)


def course(
    scores: Scores,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results.")],
    engine: Annotated[
        Engine, typer.Option(help="duckdb scans files larger than memory; spark runs on a cluster.")
    ] = Engine.POLARS,
    norms: NormsFile = None,
    form: Annotated[
        Literal["parquet", "csv"],
        typer.Option(
            "--format",
            help="How to write them; in csv, an apostrophe guards text that a spreadsheet would "
            "take for a formula.",
        ),
    ] = "parquet",
    rename: Rename = None,
    scale: Meanings = None,
    json: Json = False,
) -> None:
    """Notice strain: write signals (a row per score) and ruptures with their repair."""
    source = open_scores(scores, rename, scale, engine)
    from attunement.course.noticing import notice
    from attunement.intake import write_tables
    from attunement.tables import RUPTURES, SIGNALS

    with show.working("Looking at every client's course ..."):
        scales = sources.watched(source.scales)
        known = sources.norms(norms, source.scores, scales)
        noticed = notice(source.scores, scales, known)
        tables = {
            "signals": as_contracted(noticed.signals, SIGNALS),
            "ruptures": as_contracted(noticed.ruptures, RUPTURES),
        }
        files = write_tables(out, tables, form, never=sources.read_by(scores, norms))
        found = count(files)
    if json:
        show.as_json({**found, "norms": known, "files": files})
        return
    show.say(
        f"{found['clients']:,} clients, {found['scored']:,} scores: "
        f"{found['review']:,} to review, {found['watch']:,} to watch; "
        f"{found['ruptures']:,} ruptures, of which {found['repaired']:,} repaired, "
        f"{found['unrepaired']:,} unrepaired and {found['open']:,} open."
    )
    show.written(files)


def as_contracted(table: Any, contract: "Table") -> Any:
    """Give a table the columns, their order and their types that its contract says.

    DuckDB adds whole numbers up to wider ones, which Parquet would keep as fractions.
    """
    import narwhals as nw

    from attunement.tables import Kind

    kinds = {Kind.WHOLE: nw.Int64(), Kind.NUMBER: nw.Float64(), Kind.FLAG: nw.Boolean()}
    return (
        nw.from_native(table)
        .select(
            nw.col(column.name).cast(kinds[column.kind])
            if column.kind in kinds
            else nw.col(column.name)
            for column in contract.columns
        )
        .to_native()
    )


def count(files: list[Path]) -> dict[str, int]:
    """Count what was found, from what was written."""
    import polars as pl

    scan = [
        pl.scan_parquet(file)
        if file.suffix == ".parquet"
        else pl.scan_csv(file, infer_schema=False)
        for file in files
    ]
    signals = scan[0].select(
        clients=pl.col("client").n_unique(),
        scored=pl.col("score").count(),
        review=(pl.col("signal") == "review").sum(),
        watch=(pl.col("signal") == "watch").sum(),
    )
    statuses = ("repaired", "unrepaired", "open")
    ruptures = scan[1].select(
        pl.len().alias("ruptures"),
        *((pl.col("status") == name).sum().alias(name) for name in statuses),
    )
    return signals.collect().row(0, named=True) | ruptures.collect().row(0, named=True)


def norms(
    scores: Scores,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write them, as JSON.")],
    rename: Rename = None,
    scale: Meanings = None,
    json: Json = False,
) -> None:
    """Learn what is usual at your site, scale by scale, for use with --norms."""
    from attunement.course.baseline import dump_norms, estimate_norms
    from attunement.intake import write_file

    intake = sources.scores(scores, rename, scale)
    with show.working("Learning what is usual ..."):
        known = estimate_norms(intake.scores, sources.watched(intake.scales))
    text = dump_norms(known)
    written = write_file(out, text, never=sources.read_by(scores))
    if json:
        show.as_json({"norms": known, "files": [written]})
        return
    show.table(
        "What is usual here",
        {
            "scale": "left",
            "clients": "right",
            "SD within": "right",
            "SD between": "right",
            "trend per session": "right",
            "from": "left",
        },
        (
            (name, norm.clients, norm.sd, norm.between_sd, norm.trend, ORIGINS[norm.origin])
            for name, norm in known.items()
        ),
    )
    show.written([written])


ORIGINS = {"site": "your scores", "default": "documented defaults (too few clients)"}
