"""``attunement reasons``: what may be behind a session, and how often that is right."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from attunement.cli import show, sources
from attunement.cli.evidence import Appointments, Goals, Symptoms, read_evidence
from attunement.cli.options import Json, Meanings, Missing, Panel, Rename, Responses
from attunement.cli.reasons_said import show_evaluation, show_found

FIND = "find"
FIND_EXAMPLE = "Example: attunement reasons find responses.csv --symptoms scores.csv --out results"
EVALUATE_EXAMPLE = "Example: attunement reasons evaluate --seed 20260101 --each 5 --undisturbed 100"


class FileFirst(TyperGroup):
    """Takes a file's name right after the group's: ``attunement reasons responses.csv``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command that reads a file before what names no command."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = [FIND, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=FileFirst,
    help="Say what may be behind a session: named guesses with their evidence, never a cause. "
    "'attunement reasons RESPONSES' is short for 'attunement reasons find RESPONSES'.",
    no_args_is_help=True,
)


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="reasons", rich_help_panel=Panel.NOTICE)


@app.command(FIND, epilog=FIND_EXAMPLE)
def find(
    responses: Responses,
    symptoms: Symptoms = None,
    attendance: Appointments = None,
    goals: Goals = None,
    viewer: Annotated[
        Literal["therapist", "client"],
        typer.Option(help="Who will read it: what they may not see has no influence."),
    ] = "therapist",
    sessions: Annotated[
        Literal["newest", "all"], typer.Option(help="Which sessions to look at.")
    ] = "newest",
    asked: Annotated[
        bool,
        typer.Option(
            "--asked",
            help="Go on to what is not told unasked: what would fit best if something was off.",
        ),
    ] = False,
    client: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only this client, with every part.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            show_default=False,
            help="Write the tables sessions, reasons and parts into this folder.",
        ),
    ] = None,
    form: Annotated[
        Literal["parquet", "csv"], typer.Option("--format", help="How to write them.")
    ] = "parquet",
    rename: Rename = None,
    scale: Meanings = None,
    missing: Missing = None,
    json: Json = False,
) -> None:
    """Find likely reasons in a file of answers, from each session and the client's earlier ones."""
    from attunement.guidance.reasons.finding import as_objects, reasons
    from attunement.intake import table_output, write_all

    given = read_evidence(
        responses, symptoms, attendance, goals, rename=rename, scale=scale, missing=missing
    )
    with show.steps("Looking at every session ...") as progress:
        found = reasons(
            given.responses,
            viewer=viewer,
            sessions=sessions,
            asked=asked,
            progress=progress,
            **given.tables,
        )
    said = [one for one in as_objects(found) if client is None or str(one.client) == client]
    written = []
    if out is not None:
        tables = found._asdict().items()
        written = write_all(
            [table_output(out / f"{name}.{form}", table) for name, table in tables],
            never=sources.read_by(*given.files),
        )
    if json:
        some = [one for one in said if one.found or one.weaker]
        show.as_json({"sessions": len(said), "reasons": some, "files": written})
        return
    show_found(said, viewer, one=client is not None)
    show.written(written)


@app.command("evaluate", epilog=EVALUATE_EXAMPLE)
def evaluate(
    seed: Annotated[
        int, typer.Option(help="The same seed gives the same figures.", min=0)
    ] = 20260101,
    each: Annotated[
        int,
        typer.Option(help="Sessions for every reason and strength.", min=1, max=20_000),
    ] = 300,
    undisturbed: Annotated[
        int, typer.Option(help="Sessions in which nothing is planted.", min=1, max=500_000)
    ] = 10_000,
    answers: Annotated[
        Literal["all", "main"],
        typer.Option(
            help="Whether a reason lowers all answers that belong to it, or the main one alone."
        ),
    ] = "all",
    sd: Annotated[
        float,
        typer.Option(help="A client's usual spread of one answer, in points.", min=0.1, max=5),
    ] = 1.0,
    json: Json = False,
) -> None:
    """Plant reasons in simulated sessions, and count how often the true one is found."""
    from attunement.guidance.reasons.evaluation import evaluate as evaluated
    from attunement.synthetic.planted.plan import PlantedPlan

    plan = PlantedPlan(each=each, undisturbed=undisturbed, answers=answers, sd=sd)
    with show.steps("Planting reasons and looking for them ...") as progress:
        found = evaluated(plan, seed, progress=progress)
    if json:
        show.as_json({"plan": plan, "seed": seed, "hits": found.hits, "confused": found.confused,
                      "false_reasons": found.false_reasons, "false_share": found.false_share,
                      "weights": found.weights, "together": found.together})  # fmt: skip
        return
    show_evaluation(found)
