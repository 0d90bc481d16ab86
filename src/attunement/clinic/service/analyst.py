"""What the page for an analyst shows: everything behind the first page, and nobody ranked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from attunement.clinic.noticing.instruments import title_of
from attunement.clinic.service.cells import Cell
from attunement.clinic.service.figures.groups import OTHERS
from attunement.clinic.service.figures.rows import Row, Rows
from attunement.clinic.service.holding import (
    OUTCOMES,
    Kept,
    Outcome,
    Rate,
    cell,
    leaving,
    outcomes,
    rate,
)
from attunement.clinic.service.tables import LONG, MIDDLING, SHORT
from attunement.programme.disclosure.grouping import UNKNOWN

FUNNEL = "funnel/therapist/reliable_improvement"
GROUPED: Mapping[str, Promise] = {
    "language": _("language"),
    "planned": _("sessions planned"),
}
BANDS: Mapping[str, Promise] = {
    SHORT: _("up to 8"),
    MIDDLING: _("9 to 16"),
    LONG: _("17 and more"),
    UNKNOWN: _("not known"),
    OTHERS: _("others"),
}
MODELS: Mapping[tuple[str, str], Promise] = {
    ("within", "centred, with time"): _("within clients, with time in the model"),
    ("within", "own trends taken off"): _("within clients, own trends taken off"),
    ("between", "observed means"): _("between clients, means as observed"),
    ("between", "true levels"): _("between clients, corrected for noise"),
    ("between clients of a therapist", "within therapists"): _("between clients of one therapist"),
    ("between therapists", "therapists' means"): _("between therapists"),
    ("blend", "pooled over all sessions"): _("all sessions pooled"),
    ("blend", "own intercepts, not centred"): _("own level for each client, not centred"),
    ("within", "centred, time ignored"): _("within clients, time ignored"),
}
STANDINGS: Mapping[str, Promise] = {
    "answer": _("an answer"),
    "check": _("a check"),
    "contrast": _("misleads"),
}


@dataclass(frozen=True, kw_only=True)
class Size:
    """How far scores on one scale moved; above 0 is better."""

    scale: str
    people: Cell
    first: tuple[Row, Row]
    last: tuple[Row, Row]
    pooled: Row
    by_first: Row
    any_amount: Rate
    by_chance: Rate
    picture: SafeString | None


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group of clients."""

    words: str
    clients: Cell
    rates: list[tuple[str, Rate]]


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """Groups by one column; what may be told of none of them is left out."""

    by: Promise
    rates: list[str]
    groups: list[Group]


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Therapists in the funnel of what chance gives."""

    units: int
    edge: int
    beyond: int
    rate: int
    picture: SafeString


@dataclass(frozen=True, kw_only=True)
class Model:
    """One model of how relationship and outcome go together."""

    words: Promise | str
    standing: Promise | str
    row: Row


@dataclass(frozen=True, kw_only=True)
class Analyst:
    """What the page shows."""

    curves: list[tuple[str, Rate, SafeString | None]]
    outcomes: list[Outcome]
    sizes: list[Size]
    groupings: list[Grouping]
    funnel: Funnel | None
    outcome: str
    models: list[Model]
    auc: Row | None
    slope: Row | None
    calibration: SafeString | None
    decision: SafeString | None


def analyst(of: Kept) -> Analyst:
    """Give what the page shows."""
    rows, pictures = of.rows, of.pictures
    return Analyst(
        curves=[
            (words, rate(rows[name]), pictures.get(name.replace("leaving/", "left-after/")))
            for name, words in leaving(rows)
        ],
        outcomes=list(outcomes(rows)),
        sizes=list(_sizes(of)),
        groupings=list(_groupings(of)),
        funnel=_funnel(of),
        outcome=title_of(of.about["outcome"]).text if of.about.get("outcome") else "",
        models=list(_models(of)),
        auc=rows.get("model/later/auc"),
        slope=rows.get("model/later/calibration-slope"),
        calibration=pictures.get("model/calibration"),
        decision=pictures.get("model/decision"),
    )


def _sizes(of: Kept) -> Iterator[Size]:
    for scale in of.about.get("measures", ()):
        size, score = f"effect-size/{scale}", f"scores/{scale}"
        if f"{size}/pooled" not in of.rows:
            continue
        pooled = of.rows[f"{size}/pooled"]
        if pooled.value is None:
            continue
        first, last = (
            (of.rows[f"{score}/{time}/mean"], of.rows[f"{score}/{time}/sd"])
            for time in ("pre", "post")
        )
        yield Size(
            scale=title_of(scale).text,
            people=Cell(pooled.of),
            first=first,
            last=last,
            pooled=pooled,
            by_first=of.rows[f"{size}/by_first"],
            any_amount=rate(of.rows.get(f"seen/{scale}/any_improvement")),
            by_chance=rate(of.rows.get(f"had-nobody-changed/{scale}/any_improvement")),
            picture=of.pictures.get(f"change/{scale}"),
        )


def _groupings(of: Kept) -> Iterator[Grouping]:
    figures = _of_groups(of.rows)
    for by, names in of.about.get("groups", {}).items():
        if len(names) < 2:
            continue
        ordered = sorted(names, key=lambda name: list(BANDS).index(name) if name in BANDS else -1)
        told = {
            figure: words
            for figure, words in figures.items()
            if any(_of_group(of.rows, figure, by, name).share for name in ordered)
        }
        groups = [
            Group(
                words=group_words(by, name),
                clients=cell(of.rows.get(f"groups/{by}={name}/clients")),
                rates=[
                    (words, _of_group(of.rows, figure, by, name)) for figure, words in told.items()
                ],
            )
            for name in ordered
        ]
        yield Grouping(by=GROUPED[by], rates=list(told.values()), groups=groups)


def _of_groups(rows: Rows) -> Mapping[str, str]:
    """Name what is told of groups, with words; the group goes in between."""
    outcomes = {f"groups/{{}}/{name}": str(words) for name, words in OUTCOMES.items()}
    left = {name.replace("/", "/{}/", 1): words for name, words in leaving(rows)}
    return {"groups/{}/missing": gettext("without a first or last score"), **outcomes, **left}


def _of_group(rows: Rows, figure: str, by: str, name: str) -> Rate:
    return rate(rows.get(figure.format(f"{by}={name}")))


def group_words(by: str, name: str) -> str:
    """Call a group what people call it."""
    if name in BANDS or by != "language":
        return str(BANDS.get(name, name))
    try:
        return str(get_language_info(name)["name_translated"])
    except KeyError:
        return name


def _funnel(of: Kept) -> Funnel | None:
    if FUNNEL not in of.pictures:
        return None
    units, edge, beyond = (
        round(of.rows[f"{FUNNEL}/{name}"].value or 0) for name in ("units", "at the edge", "beyond")
    )
    return Funnel(
        units=units,
        edge=edge,
        beyond=beyond,
        rate=round(100 * (of.rows[f"{FUNNEL}/rate"].value or 0)),
        picture=of.pictures[FUNNEL],
    )


def _models(of: Kept) -> Iterator[Model]:
    for one in of.about.get("models", ()):
        row = of.rows.get(f"relation/{one['about']}/{one['model']}")
        if row is not None and row.value is not None:
            yield Model(
                words=MODELS.get((one["about"], one["model"]), one["model"]),
                standing=STANDINGS.get(one["standing"], one["standing"]),
                row=row,
            )
