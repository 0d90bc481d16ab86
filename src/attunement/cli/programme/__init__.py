"""``attunement programme``: what holds over everybody, what worked, and what it cost."""

import typer

from attunement.cli.options import Panel
from attunement.cli.programme import cost, evaluate, report

ABOUT = "Learn what holds over everybody: a report, whether something worked, and what it cost."

app = typer.Typer(name="programme", help=ABOUT, no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="programme", rich_help_panel=Panel.OUTCOME)


app.command(epilog=report.EXAMPLE)(report.report)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(cost.app, name="cost")

__all__ = ["app", "register"]
