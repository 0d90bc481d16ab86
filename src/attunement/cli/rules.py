"""``attunement rules``."""

from typing import Annotated

import typer

from attunement.cli import show
from attunement.cli.options import Json, OutFile, Panel

EXAMPLE = "Example: attunement rules --sessions 12 --courses 200"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLE, rich_help_panel=Panel.TRY)(rules)


def rules(
    sd: Annotated[
        float,
        typer.Option(
            help="Spread of one client's scores, on a scale from 1 to 7.", min=0.001, max=6
        ),
    ] = 0.35,
    trend: Annotated[
        float, typer.Option(help="Change per session, in scale units.", min=-6, max=6)
    ] = 0.03,
    sessions: Annotated[int, typer.Option(help="Sessions in a course.", min=4, max=60)] = 12,
    courses: Annotated[
        int, typer.Option(help="How many courses are simulated.", min=1, max=50_000)
    ] = 4000,
    seed: Annotated[
        int, typer.Option(help="The same seed gives the same figures.", min=0)
    ] = 20260101,
    out: OutFile = None,
    json: Json = False,
) -> None:
    """Show how often each rule cries wolf, and how often it sees a real drop, by simulation."""
    from attunement.intake import write_table
    from attunement.synthetic.operating import operating_characteristics
    from attunement.synthetic.study import Study

    study = Study(sd=sd, trend=trend, sessions=sessions, courses=courses, seed=seed)
    with show.steps("Simulating courses of therapy ...") as progress:
        found = operating_characteristics(study, progress=progress)
    written = [] if out is None else [write_table(out, found)]
    if json:
        show.as_json({"study": study, "rules": found, "files": written})
        return
    show.table(
        f"What each rule does in {show.counted(courses, 'simulated course')} "
        f"of {show.counted(sessions, 'session')}",
        {
            "rule": "left",
            "false flags": "right",
            "drop of 2 SD": "right",
            "drop of 3 SD": "right",
            "lasting drop": "right",
            "delay": "right",
        },
        (
            (
                row["title"] + ("*" if row["looks_ahead"] else ""),
                *(percent(row[name]) for name in SHARES),
                row["delay"],
            )
            for row in found.iter_rows(named=True)
        ),
        caption="false flags: courses without any drop in which the rule flags at least once. "
        "drop of 2 or 3 SD: that one session is flagged. lasting drop: flagged at or after its "
        "onset; delay: sessions until then. * looks at the whole course, so it speaks only "
        "when therapy is over.",
    )


SHARES = ("false_flags", "drop_2_sd", "drop_3_sd", "lasting_drop")


def percent(share: float | None) -> str | None:
    """Write a share in per cent."""
    return None if share is None else f"{share:.1%}"
