"""``attunement change`` and ``attunement sudden-gains``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal, cast, get_args

import typer

from attunement.cli import show, sources
from attunement.cli.options import Json, Missing, OneScale, OutFile, Panel, Rename, Scores
from attunement.cli.order import by_client
from attunement.problems import Problem

if TYPE_CHECKING:
    from attunement.course.change import categories as changes
    from attunement.course.change import sudden_gains as steps
    from attunement.course.proportions import Share

CHANGE = (
    "Example: attunement change scores.csv --scale phq9 --pre 1 --post last "
    "--reliability 0.86 --functional-mean 3.3 --functional-sd 3.8"
)
GAINS = "Example: attunement sudden-gains scores.csv --scale phq9 --cutoff 6"
LAST = 1_000_000
Letter = Literal["a", "b", "c"]
Method = Literal["jacobson-truax", "edwards-nunnally", "hageman-arrindell", "multilevel"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=CHANGE, rich_help_panel=Panel.OUTCOME)(change)
    app.command("sudden-gains", epilog=GAINS, rich_help_panel=Panel.OUTCOME)(sudden_gains)


def change(
    scores: Scores,
    scale: OneScale = None,
    pre: Annotated[int, typer.Option(metavar="N", help="Session before.", min=0, max=LAST)] = 1,
    post: Annotated[
        str, typer.Option(metavar="N|last", help="Session after, or each client's last.")
    ] = "last",
    reliability: Annotated[
        float | None, typer.Option(help="Of the scale, between 0 and 1.", show_default=False)
    ] = None,
    sd: Annotated[
        float | None,
        typer.Option(
            help="SD before treatment; that of the clients used where absent.", show_default=False
        ),
    ] = None,
    functional_mean: Annotated[
        float | None, typer.Option(help="Mean of people who are well.", show_default=False)
    ] = None,
    functional_sd: Annotated[
        float | None, typer.Option(help="SD of people who are well.", show_default=False)
    ] = None,
    cutoff: Annotated[
        str | None,
        typer.Option(
            metavar="a|b|c|NUMBER",
            help="Jacobson and Truax's cut-off a, b or c, or a published value; "
            "c where the functional mean and SD are given.",
            show_default=False,
        ),
    ] = None,
    method: Annotated[Method, typer.Option(help="How change is judged.")] = "jacobson-truax",
    confidence: Annotated[float, typer.Option(help="Of reliable change, two-sided.")] = 0.95,
    rename: Rename = None,
    missing: Missing = None,
    out: OutFile = None,
    json: Json = False,
) -> None:
    """Tell who recovered, improved, stayed the same or got worse, with a summary."""
    if (functional_mean is None) != (functional_sd is None):
        raise Problem("--functional-mean and --functional-sd go together", "give both or neither")
    intake, one = sources.scores_of_one(scores, rename, scale, missing)
    from attunement.course.change.categories import classify
    from attunement.intake import write_table

    with show.working("Comparing before and after ..."):
        found = classify(
            intake.scores,
            scale=one.name,
            direction=one.direction,
            pre=pre,
            post="last" if post == "last" else whole(post, "--post"),
            reliability=reliability,
            sd=sd,
            functional=None
            if functional_mean is None or functional_sd is None
            else (functional_mean, functional_sd),
            cutoff=cutoff_of(cutoff),
            method=method,
            confidence=confidence,
        )
    written = [] if out is None else [write_table(out, found.people, never=sources.read_by(scores))]
    if json:
        show.as_json({"people": found.people, "summary": found.summary, "files": written})
        return
    show_change(found, one.title or one.name)
    show.written(written)


def whole(text: str, option: str) -> int:
    """Read a whole number."""
    if text.isdecimal() and len(text) <= len(str(LAST)) and int(text) <= LAST:
        return int(text)
    raise Problem(
        f"'{text}' is not the number of a session", "give a number, or last", field=option
    )


def cutoff_of(text: str | None) -> Letter | float | None:
    """Read a cut-off: a letter or a number."""
    if text is None:
        return None
    for letter in get_args(Letter):
        if text == letter:
            return cast("Letter", letter)
    try:
        return float(text)
    except ValueError as error:
        raise Problem(
            f"'{text}' is no cut-off", "give a, b, c or a number", field="--cutoff"
        ) from error


def show_change(found: "changes.Change", scale: str) -> None:
    """Print a row per person, and the summary."""
    people, summary = found.people, found.summary
    show.table(
        f"Change on {scale}",
        {
            "client": "left",
            "before": "right",
            "after": "right",
            "change": "right",
            "index": "right",
            "what": "left",
        },
        (
            (
                row["client"],
                row["pre"],
                row["post"],
                row["change"],
                row["index"],
                row["category"] or row["why"],
            )
            for row in by_client(people)
        ),
        caption="index: the change in standard errors; positive where the score rose",
    )
    criteria = summary.criteria
    clients = show.counted(summary.clients, "client")
    show.say(f"Used: {summary.used:,} of {clients}{unused(summary.unused)}.")
    if criteria.reliable_change is not None:
        sure = f"{criteria.confidence:.0%}"
        show.say(f"Reliable change ({sure}): more than {criteria.reliable_change:.2f}.")
    if criteria.cutoff is not None:
        kind = f" ({criteria.cutoff_kind})" if criteria.cutoff_kind in ("a", "b", "c") else ""
        show.say(f"Cut-off{kind}: {criteria.cutoff:.2f}.")
    for name, share in summary.shares.items():
        show.say(f"{name.capitalize()}: {counted(share)}")
    show.notes(summary.notes)


def unused(reasons: Mapping[str, int]) -> str:
    """List why some could not be used."""
    listed = "; ".join(f"{count} {why}" for why, count in reasons.items())
    return f" ({listed})" if listed else ""


def counted(share: "Share") -> str:
    """Write a share with its interval."""
    if share.share is None or share.low is None or share.high is None:
        return f"{share.n}."
    return f"{share.n} ({share.share:.0%}; 95% interval {share.low:.0%} to {share.high:.0%})."


def sudden_gains(
    scores: Scores,
    cutoff: Annotated[
        float, typer.Option(metavar="X", help="Smallest step, in scale units.", show_default=False)
    ],
    scale: OneScale = None,
    rename: Rename = None,
    missing: Missing = None,
    out: OutFile = None,
    json: Json = False,
) -> None:
    """Find sudden gains and losses between one session and the next."""
    intake, one = sources.scores_of_one(scores, rename, scale, missing)
    from attunement.course.change.sudden_gains import sudden_gains as find
    from attunement.intake import write_table

    with show.working("Looking for sudden gains ..."):
        found = find(intake.scores, scale=one.name, direction=one.direction, cutoff=cutoff)
    written = [] if out is None else [write_table(out, found.gains, never=sources.read_by(scores))]
    if json:
        result = {"gains": found.gains, "people": found.people, "summary": found.summary}
        show.as_json(result | {"files": written})
        return
    show_gains(found, one.title or one.name)
    show.written(written)


def show_gains(found: "steps.SuddenGains", scale: str) -> None:
    """Print a row per step, and the summary."""
    summary = found.summary
    if found.gains.height:
        show.table(
            f"Sudden gains and losses on {scale}",
            {
                "client": "left",
                "what": "left",
                "after session": "right",
                "from": "right",
                "to": "right",
                "in SDs": "right",
                "reversed at": "right",
            },
            (
                (
                    row["client"],
                    row["kind"],
                    row["session_n"],
                    row["score_before"],
                    row["score_after"],
                    row["magnitude_sd"],
                    row["reversal_session"],
                )
                for row in by_client(found.gains)
            ),
        )
    show.say(
        f"{show.counted(summary.gains, 'sudden gain')} in "
        f"{show.counted(summary.with_gain.n, 'client')}, and "
        f"{show.counted(summary.losses, 'sudden loss', 'sudden losses')} in "
        f"{summary.with_loss.n:,}; {summary.testable:,} of "
        f"{show.counted(summary.clients, 'client')} had enough sessions in a row to tell."
    )
    show.say(f"Gains lost again: {summary.gains_reversed.n} of {summary.gains_reversed.of}.")
