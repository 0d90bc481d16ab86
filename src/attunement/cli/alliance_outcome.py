"""``attunement alliance-outcome``."""

from typing import TYPE_CHECKING, Annotated

import typer

from attunement.cli import show, sources
from attunement.cli.drawing import Drawing
from attunement.cli.options import (
    Json,
    Meanings,
    Missing,
    OutFile,
    Panel,
    PictureFile,
    Rename,
    Scores,
)
from attunement.problems import Problem

if TYPE_CHECKING:
    from altair import TopLevelMixin

    from attunement.programme.alliance_outcome.analysis import AllianceOutcome
    from attunement.programme.alliance_outcome.cross_lagged import CrossLagged

EXAMPLE = (
    "Example: attunement alliance-outcome scores.csv "
    "--alliance session-check-in.alliance --outcome phq9"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("alliance-outcome", epilog=EXAMPLE, rich_help_panel=Panel.OUTCOME)(alliance_outcome)


def alliance_outcome(
    scores: Scores,
    alliance: Annotated[
        str,
        typer.Option(
            metavar="SCALE", show_default=False, help="Which scale rates the relationship."
        ),
    ],
    outcome: Annotated[
        str, typer.Option(metavar="SCALE", show_default=False, help="Which scale is the outcome.")
    ],
    lag: Annotated[
        int,
        typer.Option(
            help="Sessions from the alliance score to the outcome: 1 where the outcome is "
            "measured before a session and the alliance after it.",
            min=0,
            max=52,
        ),
    ] = 1,
    picture: PictureFile = None,
    rename: Rename = None,
    scale: Meanings = None,
    missing: Missing = None,
    out: OutFile = None,
    json: Json = False,
) -> None:
    """Relate the alliance to the outcome, within clients and between them, never as a blend."""
    intake = sources.scores(scores, rename, scale, missing)
    from attunement.intake.writing import table_output, write_all
    from attunement.programme.alliance_outcome.analysis import alliance_outcome as relate

    one, other = (sources.chosen(intake.scales, [name]).name for name in (alliance, outcome))
    with show.working("Relating alliance and outcome ..."):
        found = relate(intake.scores, alliance=one, outcome=other, lag=lag)
        first = what_comes_first(intake.scores, one, other)

    def drawn() -> "TopLevelMixin":
        from attunement.programme.alliance_outcome.chart import alliance_outcome_chart

        return alliance_outcome_chart(found)

    title = f"{found.about.alliance} and {found.about.outcome}"
    outputs = [] if out is None else [table_output(out, found.table)]
    never = sources.read_by(scores)
    outputs += Drawing(place=picture, title=title, chart=drawn).outputs(found.sentences, never)
    written = write_all(outputs, never=never)
    if json:
        show.as_json(
            {
                "about": found.about,
                "sentences": found.sentences,
                "table": found.table,
                "refused": found.found.refused,
                "cross_lagged": first,
                "files": written,
            }
        )
        return
    show_associations(found)
    if first is not None:
        show_first(first, one, other)
    show.written(written)


def what_comes_first(scores: object, alliance: str, outcome: str) -> "CrossLagged | None":
    """Fit the cross-lagged panel model where there are waves enough, and say if not."""
    from attunement.programme.alliance_outcome.cross_lagged import cross_lagged

    try:
        return cross_lagged(scores, alliance=alliance, outcome=outcome)
    except Problem as problem:
        show.notes([str(problem)])
        return None


def show_associations(found: "AllianceOutcome") -> None:
    """Print the sentences, and every model with its standing."""
    for sentence in found.sentences:
        show.say(sentence)
    show.table(
        "Models",
        {
            "about": "left",
            "model": "left",
            "standing": "left",
            "estimate": "right",
            "95% interval": "right",
            "standardised": "right",
        },
        (
            (
                row["about"],
                row["model"],
                row["standing"],
                f"{row['estimate']:.3f}",
                f"{row['low']:.3f} to {row['high']:.3f}",
                row["standardised"],
            )
            for row in found.table.iter_rows(named=True)
        ),
        caption="standing: an answer; a check on it; or a contrast, which is known to mislead and "
        "shows by how much. Units of the outcome per unit of the alliance.",
    )
    show.notes([*found.found.refused, *found.found.warnings])


def show_first(first: "CrossLagged", one: str, other: str) -> None:
    """Print the lagged effects of the cross-lagged panel model."""
    rows = {
        f"{one} to {other}": first.alliance_to_outcome,
        f"{other} to {one}": first.outcome_to_alliance,
        f"{one} to itself": first.alliance_to_alliance,
        f"{other} to itself": first.outcome_to_outcome,
    }
    show.table(
        f"From one session to the next, within clients, sessions {first.sessions[0]} to "
        f"{first.sessions[-1]}",
        {"from": "left", "estimate": "right", "95% interval": "right", "standardised": "right"},
        (
            (name, f"{of.value:.3f}", f"{of.low:.3f} to {of.high:.3f}", of.standardised)
            for name, of in rows.items()
        ),
        caption=f"random-intercept cross-lagged panel model, {first.clients:,} clients, "
        f"{first.missing:.0%} of scores missing.",
    )
    show.notes(first.warnings)
