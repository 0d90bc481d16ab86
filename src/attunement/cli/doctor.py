"""``attunement doctor``."""

import typer

from attunement.cli import show
from attunement.cli.begin import begin_where_one_is
from attunement.cli.options import Json, Panel

EXAMPLE = "Example: attunement doctor"
ILL = 2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLE, rich_help_panel=Panel.CLINIC)(doctor)


def doctor(json: Json = False) -> None:
    """Look at a clinic's settings, keys, database, disk, worker, mail and clock; 2 if ill."""
    begin_where_one_is()
    from attunement.clinic.running.checks import Health, examine

    found = list(examine())
    if json:
        show.as_json({"checks": found})
    else:
        show.table(
            "The clinic's health",
            {"about": "left", "": "left", "what": "left"},
            ((one.about, one.health, one.sentence) for one in found),
        )
    if any(one.health is Health.BROKEN for one in found):
        raise typer.Exit(ILL)
