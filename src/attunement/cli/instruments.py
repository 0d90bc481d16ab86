"""``attunement instruments``: list, show, check and add questionnaires, and take their files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attunement.cli import show, sources
from attunement.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from attunement.measures.instruments.model import Figure, Instrument, Item, ScoredScale

app = typer.Typer(help="List, show, check and add instruments.", no_args_is_help=True)

File = Annotated[
    Path, typer.Argument(metavar="FILE", show_default=False, help="An instrument's TOML file.")
]


@app.command("list", epilog="Example: attunement instruments list")
def list_(json: Json = False) -> None:
    """List the instruments at hand."""
    known = sources.instruments()
    if json:
        show.as_json([summary(instrument) for instrument in known.values()])
        return
    show.table(
        "Instruments",
        {"id": "left", "title": "left", "rater": "left", "items": "right", "wording": "left"},
        (
            (one.id, one.title, one.rater, len(one.items), WORDING[one.wording])
            for one in known.values()
        ),
        caption="'attunement instruments show ID' tells more. A licence holder adds wording with "
        "'attunement instruments add FILE'.",
    )


WRONG = 2
WORDING = {"included": "included", "to-be-added": "by licence holder"}


def summary(instrument: "Instrument") -> dict[str, object]:
    """Give what a list needs."""
    return {
        "id": instrument.id,
        "title": instrument.title,
        "rater": instrument.rater,
        "items": len(instrument.items),
        "wording": instrument.wording,
        "scales": [instrument.full_name(scale) for scale in instrument.scales],
    }


@app.command("show", epilog="Example: attunement instruments show phq9")
def show_(
    name: Annotated[
        str, typer.Argument(metavar="ID", show_default=False, help="From the list, or an alias.")
    ],
    json: Json = False,
) -> None:
    """Show one instrument: items, scales, cut-offs, and where each figure comes from."""
    from attunement.measures.instruments.catalogue import find_instrument

    instrument = find_instrument(name, sources.instruments())
    if json:
        show.as_json(instrument.model_dump(mode="json", by_alias=True))
        return
    show.say(f"{instrument.title} ({instrument.id})")
    for label, text in {
        "Measures": instrument.measures,
        "For": instrument.for_whom,
        "Answered by": instrument.rater,
        "Licence": instrument.licence,
        "Source": instrument.source,
        "Standing": instrument.standing,
        "Notes": instrument.notes,
    }.items():
        if text:
            show.say(f"{label}: {text}")
    show_items(instrument)
    show_scales(instrument)
    if missing := instrument.how_to_add_wording():
        show.say(missing)
        show.say(f"`attunement instruments template {instrument.id}` prints that file.")


@app.command(epilog="Example: attunement instruments template wai-sr")
def template(
    name: Annotated[
        str, typer.Argument(metavar="ID", show_default=False, help="From the list, or an alias.")
    ],
    json: Json = False,
) -> None:
    """Print an instrument's file, for a licence holder to complete: redirect it into a file."""
    from attunement.measures.instruments.catalogue import template as text_of

    text = text_of(name)
    if json:
        show.as_json({"template": text})
        return
    typer.echo(text, nl=False)


def show_items(instrument: "Instrument") -> None:
    """Print the questions."""
    show.table(
        "Items",
        {"id": "left", "text": "left", "answers": "right"},
        (
            (item.id, item.text or "(added by a licence holder)", answers(instrument, item))
            for item in instrument.items
        ),
    )


def show_scales(instrument: "Instrument") -> None:
    """Print the scales and their figures."""
    show.table(
        "Scales",
        {"name": "left", "title": "left", "range": "right", "direction": "left"},
        (
            (instrument.full_name(id_), one.title, "{:g} to {:g}".format(*one.range), one.direction)
            for id_, one in instrument.scales.items()
        ),
    )
    rows = [
        (instrument.full_name(id_), *figure)
        for id_, scale in instrument.scales.items()
        for figure in figures(scale)
    ]
    if rows:
        heads = {"scale": "left", "figure": "left", "value": "right", "source": "left"}
        show.table("Figures", heads, rows)


def answers(instrument: "Instrument", item: "Item") -> str:
    """Write what may be answered."""
    allowed = instrument.answer_of(item)
    return f"{allowed.lowest:g} to {allowed.highest:g}" + (", reversed" if item.reversed else "")


def figures(scale: "ScoredScale") -> "Iterator[tuple[str, str, str]]":
    """Go through a scale's figures, each with its source."""
    for cutoff in scale.cutoffs:
        kind = f"cut-off: {cutoff.meaning}"
        yield kind, f"{cutoff.operator} {cutoff.value:g}", sourced(cutoff)
    if scale.bands is not None:
        for band in scale.bands.steps:
            yield f"band: {band.label}", f"{band.from_:g} to {band.to:g}", scale.bands.source
    groups: dict[str, tuple[Figure, ...]] = {
        "reliability": scale.reliability,
        "SD": scale.sd,
        "reliable change": scale.reliable_change,
    }
    for name, group in groups.items():
        for figure in group:
            value = figure.value
            ends = value if isinstance(value, tuple) else (value,)
            label = f"{name}, {figure.about}" if figure.about else name
            yield label, " to ".join(f"{end:g}" for end in ends), sourced(figure)


def sourced(figure: "Figure") -> str:
    """Write a figure's source, and how sure we are of it."""
    return f"{figure.source} [{figure.standing}]"


@app.command(epilog="Example: attunement instruments check mine.toml")
def check(file: File, json: Json = False) -> None:
    """Check an instrument's file: each mistake is said in one sentence."""
    from attunement.measures.instruments.reading import parse, problems, text_of

    text = text_of(file)
    found = problems(text, file.name)
    for problem in found:
        typer.echo(str(problem), err=True)
    if found:
        raise typer.Exit(WRONG)
    instrument = parse(text, file.name)
    if json:
        show.as_json(summary(instrument))
        return
    show.say(f"{file.name} is in order: {instrument.title} ({instrument.id}).")


@app.command(epilog="Example: attunement instruments add mine.toml")
def add(file: File, json: Json = False) -> None:
    """Check an instrument's file and keep it among your own."""
    from attunement.measures.instruments.catalogue import add as keep

    copy = keep(file, sources.own_instruments())
    if json:
        show.as_json({"file": copy})
        return
    show.say(f"Added: {copy}")
