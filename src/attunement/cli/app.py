"""All commands in one place."""

from typing import Annotated

import typer

from attunement.cli import (
    advise,
    agreement,
    alliance_outcome,
    attendance,
    audit,
    change,
    clinic,
    course,
    doctor,
    fit,
    instruments,
    measures,
    programme,
    reasons,
    report,
    rules,
    simulate,
    strategies,
)
from attunement.cli.options import Panel

EPILOG = (
    "To begin: attunement simulate --out demo, then attunement report demo/scores.csv --open.\n\n"
    "Exit codes: 0 all is well, 2 something you can mend (one sentence says what and where), "
    "1 a mistake of ours, 130 interrupted."
)

app = typer.Typer(
    name="attunement",
    help="Strengthen the working relationship between client and therapist: whom to look at "
    "first, and why.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        from importlib.metadata import version as installed

        typer.echo(f"attunement {installed('attunement')}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool,
        typer.Option("--version", callback=version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Strengthen the working relationship between client and therapist."""


for group in (
    report,
    course,
    reasons,
    advise,
    strategies,
    change,
    fit,
    alliance_outcome,
    programme,
    agreement,
    attendance,
    measures,
    rules,
    simulate,
    clinic,
    doctor,
    audit,
):
    group.register(app)
app.add_typer(instruments.app, name="instruments", rich_help_panel=Panel.ASK)
