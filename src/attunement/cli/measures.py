"""``attunement score`` and ``attunement psychometrics``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attunement.cli import show, sources
from attunement.cli.options import Json, OutFile, Panel, Rename, Responses, pairs

if TYPE_CHECKING:
    import polars as pl

SCORE = "Example: attunement score responses.csv --out scores.csv"
PSYCHOMETRICS = "Example: attunement psychometrics responses.csv --instrument session-check-in"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=SCORE, rich_help_panel=Panel.ASK)(score)
    app.command(epilog=PSYCHOMETRICS, rich_help_panel=Panel.ASK)(psychometrics)


def read(path: Path, rename: list[str] | None) -> "pl.DataFrame":
    """Read a file of answers as the options say."""
    from attunement.intake import read_responses

    with show.working(f"Reading {path.name} ..."):
        return read_responses(path, rename=pairs(rename, "--rename"))


def score(
    responses: Responses,
    out: Annotated[
        Path,
        typer.Option(metavar="FILE", help="The scores: .csv or .parquet.", show_default=False),
    ],
    safety: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the answers that must reach a person too: .csv or .parquet.",
            show_default=False,
        ),
    ] = None,
    rename: Rename = None,
    json: Json = False,
) -> None:
    """Score all instruments in a file of answers; a missing answer is never a zero."""
    answers = read(responses, rename)
    from attunement.intake import table_output, write_all
    from attunement.measures.scoring.scores import safety as safety_answers
    from attunement.measures.scoring.scores import score as scored

    instruments = sources.instruments()
    scores = scored(answers, instruments)
    urgent = safety_answers(answers, instruments)
    outputs = [table_output(out, scores)]
    if safety is not None:
        outputs.insert(0, table_output(safety, urgent, "--safety"))
    written = write_all(outputs, never=sources.read_by(responses))
    if json:
        show.as_json({"scales": counts(scores), "safety": urgent, "files": written})
        return
    show_safety(urgent)
    show.table(
        "Scores",
        {"scale": "left", "clients": "right", "scored": "right", "too few answers": "right"},
        counts(scores).rows(),
    )
    show.written(written)


def show_safety(urgent: "pl.DataFrame") -> None:
    """Name every answer that must reach a person, before anything else."""
    if urgent.is_empty():
        return
    columns = ["client", "session", "instrument", "item", "value", "meaning"]
    show.table(
        "Answers that must reach a person",
        dict.fromkeys(columns, "left") | {"session": "right", "value": "right"},
        [(*row[:4], f"{row[4]:g}", row[5]) for row in urgent.select(columns).rows()],
        caption="Please speak with these people, or with whoever is on call, before anything else.",
    )


def counts(scores: "pl.DataFrame") -> "pl.DataFrame":
    """Count clients, scores and gaps per scale."""
    import polars as pl

    return (
        scores.group_by("scale")
        .agg(
            clients=pl.col("client").n_unique(),
            scored=pl.col("score").count(),
            missing=pl.col("score").null_count(),
        )
        .sort("scale")
    )


def psychometrics(
    responses: Responses,
    instrument: Annotated[
        str,
        typer.Option(
            metavar="ID",
            help="Which instrument, or scale of it: phq9, wai-sr.bond.",
            show_default=False,
        ),
    ],
    rename: Rename = None,
    out: OutFile = None,
    json: Json = False,
) -> None:
    """Describe how reliable an instrument's scales are in these answers."""
    answers = read(responses, rename)
    import polars as pl

    from attunement.intake import write_table
    from attunement.measures.instruments.catalogue import find_instrument
    from attunement.measures.reliability.psychometrics import psychometrics as describe

    name, _, scale = instrument.partition(".")
    known = find_instrument(name, sources.instruments())
    wanted = [scale] if scale else list(known.scales)
    with show.working("Describing ..."):
        tables = [
            describe(answers, known, scale).select(
                pl.lit(known.full_name(scale)).alias("scale"), pl.all()
            )
            for scale in wanted
        ]
    found = pl.concat(tables)
    written = [] if out is None else [write_table(out, found, never=sources.read_by(responses))]
    if json:
        show.as_json({"statistics": found, "files": written})
        return
    for table in tables:
        show_statistics(table)
    show.written(written)


def show_statistics(table: "pl.DataFrame") -> None:
    """Print what is known of the scale, then of each item, then what could not be had."""
    import polars as pl

    scale = table["scale"][0]
    whole = table.filter(pl.col("item").is_null(), pl.col("value").is_not_null())
    show.table(
        f"Reliability of {scale}",
        {"statistic": "left", "value": "right", "95% interval": "right", "n": "right", "": "left"},
        (
            (
                row["statistic"],
                row["value"],
                None if row["low"] is None else f"{row['low']:.2f} to {row['high']:.2f}",
                f"{row['n']:,} {row['n_of']}",
                row["note"] or " ",
            )
            for row in whole.iter_rows(named=True)
        ),
    )
    items = table.filter(pl.col("item").is_not_null())
    if items.height:
        wide = items.pivot("statistic", index="item", values="value")
        heads = {name: "right" if name != "item" else "left" for name in wide.columns}
        show.table(f"Items of {scale}", heads, wide.rows())
    unknown = table.filter(pl.col("item").is_null(), pl.col("value").is_null())
    show.notes(f"{scale}, {row[0]}: {row[1]}" for row in unknown.select("statistic", "note").rows())
