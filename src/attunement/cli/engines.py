"""The same computation on another engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attunement.cli import show, sources
from attunement.cli.options import pairs
from attunement.cli.sources import Given
from attunement.problems import Problem

if TYPE_CHECKING:
    from attunement.intake.scan import Scan
    from attunement.measures.scale import Scale


class Engine(StrEnum):
    """What does the computing."""

    POLARS = "polars"
    DUCKDB = "duckdb"
    SPARK = "spark"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Checked scores on the engine that was asked for."""

    scores: Any
    scales: "Mapping[str, Scale]"


def open_scores(
    path: Path, rename: Given, meanings: Given, engine: Engine, missing: Given = None
) -> Source:
    """Read scores, with DuckDB without holding the file in memory where it is plainly in order."""
    if engine is Engine.SPARK:
        require_spark()
    if engine is Engine.DUCKDB:
        scan = scanned_scores(path, rename, meanings, missing)
        if scan is not None:
            show.notes(scan.notes)
            return Source(scores=scan.scores, scales=scan.scales)
    intake = sources.scores(path, rename, meanings, missing)
    table = intake.scores.select("client", "scale", "session", "score")
    return Source(scores=on_engine(table, engine), scales=intake.scales)


def scanned_scores(path: Path, rename: Given, meanings: Given, missing: Given) -> "Scan | None":
    """Open scores without reading them, where they are plainly in order."""
    from attunement.intake.scan import scan_scores

    with show.working(f"Scanning {path.name} ..."):
        return scan_scores(
            path,
            rename=pairs(rename, "--rename"),
            scales=pairs(meanings, "--scale"),
            find=sources.find_scale(),
            missing=missing or (),
        )


def on_engine(table: Any, engine: Engine) -> Any:
    """Hand a Polars table to an engine."""
    if engine is Engine.POLARS:
        return table.lazy()
    if engine is Engine.DUCKDB:
        from attunement.intake.scan import database

        return database().from_arrow(table.to_arrow())
    return spark_session().createDataFrame(table.to_arrow())


def spark_session() -> Any:
    """Give the Spark session that the environment configures, or a local one."""
    from pyspark.sql import SparkSession

    session = SparkSession.builder.appName("attunement").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def require_spark() -> None:
    """Raise a :class:`Problem` where PySpark or Java is not there."""
    from importlib.util import find_spec
    from shutil import which

    if find_spec("pyspark") is None or which("java") is None:
        raise Problem(
            "the engine spark needs PySpark and Java 17 or newer",
            "install them: pip install 'attunement[spark]', apt-get install default-jre-headless",
            field="--engine",
        )
