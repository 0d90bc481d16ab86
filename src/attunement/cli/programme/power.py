"""``attunement programme evaluate power``: what a design can show, before it begins."""

from typing import Annotated

import typer

from attunement.cli import show
from attunement.cli.options import Json

app = typer.Typer(no_args_is_help=True, help="How many are needed, or what so many can show.")

WithPower = Annotated[float, typer.Option(help="Chance of finding it.", min=0.01, max=0.999)]
Level = Annotated[float, typer.Option(help="Confidence of the interval.", min=0.5, max=0.999)]
Icc = Annotated[
    float, typer.Option(help="Share of the variance between clusters.", min=0, max=0.999)
]


@app.command(
    epilog="Example: attunement programme evaluate power its --before 36 --after 12 --sd 4 "
    "--step -5"
)
def its(
    before: Annotated[int, typer.Option(show_default=False, help="Periods before the start.")],
    after: Annotated[int, typer.Option(show_default=False, help="Periods from the start on.")],
    sd: Annotated[
        float, typer.Option(show_default=False, help="Of a period around the trend, in its unit.")
    ],
    step: Annotated[float, typer.Option(help="Change of level to be found.")] = 0.0,
    slope: Annotated[float, typer.Option(help="Change of trend per period to be found.")] = 0.0,
    autocorrelation: Annotated[float, typer.Option(help="Of one period with the next.")] = 0.0,
    season: Annotated[
        int | None, typer.Option(show_default=False, help="Periods in a cycle: 12 for months.")
    ] = None,
    level: Level = 0.95,
    json: Json = False,
) -> None:
    """Tell what an interrupted time series would find, of a step and of a change of trend."""
    from attunement.programme.evaluation.segments import interrupted_power

    found = interrupted_power(
        before, after, sd=sd, autocorrelation=autocorrelation, level_change=step,
        slope_change=slope, season=season, confidence=level,
    )  # fmt: skip
    parts = {"step": found.level, "slope": found.slope, "at the end": found.at_end}
    figures = {
        f"{name}, {what}": getattr(one, what)
        for name, one in parts.items()
        for what in ("se", "power", "detectable")
    }
    sentence = "\n".join(
        f"{name.capitalize()}: standard error {one.se:.4g}, found with a chance of "
        f"{one.power:.0%}; {one.detectable:.3g} would be found with 80%."
        for name, one in parts.items()
    )
    told(figures, sentence, json)


@app.command(
    epilog="Example: attunement programme evaluate power hold-out --without 0.197 --with 0.106"
)
def hold_out(
    without: Annotated[float, typer.Option(show_default=False, help="Risk without the offer.")],
    with_offer: Annotated[
        float, typer.Option("--with", show_default=False, help="Risk with the offer.")
    ],
    clients: Annotated[
        int | None,
        typer.Option(show_default=False, help="Clients in all: then the power is told."),
    ] = None,
    held_out: Annotated[float, typer.Option(help="Share held out.")] = 0.5,
    per_cluster: Annotated[float, typer.Option(help="Clients in a cluster.", min=1)] = 1.0,
    icc: Icc = 0.0,
    power: WithPower = 0.8,
    level: Level = 0.95,
    json: Json = False,
) -> None:
    """Tell how many clients a hold-out needs, or what so many can show."""
    from attunement.programme.evaluation.holdout_size import holdout_power, holdout_sizes

    design = {"level": level, "held_out": held_out, "per_cluster": per_cluster, "icc": icc}
    if clients is not None:
        chance = holdout_power(without, with_offer, clients=clients, **design)
        told({"power": chance}, f"{clients:,} clients find it with a chance of {chance:.0%}.", json)
        return
    found = holdout_sizes(without, with_offer, power=power, **design)
    sentence = f"{found.offered:,} clients who are offered it, and {found.held_out:,} held out."
    told({"offered": found.offered, "held_out": found.held_out}, sentence, json)


@app.command(
    epilog="Example: attunement programme evaluate power stepped-wedge 0.3 --steps 3 --steps 3 "
    "--steps 3 --steps 3 --per-cell 20"
)
def stepped_wedge(
    effect: Annotated[float, typer.Argument(show_default=False, help="To be found.")],
    steps: Annotated[
        list[int],
        typer.Option(
            metavar="CLUSTERS",
            show_default=False,
            help="Clusters that begin at each step, in order.",
        ),
    ],
    per_cell: Annotated[
        float, typer.Option(show_default=False, help="Clients of a cluster in a period.", min=1)
    ],
    sd: Annotated[float, typer.Option(help="Of clients' outcomes.", min=0)] = 1.0,
    icc: Icc = 0.05,
    autocorrelation: Annotated[
        float, typer.Option(help="Of a cluster's levels from period to period.", min=0, max=1)
    ] = 1.0,
    level: Level = 0.95,
    json: Json = False,
) -> None:
    """Tell the standard error and power of a stepped wedge, and what it would find."""
    from attunement.programme.evaluation.wedge_design import steps as laid_out
    from attunement.programme.evaluation.wedge_design import wedge_power

    found = wedge_power(
        laid_out(steps), effect, per_cell=per_cell, sd=sd, icc=icc,
        autocorrelation=autocorrelation, level=level,
    )  # fmt: skip
    sentence = (
        f"Standard error {found.se:.4f}: it is found with a chance of {found.power:.0%}; "
        f"{found.detectable:.3g} would be found with 80%."
    )
    told({"se": found.se, "power": found.power, "detectable": found.detectable}, sentence, json)


@app.command(
    epilog="Example: attunement programme evaluate power mrt 0.1 --clients 200 --decisions 30"
)
def mrt(
    effect: Annotated[
        float,
        typer.Argument(show_default=False, help="In standard deviations of the outcome."),
    ],
    clients: Annotated[
        int | None, typer.Option(show_default=False, help="Then the power is told.")
    ] = None,
    decisions: Annotated[int, typer.Option(help="Decision points of each client.", min=1)] = 1,
    probability: Annotated[float, typer.Option(help="Of being nudged.")] = 0.5,
    available: Annotated[float, typer.Option(help="Share of decisions possible.")] = 1.0,
    power: WithPower = 0.8,
    level: Level = 0.95,
    json: Json = False,
) -> None:
    """Tell how many decisions a micro-randomised trial needs, or what so many clients can show."""
    from attunement.programme.evaluation.micro_randomised_size import (
        decision_points,
        micro_randomised_power,
    )

    if clients is not None:
        chance = micro_randomised_power(
            effect, clients=clients, decisions=decisions, probability=probability,
            available=available, level=level,
        )  # fmt: skip
        told({"power": chance}, f"{clients:,} clients find it with a chance of {chance:.0%}.", json)
        return
    points = decision_points(effect, probability=probability, power=power, level=level)
    sentence = f"{points:,} decisions of available clients, over all clients together."
    told({"decisions": points}, sentence, json)


def told(figures: dict[str, float], sentence: str, json: bool) -> None:
    """Say it, in words or as JSON."""
    if json:
        show.as_json(figures)
    else:
        show.say(sentence)
