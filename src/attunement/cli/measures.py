"""``attunement score`` and ``attunement psychometrics``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attunement.cli import show, sources
from attunement.cli.options import Json, OutFile, Rename, Responses, pairs
from attunement.problems import Problem

if TYPE_CHECKING:
    import polars as pl

    from attunement.measures.instrument import Instrument

SCORE = "Example: attunement score responses.csv --out scores.csv"
PSYCHOMETRICS = "Example: attunement psychometrics responses.csv --instrument phq9"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=SCORE)(score)
    app.command(epilog=PSYCHOMETRICS)(psychometrics)


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
    rename: Rename = None,
    json: Json = False,
) -> None:
    """Score all instruments in a file of answers; a missing answer is never a zero."""
    answers = read(responses, rename)
    from attunement.intake import write_table
    from attunement.measures.scoring import safety
    from attunement.measures.scoring import score as scored

    instruments = sources.instruments()
    scores = scored(answers, instruments)
    urgent = safety(answers, instruments)
    written = write_table(out, scores)
    if json:
        show.as_json({"scales": counts(scores), "safety": urgent, "files": [written]})
        return
    show.table(
        "Scores",
        {"scale": "left", "clients": "right", "scored": "right", "too few answers": "right"},
        counts(scores).rows(),
    )
    if urgent.height:
        show.say(
            f"{urgent.height} answers of {urgent['client'].n_unique()} clients should reach a "
            "person (such as thoughts of suicide); they are listed with --json."
        )
    show.say(f"Written: {written}")


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
    from attunement.measures.catalogue import find_instrument

    name, _, scale = instrument.partition(".")
    known = find_instrument(name, sources.instruments())
    wanted = [scale] if scale else list(known.scales)
    if scale and scale not in known.scales:
        raise Problem(
            f"{known.id} has no scale '{scale}'", f"its scales are {', '.join(known.scales)}"
        )
    with show.working("Describing ..."):
        tables = [described(answers, known, scale) for scale in wanted]
    found = pl.concat(tables)
    written = [] if out is None else [write_table(out, found)]
    if json:
        show.as_json({"statistics": found, "files": written})
        return
    for table in tables:
        show_statistics(table)
    for file in written:
        show.say(f"Written: {file}")


def described(answers: "pl.DataFrame", instrument: "Instrument", scale: str) -> "pl.DataFrame":
    """Describe one scale, whose items and scoring the instrument knows."""
    import polars as pl

    from attunement.measures.psychometrics import psychometrics as describe

    items = instrument.items_of(scale)
    found: pl.DataFrame = describe(
        answers,
        instrument=instrument.id,
        ranges={
            item.id: (instrument.answer_of(item).lowest, instrument.answer_of(item).highest)
            for item in items
        },
        reversed_items=[item.id for item in items if item.reversed],
        scoring=instrument.scales[scale].scoring,
        rater=str(instrument.rater),
    )
    return found.select(pl.lit(instrument.full_name(scale)).alias("scale"), pl.all())


def show_statistics(table: "pl.DataFrame") -> None:
    """Print a row per statistic."""
    show.table(
        f"Reliability of {table['scale'][0]}",
        {
            "statistic": "left",
            "item": "left",
            "value": "right",
            "95 % interval": "right",
            "n": "right",
            "note": "left",
        },
        (
            (
                row["statistic"],
                row["item"],
                row["value"],
                None if row["low"] is None else f"{row['low']:.2f} to {row['high']:.2f}",
                None if row["n"] is None else f"{row['n']:,} {row['n_of']}",
                row["note"],
            )
            for row in table.iter_rows(named=True)
        ),
    )
