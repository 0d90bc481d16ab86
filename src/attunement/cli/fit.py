"""``attunement fit``."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attunement.cli import show, sources
from attunement.cli.engines import Engine, on_engine, require_spark
from attunement.cli.options import Json, Missing, OutFile, Panel
from attunement.problems import Problem

if TYPE_CHECKING:
    from attunement.multilevel import Comparison, Fit

EXAMPLE = (
    'Example: attunement fit scores.csv "score ~ session + (1 + session | client)" --scale phq9'
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLE, rich_help_panel=Panel.OUTCOME)(fit)


def fit(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            show_default=False,
            help="CSV, TSV, Parquet or Excel, one row per observation. Empty cells and NA are "
            "missing, and leave their row out.",
        ),
    ],
    formula: Annotated[
        str,
        typer.Argument(
            metavar="FORMULA",
            show_default=False,
            help="The outcome, ~, what is common to all, and in parentheses what varies over whom: "
            "(1 + time | client), or (1 | therapist/client) for clients within therapists.",
        ),
    ],
    ml: Annotated[
        bool, typer.Option("--ml", help="Full instead of restricted maximum likelihood.")
    ] = False,
    ar1: Annotated[
        str | None,
        typer.Option(
            "--ar1",
            metavar="COLUMN",
            show_default=False,
            help="Let a client's residuals follow one another in the order of this column.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="FORMULA",
            show_default=False,
            help="Fit this model too, both to the rows that have what either names, and test the "
            "smaller against the larger, which must contain it, by their likelihood ratio. With "
            "--ml where what is common to all differs.",
        ),
    ] = None,
    intervals: Annotated[
        bool,
        typer.Option("--intervals", help="Intervals of variances too, by profile likelihood."),
    ] = False,
    scale: Annotated[
        str | None,
        typer.Option(
            "--scale",
            metavar="SCALE",
            show_default=False,
            help="Only the rows of this scale, where DATA has a column scale.",
        ),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="duckdb scans files larger than memory; spark runs on a cluster.")
    ] = Engine.POLARS,
    missing: Missing = None,
    out: OutFile = None,
    json: Json = False,
) -> None:
    """Fit a multilevel model: what is common to all, and what varies over clients."""
    table = of_one_scale(opened(data, engine, missing), formula, scale)
    from attunement.intake import write_table
    from attunement.multilevel import fit as fit_model
    from attunement.multilevel import fit_same_rows, variance_intervals
    from attunement.multilevel.printing import comparison_part, shown

    with show.working(f"Fitting {formula} ..."):
        if against is None:
            found, other = fit_model(table, formula, reml=not ml, ar1=ar1 or False), None
        else:
            both = [formula, against]
            found, other = fit_same_rows(table, both, reml=not ml, ar1=ar1 or False)
        ranges = variance_intervals(found) if intervals else None
    compared = None if other is None else held_against(found, other)
    tidy = found.tidy() if ranges is None else with_ranges(found, ranges)
    if compared is not None:
        tidy = with_test(tidy, compared, str(against))
    written = [] if out is None else [write_table(out, tidy, never=sources.read_by(data))]
    if json:
        show.as_json(
            {
                "table": tidy,
                "warnings": found.warnings,
                "likelihood_ratio": compared,
                "files": written,
            }
        )
        return
    show.console().print(shown(found))
    if ranges is not None:
        show.table(
            "Standard deviations and their 95 % intervals",
            {"group": "left", "effect": "left", "SD": "right", "from": "right", "to": "right"},
            ranges.select("group", "term", "sd", "sd_low", "sd_high").iter_rows(),
        )
    if compared is not None:
        show.console().print(comparison_part(compared))
    show.written(written)


def held_against(one: "Fit", other: "Fit") -> "Comparison":
    """Test the smaller of two models against the larger.

    Raises
    ------
    Problem
        If that cannot be done; the remedy is one of the command line.
    """
    from attunement.multilevel import compare
    from attunement.multilevel.comparison import REFIT

    try:
        return compare(one, other)
    except Problem as problem:
        remedy = "add --ml" if problem.remedy == REFIT else problem.remedy
        raise Problem(problem.what, remedy, field="--against") from problem


def with_test(tidy: Any, compared: "Comparison", against: str) -> Any:
    """Put the likelihood-ratio test into the tidy table."""
    import polars as pl

    row = {
        "part": "likelihood ratio",
        "term": against,
        "estimate": compared.chi2,
        "df": float(compared.df),
        "p": compared.p,
    }
    return pl.concat([tidy, pl.DataFrame([row])], how="diagonal")


def of_one_scale(table: Any, formula: str, scale: str | None) -> Any:
    """Keep the rows of one scale; a long table of one needs none named.

    Raises
    ------
    Problem
        If scores of several scales would be taken for one another, or the scale is not there.
    """
    import narwhals as nw

    from attunement.frames import to_lazy, to_polars

    rows = to_lazy(table)
    there = "scale" in rows.collect_schema().names()
    named = set(re.findall(r"\w+", formula))
    if scale is None and (not there or "score" not in named or "scale" in named):
        return table
    if not there:
        raise Problem("the table has no column 'scale'", "leave --scale out", field="--scale")
    found = to_polars(rows.select(nw.col("scale").cast(nw.String)).unique())["scale"]
    known = sorted(found.drop_nulls())
    if scale is not None and scale not in known:
        raise Problem(f"no row is of '{scale}'", f"choose of {', '.join(known)}", field="--scale")
    if scale is not None:
        return rows.filter(nw.col("scale").cast(nw.String) == scale).to_native()
    if len(known) > 1:
        raise Problem(
            f"the scores are of several scales ({', '.join(known)}), and one model would mix them",
            f"name one: --scale {known[0]}",
            field="formula",
        )
    return table


def with_ranges(found: "Fit", ranges: Any) -> Any:
    """Put intervals of variances into the tidy table."""
    import polars as pl

    ends = ranges.select(
        "group", "term", part=pl.lit("variance"), from_="variance_low", to="variance_high"
    )
    both = found.tidy().join(
        ends, on=["part", "group", "term"], how="left", nulls_equal=True, maintain_order="left"
    )
    return both.with_columns(low=pl.coalesce("low", "from_"), high=pl.coalesce("high", "to")).drop(
        "from_", "to"
    )


def opened(path: Path, engine: Engine, missing: sources.Given) -> Any:
    """Open a file of any kind; Parquet is only scanned, so that it may be larger than memory."""
    if engine is Engine.SPARK:
        require_spark()
    from attunement.intake.files import first_bytes
    from attunement.intake.table import read_table

    if first_bytes(path).startswith(b"PAR1") and not missing and engine is not Engine.SPARK:
        return scanned(path, engine)
    with show.working(f"Reading {path.name} ..."):
        table, notes = read_table(path, missing or ())
    show.notes(notes)
    return on_engine(table, engine)


def scanned(path: Path, engine: Engine) -> Any:
    """Open a Parquet file without reading it.

    Raises
    ------
    Problem
        If it is damaged.
    """
    import duckdb
    import polars as pl

    from attunement.intake.scan import from_parquet

    try:
        if engine is Engine.DUCKDB:
            return from_parquet(path)
        lazy = pl.scan_parquet(path, glob=False)
        lazy.collect_schema()
    except (pl.exceptions.PolarsError, duckdb.Error, OSError) as error:
        raise Problem(
            "the Parquet file is damaged or cut off", "write or copy it anew", file=path.name
        ) from error
    return lazy
