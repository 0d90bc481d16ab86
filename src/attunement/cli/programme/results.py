"""Read a table, and show the effects that an evaluation found in it."""

from collections.abc import Mapping, Sequence
from math import isinf, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attunement.cli import show, sources
from attunement.cli.drawing import Drawing

if TYPE_CHECKING:
    from polars import DataFrame

    from attunement.programme.cost.differences import Difference
    from attunement.programme.evaluation.effects import Effect

Data = Annotated[
    Path,
    typer.Argument(metavar="TABLE", show_default=False, help="CSV, TSV, Parquet or Excel."),
]
Level = Annotated[float, typer.Option(help="Confidence of the intervals.", min=0.5, max=0.999)]
COLUMNS = ("effect", "value", "low", "high")


def opened(path: Path, missing: sources.Given) -> Any:
    """Read a table of any kind; columns that say true and false are taken at their word."""
    from attunement.intake.table import read_table

    with show.working(f"Reading {path.name} ..."):
        table, notes = read_table(path, missing or ())
    show.notes(notes)
    return with_truths(table)


def with_truths(table: "DataFrame") -> "DataFrame":
    """Turn columns of text that say nothing but true and false into just that."""
    import polars as pl

    words = table.select(pl.col(pl.String).str.to_lowercase())
    said = [one for one in words if one.is_in(["true", "false"]).all() and one.count()]
    return table.with_columns(one == "true" for one in said)


def tell(
    sentences: Sequence[str],
    effects: "Mapping[str, Effect | Difference]",
    *,
    warnings: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
    data: Sequence[Path],
    out: Path | None,
    drawing: Drawing,
    json: bool,
) -> None:
    """Show what was found: sentences first, then numbers; or everything as JSON.

    Parameters
    ----------
    sentences
        The result in words.
    effects
        By name.
    warnings
        What a reader must know before leaning on it.
    more
        Other figures, for JSON.
    data
        The files that were read, which are never written over.
    out
        Where to write the effects.
    drawing
        The picture, where one was asked for.
    json
        Whether to print JSON instead.
    """
    import polars as pl

    from attunement.intake.writing import table_output, write_all

    rows = [(name, one.value, one.low, one.high) for name, one in effects.items()]
    table = pl.DataFrame(
        rows, schema=dict(zip(COLUMNS, (pl.String, *[pl.Float64] * 3), strict=True)), orient="row"
    )
    finite = pl.when(pl.col(pl.Float64).is_finite()).then(pl.col(pl.Float64))
    outputs = [] if out is None else [table_output(out, table.with_columns(finite))]
    never = sources.read_by(*data)
    outputs += drawing.outputs(sentences, never)
    written = write_all(outputs, never=never)
    if json:
        said = {"sentences": list(sentences), "effects": table, "warnings": list(warnings)}
        show.as_json({**said, **(more or {}), "files": written})
        return
    for sentence in sentences:
        show.say(sentence)
    if rows:
        show.table(
            "",
            {"effect": "left", "estimate": "right", "from": "right", "to": "right"},
            [(name, *(_number(value) for value in numbers)) for name, *numbers in rows],
        )
    show.notes(warnings)
    show.written(written)


def _number(value: float) -> str:
    if isinf(value):
        return "no end"
    return "not told" if isnan(value) else f"{value:.4g}"
