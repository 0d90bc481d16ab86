"""``attunement audit``."""

from pathlib import Path
from typing import Annotated

import typer

from attunement.cli import show
from attunement.cli.begin import begin_with_tables
from attunement.cli.options import Json, Panel

VERIFY = "Example: attunement audit verify"
BROKEN = 2

app = typer.Typer(no_args_is_help=True, help="Who did what and who read what in the clinic.")


def register(root: typer.Typer) -> None:
    """Add the group."""
    root.add_typer(app, name="audit", rich_help_panel=Panel.CLINIC)


@app.callback()
def about() -> None:
    """Keep the group a group, though it has one command."""


@app.command(epilog=VERIFY)
def verify(
    json: Json = False,
    expect: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Compare with hashes kept elsewhere: a backup, or what an earlier run with --json "
            "printed. What the daily work left in the state folder is always compared.",
        ),
    ] = None,
) -> None:
    """Check that no event of the audit was changed, added or taken away; exit code 2 if so."""
    begin_with_tables()
    from attunement.clinic.audit.expecting import kept, missing_here, unmet
    from attunement.clinic.audit.verify import verify as check
    from attunement.clinic.people.actor import Actor

    expected = kept(expect) if expect else []
    with show.working("Following the chains ..."):
        found = [*check(by=Actor.worker()), *unmet(expected), *missing_here()]
    broken = [one for one in found if not one.whole]
    if json:
        show.as_json({"chains": found, "whole": not broken})
    else:
        for one in broken:
            where = f", from link {one.number}" if one.number else ""
            show.say(f"Chain {one.chain}: {one.fault}{where}.")
        for one in found:
            if one.whole:
                show.say(f"Chain {one.chain}: whole up to link {one.links}, {one.head}")
        links = sum(one.links for one in found)
        show.say(
            f"{show.counted(len(found), 'chain')}, {show.counted(links, 'event')}: "
            + (f"{len(broken)} broken." if broken else "all whole.")
        )
    if broken:
        raise typer.Exit(BROKEN)
