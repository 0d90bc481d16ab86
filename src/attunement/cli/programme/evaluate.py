"""``attunement programme evaluate``: whether something worked."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from attunement.cli.drawing import Drawing
from attunement.cli.options import Json, Missing, OutFile, PictureFile
from attunement.cli.programme import power
from attunement.cli.programme.results import Data, Level, opened, tell

if TYPE_CHECKING:
    from altair import TopLevelMixin

app = typer.Typer(
    no_args_is_help=True,
    help="Did it work? Four designs, each with its power calculator.",
)
app.add_typer(power.app, name="power")

Outcome = Annotated[str, typer.Option(metavar="COLUMN", help="Column of the outcome.")]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        show_default=False,
        help="Column naming what was randomised as a whole, such as the therapist.",
    ),
]


@app.command(epilog="Example: attunement programme evaluate its months.csv --start 37 --season 12")
def its(
    table: Data,
    start: Annotated[
        int, typer.Option(show_default=False, help="The first period with what is evaluated.")
    ],
    time: Annotated[str, typer.Option(metavar="COLUMN", help="Whole number, no gaps.")] = "time",
    value: Annotated[str, typer.Option(metavar="COLUMN", help="Count or rate.")] = "value",
    comparison: Annotated[
        str | None,
        typer.Option(
            "--group",
            metavar="COLUMN",
            show_default=False,
            help="Column: 1 for the series it happened to, 0 for a comparison.",
        ),
    ] = None,
    season: Annotated[
        int | None, typer.Option(show_default=False, help="Periods in a cycle: 12 for months.")
    ] = None,
    level: Level = 0.95,
    missing: Missing = None,
    out: OutFile = None,
    picture: PictureFile = None,
    json: Json = False,
) -> None:
    """Look for a step and a change of trend in a series, against its own past."""
    rows = opened(table, missing)
    from attunement.programme.evaluation.interrupted import interrupted_time_series

    found = interrupted_time_series(
        rows, start=start, time=time, value=value, group=comparison, season=season,
        confidence=level,
    )  # fmt: skip
    effects = {"step": found.level, "slope": found.slope, "at the end": found.at_end}
    more = {"relative": found.relative, "autocorrelation": found.autocorrelation}

    def drawn() -> "TopLevelMixin":
        from attunement.programme.evaluation.interrupted_chart import interrupted_chart

        return interrupted_chart(found, value=value, time=time)

    tell(
        [found.sentence], effects, warnings=found.warnings, more=more, data=[table], out=out,
        drawing=Drawing(place=picture, title="Interrupted time series", chart=drawn), json=json,
    )  # fmt: skip


@app.command(
    epilog="Example: attunement programme evaluate hold-out trial.csv --event 'dropped out'"
)
def hold_out(
    table: Data,
    event: Annotated[
        str,
        typer.Option(show_default=False, help="What the outcome is, with its definition."),
    ],
    outcome: Outcome = "outcome",
    offered: Annotated[
        str, typer.Option(metavar="COLUMN", help="1 where offered, 0 where held out.")
    ] = "offered",
    cluster: Cluster = None,
    level: Level = 0.95,
    missing: Missing = None,
    out: OutFile = None,
    picture: PictureFile = None,
    json: Json = False,
) -> None:
    """Compare those who were offered something with those held out, as chance decided."""
    rows = opened(table, missing)
    from attunement.programme.evaluation.holdout import holdout

    found = holdout(
        rows, event=event, outcome=outcome, offered=offered, cluster=cluster, level=level
    )

    def drawn() -> "TopLevelMixin":
        from attunement.programme.evaluation.holdout_chart import holdout_chart

        return holdout_chart(found)

    tell(
        [found.sentence, f"Number needed to offer it to: {found.needed}."],
        {"risk difference": found.difference, "risk ratio": found.ratio},
        more={"best": found.best, "worst": found.worst, "clusters": found.clusters},
        data=[table],
        out=out,
        drawing=Drawing(place=picture, title="Hold-out", chart=drawn),
        json=json,
    )


@app.command(epilog="Example: attunement programme evaluate stepped-wedge wedge.csv")
def stepped_wedge(
    table: Data,
    outcome: Outcome = "outcome",
    cluster: Annotated[
        str, typer.Option(metavar="COLUMN", help="What was randomised.")
    ] = "cluster",
    period: Annotated[str, typer.Option(metavar="COLUMN", help="A whole number.")] = "period",
    treated: Annotated[
        str, typer.Option(metavar="COLUMN", help="1 where the cluster had begun.")
    ] = "treated",
    cluster_periods: Annotated[
        bool,
        typer.Option(
            "--cluster-periods/--constant-clusters",
            help="Whether clusters' levels may change from period to period.",
        ),
    ] = True,
    level: Level = 0.95,
    missing: Missing = None,
    out: OutFile = None,
    picture: PictureFile = None,
    json: Json = False,
) -> None:
    """Estimate the effect of what all clusters begin, one after the other."""
    rows = opened(table, missing)
    from attunement.programme.evaluation.stepped_wedge import stepped_wedge as estimate

    found = estimate(
        rows, outcome=outcome, cluster=cluster, period=period, treated=treated,
        cluster_periods=cluster_periods, level=level,
    )  # fmt: skip

    def drawn() -> "TopLevelMixin":
        from attunement.programme.evaluation.stepped_wedge_chart import stepped_wedge_chart

        return stepped_wedge_chart(found)

    by_exposure = {f"in period {k} with it": one for k, one in found.by_exposure.items()}
    tell(
        [found.sentence],
        {"constant": found.constant, "average": found.average, **by_exposure},
        warnings=found.warnings,
        more={"icc": found.icc, "period_icc": found.period_icc},
        data=[table],
        out=out,
        drawing=Drawing(place=picture, title="Stepped wedge", chart=drawn),
        json=json,
    )


@app.command(epilog="Example: attunement programme evaluate mrt nudges.csv --outcome came_next")
def mrt(
    table: Data,
    outcome: Annotated[
        str,
        typer.Option(metavar="COLUMN", show_default=False, help="The proximal outcome."),
    ],
    nudged: Annotated[str, typer.Option(metavar="COLUMN", help="1 where sent.")] = "nudged",
    probability: Annotated[
        str, typer.Option(metavar="COLUMN", help="With which it was to be sent there.")
    ] = "probability",
    client: Annotated[str, typer.Option(metavar="COLUMN", help="Whose decision.")] = "client",
    available: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", show_default=False, help="1 where possible; all where absent."
        ),
    ] = None,
    control: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            show_default=False,
            help="Known before, explains the outcome. May be repeated.",
        ),
    ] = None,
    moderator: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            show_default=False,
            help="Known before, and the effect may differ by it. May be repeated.",
        ),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            show_default=False,
            help="Number of the decision or day: how the effect goes on over it is told and drawn.",
        ),
    ] = None,
    level: Level = 0.95,
    missing: Missing = None,
    out: OutFile = None,
    picture: PictureFile = None,
    json: Json = False,
) -> None:
    """Estimate what a nudge changes at once, from chance deciding at every moment."""
    rows = opened(table, missing)
    from attunement.programme.evaluation.micro_randomised import micro_randomised
    from attunement.programme.evaluation.micro_randomised_course import effect_over_time

    of: dict[str, Any] = {
        "outcome": outcome, "nudged": nudged, "probability": probability, "client": client,
        "available": available, "controls": control or (), "level": level,
    }  # fmt: skip
    found = micro_randomised(rows, moderators=moderator or (), **of)
    course = None if time is None else effect_over_time(rows, time=time, **of)
    sentences, effects = [found.sentence], dict(found.effects)
    if course is not None:
        sentences.append(course.sentence)
        effects[f"change with {time}"] = course.change

    def drawn() -> "TopLevelMixin":
        if course is not None:
            from attunement.programme.evaluation.micro_randomised_chart import (
                effect_over_time_chart,
            )

            return effect_over_time_chart(course)
        from attunement.programme.evaluation.effects_chart import effects_chart

        return effects_chart(
            found.effects, title="What the nudge changed", unit=f"further {outcome} when nudged"
        )

    counts = ("clients", "decisions", "available", "nudged")
    more = {name: getattr(found, name) for name in counts} | {"over_time": course}
    tell(
        sentences, effects, more=more, data=[table], out=out,
        drawing=Drawing(place=picture, title="Micro-randomised trial", chart=drawn), json=json,
    )  # fmt: skip
