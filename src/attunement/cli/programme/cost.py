"""``attunement programme cost``: what a recovery costs, and what one more of them would."""

from typing import TYPE_CHECKING, Annotated

import typer

from attunement.cli.drawing import Drawing
from attunement.cli.options import Json, Missing, OutFile, PictureFile
from attunement.cli.programme.results import Data, Level, opened, tell

if TYPE_CHECKING:
    from altair import TopLevelMixin

    from attunement.programme.cost.perspective import Perspective

app = typer.Typer(
    no_args_is_help=True,
    help="What a reliable recovery costs, and whether one way is worth more than another.",
)

DOES_MORE = "costs more, does more"
RATIOS = {
    DOES_MORE: "cost of one more recovery",
    "costs less, does less": "saved for each recovery given up",
}

Payer = Annotated[
    str, typer.Option(show_default=False, help="Whose costs these are: 'the service'.")
]
Counted = Annotated[
    list[str],
    typer.Option(
        metavar="COST", show_default=False, help="Which costs are counted. May be repeated."
    ),
]
LeftOut = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COST", show_default=False, help="Which are not, though borne. May be repeated."
    ),
]
Currency = Annotated[str, typer.Option(show_default=False, help="As it is written: EUR.")]
Year = Annotated[int, typer.Option("--price-year", show_default=False, help="Of the prices.")]
Cost = Annotated[str, typer.Option(metavar="COLUMN", help="A client's cost.")]
Recovered = Annotated[
    str, typer.Option(metavar="COLUMN", help="1 where reliably recovered, 0 where not.")
]


@app.command(
    epilog="Example: attunement programme cost recovery clients.csv --payer 'the service' "
    '--counted "therapists\' time" --currency EUR --price-year 2026'
)
def recovery(
    table: Data,
    payer: Payer,
    counted: Counted,
    currency: Currency,
    price_year: Year,
    left_out: LeftOut = None,
    cost: Cost = "cost",
    recovered: Recovered = "reliable_recovery",
    level: Level = 0.95,
    missing: Missing = None,
    out: OutFile = None,
    picture: PictureFile = None,
    json: Json = False,
) -> None:
    """Divide the costs of all who began by the reliable recoveries among them."""
    rows = opened(table, missing)
    from attunement.programme.cost.differences import Difference
    from attunement.programme.cost.per_recovery import cost_per_recovery

    seen = perspective(payer, counted, left_out, currency, price_year)
    found = cost_per_recovery(rows, seen, cost=cost, recovered=recovered, level=level)
    one = Difference(value=found.value, se=float("nan"), low=found.low, high=found.high)
    names = ("clients", "recovered", "missing", "per_client")
    more = {name: getattr(found, name) for name in names}

    def drawn() -> "TopLevelMixin":
        from attunement.programme.cost.per_recovery_chart import per_recovery_chart

        return per_recovery_chart(found)

    drawing = Drawing(place=picture, title="Cost of a recovery", chart=drawn)
    tell([found.sentence], {"cost of one recovery": one}, more=more, data=[table], out=out,
         drawing=drawing, json=json)  # fmt: skip


@app.command(
    epilog="Example: attunement programme cost compare new.csv old.csv --payer 'the county' "
    "--counted sessions --currency EUR --price-year 2026 --randomised"
)
def compare(
    new: Data,
    old: Data,
    payer: Payer,
    counted: Counted,
    currency: Currency,
    price_year: Year,
    left_out: LeftOut = None,
    randomised: Annotated[
        bool,
        typer.Option("--randomised/--not-randomised", help="Whether chance decided who had which."),
    ] = False,
    worth: Annotated[
        list[float] | None,
        typer.Option(
            metavar="AMOUNT",
            show_default=False,
            help="What one recovery may be worth: net benefit is told. May be repeated.",
        ),
    ] = None,
    cost: Cost = "cost",
    recovered: Recovered = "reliable_recovery",
    draws: Annotated[int, typer.Option(help="Bootstrap samples.", min=200)] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same.")] = 0,
    level: Level = 0.95,
    missing: Missing = None,
    out: OutFile = None,
    picture: PictureFile = None,
    json: Json = False,
) -> None:
    """Compare two ways by cost and reliable recovery: what one more recovery costs."""
    first, second = (opened(path, missing) for path in (new, old))
    from attunement.programme.cost.differences import Difference
    from attunement.programme.cost.effectiveness import cost_effectiveness

    found = cost_effectiveness(
        first, second, perspective(payer, counted, left_out, currency, price_year),
        randomised=randomised, worth=worth or None, cost=cost, effect=recovered, draws=draws,
        seed=seed, level=level,
    )  # fmt: skip
    nothing = float("nan")
    effects = {
        "cost per client": found.cost,
        "recoveries per client": found.effect,
        RATIOS.get(found.quadrant, RATIOS[DOES_MORE]): Difference(
            value=found.icer, se=nothing, low=found.icer_low, high=found.icer_high
        ),
    }

    def drawn() -> "TopLevelMixin":
        from attunement.programme.cost.effectiveness_chart import cost_effectiveness_chart

        return cost_effectiveness_chart(found)

    curve = found.acceptability.iter_rows(named=True) if worth else ()
    for row in curve:
        effects[f"net benefit at {row['worth']:g}"] = Difference(
            value=row["net_benefit"], se=nothing, low=row["low"], high=row["high"]
        )
    tell(
        [found.sentence], effects,
        more={"quadrant": found.quadrant, "shares": found.shares, "clients": found.clients,
              "missing": found.missing, "acceptability": found.acceptability},
        data=[new, old], out=out, json=json,
        drawing=Drawing(place=picture, title="Cost and effect", chart=drawn),
    )  # fmt: skip


def perspective(
    payer: str, counted: list[str], left_out: list[str] | None, currency: str, price_year: int
) -> "Perspective":
    """Say whose costs are counted."""
    from attunement.programme.cost.perspective import Perspective

    return Perspective(
        payer=payer, counted=counted, left_out=left_out or [], currency=currency,
        price_year=price_year,
    )  # fmt: skip
