"""``attunement course`` and ``attunement norms``."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from attunement.cli import show, sources
from attunement.cli.engines import Engine, open_scores
from attunement.cli.options import Json, Meanings, Missing, NormsFile, Panel, Rename, Scores

if TYPE_CHECKING:
    from attunement.tables import Table

COURSE = "Example: attunement course scores.csv --out results"
NORMS = "Example: attunement norms scores.csv --out norms.json"
NORMS_FILE = "norms.json"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=COURSE, rich_help_panel=Panel.NOTICE)(course)
    app.command(epilog=NORMS, rich_help_panel=Panel.NOTICE)(norms)


def course(
    scores: Scores,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results.")] = Path(
        "results"
    ),
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
    missing: Missing = None,
    json: Json = False,
) -> None:
    """Notice strain: write signals (a row per score), and ruptures with their repair.

    Beside them goes norms.json: the norms that were used. Norms learnt from a file change as it
    grows; keep them with --norms norms.json, so that a signal once shown stays.
    """
    source = open_scores(scores, rename, scale, engine, missing)
    from attunement.course.baseline import dump_norms
    from attunement.course.noticing import notice
    from attunement.intake import file_output, table_output, write_all
    from attunement.tables import RUPTURES, SIGNALS

    with show.steps("Looking at every client's course ...") as progress:
        scales = sources.watched(source.scales)
        known = sources.norms(norms, source.scores, scales)
        progress(1, 3)
        noticed = notice(source.scores, scales, known)
        outputs = [
            table_output(out / f"signals.{form}", as_contracted(noticed.signals, SIGNALS)),
            table_output(out / f"ruptures.{form}", as_contracted(noticed.ruptures, RUPTURES)),
        ]
        used = out / NORMS_FILE
        if norms is None or norms.resolve() != used.resolve():
            outputs.append(file_output(used, dump_norms(known)))
        files = write_all(outputs, never=sources.read_by(scores, norms))
        progress(2, 3)
        found = count(files)
    if json:
        show.as_json({**found, "norms": known, "files": files})
        return
    show.say(summary(found))
    show.written(files)
    if norms is None:
        stays = "so that a signal once shown stays when the file grows"
        show.notes([f"next time, use these norms again with --norms {used}, {stays}."])


def summary(found: Mapping[str, int]) -> str:
    """Say how much was noticed, and what became of the drops."""
    noticed = (
        f"{show.counted(found['clients'], 'client')}, {show.counted(found['scored'], 'score')}: "
        f"{found['review']:,} to review, {found['watch']:,} to watch."
    )
    drops = found["ruptures"]
    if not drops:
        return noticed
    return (
        f"{noticed} {show.counted(drops, 'drop')} to review and what became of "
        f"{'it' if drops == 1 else 'them'}: {found['repaired']:,} repaired, "
        f"{found['unrepaired']:,} unrepaired, {found['open']:,} still open."
    )


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
        for file in files[:2]
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
    missing: Missing = None,
    json: Json = False,
) -> None:
    """Learn what is usual at your site, scale by scale, for use with --norms."""
    from attunement.course.baseline import dump_norms, estimate_norms
    from attunement.intake import write_file

    intake = sources.scores(scores, rename, scale, missing)
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
