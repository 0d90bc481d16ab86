"""``attunement agreement``."""

from typing import TYPE_CHECKING, Any

import typer

from attunement.cli import show, sources
from attunement.cli.options import Json, Meanings, Missing, OutFile, Panel, Rename, Scores
from attunement.cli.order import by_client
from attunement.problems import Problem

if TYPE_CHECKING:
    from polars import DataFrame

    from attunement.course.agreement.truth_and_bias import TruthAndBias

EXAMPLE = "Example: attunement agreement scores.csv"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLE, rich_help_panel=Panel.NOTICE)(agreement)


def agreement(
    scores: Scores,
    rename: Rename = None,
    scale: Meanings = None,
    missing: Missing = None,
    out: OutFile = None,
    json: Json = False,
) -> None:
    """Compare clients' and therapists' ratings: unusual gaps, and therapists' truth and bias."""
    intake = sources.scores(scores, rename, scale, missing, both_raters=True)
    import polars as pl

    from attunement.cli.gather import gaps_of, rated_by_both, therapists_scales
    from attunement.course.agreement.truth_and_bias import truth_and_bias
    from attunement.intake import write_table

    pairs = therapists_scales(intake.scales, sources.instruments())
    rated = rated_by_both(in_small_letters(intake.scores), pairs)
    if rated.is_empty():
        raise Problem(
            "no scale is rated by both client and therapist",
            "name who rated in a column rater, or give scales such as session-check-in.alliance "
            "and session-check-in-therapist.alliance",
            file=scores.name,
        )
    with show.working("Comparing ratings ..."):
        gaps = gaps_of(rated, intake.scales)
        models = {}
        for name in rated["scale"].unique().sort():
            try:
                models[name] = truth_and_bias(rated, name)
            except Problem as problem:
                show.notes([str(problem)])
    written = [] if out is None else [write_table(out, gaps, never=sources.read_by(scores))]
    unusual = gaps.filter(pl.col("signal").is_in(["client-lower", "therapist-lower"]))
    if json:
        show.as_json({"unusual_gaps": unusual, "truth_and_bias": models, "files": written})
        return
    show_gaps(unusual, gaps["gap"].count())
    for name, model in models.items():
        show_model(name, model)
    show.written(written)


def in_small_letters(scores: "DataFrame") -> "DataFrame":
    """Write raters as everywhere here, whether the file says Client or client."""
    if "rater" not in scores.columns:
        return scores
    import polars as pl

    return scores.with_columns(pl.col("rater").cast(pl.String).str.strip_chars().str.to_lowercase())


def show_gaps(unusual: Any, compared: int) -> None:
    """Print the sessions at which the two differed more than they usually do."""
    if unusual.height:
        show.table(
            "Gaps unlike this pair's usual one",
            {
                "client": "left",
                "session": "right",
                "client says": "right",
                "therapist says": "right",
                "gap": "right",
                "usual gap": "right",
                "lower": "left",
            },
            (
                (
                    row["client"],
                    row["session"],
                    row["client_score"],
                    row["therapist_score"],
                    row["gap"],
                    row["usual_gap"],
                    row["signal"].removesuffix("-lower"),
                )
                for row in by_client(unusual)
            ),
        )
    show.say(
        f"{show.counted(unusual.height, 'unusual gap')} "
        f"in {show.counted(compared, 'session')} that both rated."
    )


def show_model(name: str, model: "TruthAndBias") -> None:
    """Print truth and bias in words."""
    bias, truth = model.bias, model.truth
    show.say(
        f"{name}, {show.counted(model.dyads, 'pair')}: therapists rate {abs(bias.value):.2f} "
        f"{'lower' if bias.value < 0 else 'higher'} than their clients "
        f"(bias {bias.value:.2f}, 95% interval {bias.low:.2f} to {bias.high:.2f}), and follow "
        f"them by {truth.value:.2f} per unit (truth; {truth.low:.2f} to {truth.high:.2f})."
    )
    show.notes(model.warnings)
