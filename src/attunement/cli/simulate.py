"""``attunement simulate``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from attunement.cli import show
from attunement.cli.options import Json, Panel

EXAMPLE = "Example: attunement simulate --clients 60 --seed 7 --out demo"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLE, rich_help_panel=Panel.TRY)(simulate)


def simulate(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for the tables.", show_default=False)
    ],
    clients: Annotated[int, typer.Option(help="How many clients.", min=1)] = 200,
    therapists: Annotated[int, typer.Option(help="How many therapists.", min=1)] = 20,
    sites: Annotated[int, typer.Option(help="How many sites.", min=1)] = 3,
    seed: Annotated[int, typer.Option(help="The same seed gives the same cohort.", min=0)] = 1,
    form: Annotated[
        Literal["csv", "parquet"], typer.Option("--format", help="How to write them.")
    ] = "csv",
    json: Json = False,
) -> None:
    """Make up a cohort of whom the truth is known: scores, responses, attendance and that truth."""
    from attunement.intake import write_tables
    from attunement.synthetic.cohort import simulate as draw
    from attunement.synthetic.plan import Plan

    plan = Plan(clients=clients, therapists=therapists, sites=sites)
    with show.steps("Simulating therapies ...") as progress:
        cohort = draw(plan, seed, progress=progress)
    files = write_tables(
        out,
        {
            "scores": cohort.scores,
            "responses": cohort.responses,
            "attendance": cohort.attendance,
            "truth-clients": cohort.truth.clients,
            "truth-ruptures": cohort.truth.ruptures,
        },
        form,
    )
    if json:
        show.as_json({"plan": plan, "seed": seed, "files": files})
        return
    show.say(
        f"{show.counted(clients, 'made-up client')}, "
        f"{show.counted(cohort.attendance.height, 'appointment')}, "
        f"{show.counted(cohort.scores['score'].count(), 'score')}, "
        f"{show.counted(cohort.truth.ruptures.height, 'rupture')}."
    )
    show.say(f"Written to {out}: {', '.join(file.name for file in files)}")
