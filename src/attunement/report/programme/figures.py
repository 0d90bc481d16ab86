"""Every figure of a report, each with its own name: what the page shows is what the files hold."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields

import polars as pl

from attunement.course.proportions import Share
from attunement.programme.outcomes.rates import LEFT_OUT
from attunement.programme.retention.staying import EVERYBODY
from attunement.report.programme.computing import Programme

SHARE, COUNT, POINTS, SD, NUMBER = "share", "count", "points", "SD", "number"
WAYS = {
    "any_improvement": "better by any amount",
    "reliable_improvement": "reliable improvement",
    "no_case_any_more": "no case any more",
    "reliable_deterioration": "deterioration",
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure.

    Attributes
    ----------
    figure : str
        Its name, with slashes, such as ``leaving/no-return/everybody``.
    what : str
        In words.
    value, low, high : float or None
        With its 95 % interval; None where withheld or not known.
    n, of : int or None
        Counted, out of how many.
    unit : str
        share (0 to 1), count, points (of the scale), SD or number.
    """

    figure: str
    what: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    of: int | None = None
    unit: str = SHARE


Figures = dict[str, Figure]


def figures(found: Programme) -> Figures:
    """List all figures of a report by their names."""
    every = (
        *_people(found),
        *_leaving(found),
        *_outcomes(found),
        *_effects(found),
        *_groups(found),
        *_funnels(found),
        *_relation(found),
        *_model(found),
    )
    return {one.figure: one for one in every}


def figures_table(found: Figures) -> pl.DataFrame:
    """Lay all figures out as a table, a row each.

    The names of figures are our own.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures import find_scale
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> from attunement.report.programme.asking import Asked
    >>> from attunement.report.programme.computing import programme
    >>> made = simulate(Plan(clients=60, responses=False), seed=7)
    >>> asked = Asked(alliance=find_scale("session-check-in.alliance"), measures=(PHQ9,),
    ...               learn=False, imputations=0)
    >>> table = figures_table(figures(programme(made.scores, asked=asked)))
    >>> table.select("figure", "value", "unit").row(0)
    ('people/known', 60.0, 'count')
    """
    numbers = ("value", "low", "high")
    schema: dict[str, pl.DataType] = {
        field.name: pl.Float64()
        if field.name in numbers
        else pl.Int64()
        if field.name in ("n", "of")
        else pl.String()
        for field in fields(Figure)
    }
    return pl.DataFrame([asdict(one) for one in found.values()], schema=schema)


def _count(name: str, what: str, value: int | None) -> Figure:
    return Figure(figure=name, what=what, value=value, unit=COUNT)


def _share(name: str, what: str, of: Share) -> Figure:
    return Figure(
        figure=name, what=what, value=of.share, low=of.low, high=of.high, n=of.n, of=of.of
    )


def _people(found: Programme) -> Iterator[Figure]:
    yield _count("people/known", "clients in any table", found.known)
    yield _count("people/began", "clients who began", found.began)
    if found.attended is not None:
        yield _count("people/attended", "sessions that took place", found.attended)
    if found.answered is not None:
        yield _share("people/answered", "sessions after which the relationship was rated",
                     found.answered)  # fmt: skip


def _leaving(found: Programme) -> Iterator[Figure]:
    if found.retention is None:
        return
    for row in found.retention.staying.rates.iter_rows(named=True):
        group = "" if row["by"] == EVERYBODY else f"{row['by']}={row['group']}/"
        yield Figure(
            figure=f"leaving/{group}{row['definition']}",
            what=f"left: {row['text']}",
            value=row["rate"],
            low=row["low"],
            high=row["high"],
            n=row["left"],
            of=row["known"],
        )
    curves = found.retention.staying.curves.filter(pl.col("by") == EVERYBODY)
    for row in curves.iter_rows(named=True):
        sessions = f"{row['time']:g} session{'s' * (row['time'] != 1)}"
        yield Figure(
            figure=f"left-after/{row['definition']}/{row['time']:g}",
            what=f"have left after {sessions} ({row['definition']})",
            value=row["gone"],
            low=row["gone_low"],
            high=row["gone_high"],
        )


def _outcomes(found: Programme) -> Iterator[Figure]:
    became = found.outcomes
    if became is None:
        return
    yield _share("outcomes/missing", "clients without a first or a last score", became.missing)
    for row in became.rates.iter_rows(named=True):
        words = f"{row['outcome'].replace('_', ' ')}, {row['denominator']}"
        words += "" if row["missing"] == LEFT_OUT else f", missing {row['missing']}"
        yield Figure(
            figure=f"outcomes/{row['outcome']}/{row['missing']}",
            what=words,
            value=row["share"],
            low=row["low"],
            high=row["high"],
            n=row["n"],
            of=row["of"],
        )
    for scale, seen in became.seen_at_all.items():
        yield _share(f"seen/{scale}/any_improvement", f"better by any amount on {scale}", seen)
    for scale, chance in became.without_change.items():
        for name, words in WAYS.items():
            yield Figure(
                figure=f"had-nobody-changed/{scale}/{name}",
                what=f"{words} on {scale}, had nobody truly changed",
                value=getattr(chance, name),
            )


def _effects(found: Programme) -> Iterator[Figure]:
    if found.outcomes is None:
        return
    for size in found.outcomes.effect_sizes:
        for kind, words in (("pooled", "pooled SD"), ("by_first", "SD of first scores")):
            yield Figure(
                figure=f"effect-size/{size.scale}/{kind}",
                what=f"change from first to last score on {size.scale}, over the {words}",
                value=getattr(size, kind),
                low=getattr(size, f"{kind}_low"),
                high=getattr(size, f"{kind}_high"),
                of=size.n,
                unit=SD,
            )
        for time, order in (("pre", "first"), ("post", "last")):
            for of, words in (("mean", "mean"), ("sd", "standard deviation")):
                yield Figure(
                    figure=f"scores/{size.scale}/{time}/{of}",
                    what=f"{words} of {order} scores on {size.scale}",
                    value=getattr(size, f"{time}_{of}"),
                    of=size.n,
                    unit=POINTS,
                )


def _groups(found: Programme) -> Iterator[Figure]:
    if found.outcomes is None or found.outcomes.groups is None:
        return
    for row in found.outcomes.groups.iter_rows(named=True):
        name = f"{row['by']}={row['group']}"
        yield _count(f"groups/{name}/clients", f"clients who began ({name})", row["clients"])
        yield Figure(
            figure=f"groups/{name}/missing",
            what=f"clients without a first or a last score ({name})",
            value=row["missing"],
        )
        yield Figure(
            figure=f"groups/{name}/{row['outcome']}",
            what=f"{row['outcome'].replace('_', ' ')} ({name})",
            value=row["share"],
            low=row["low"],
            high=row["high"],
            n=row["n"],
            of=row["of"],
        )


def _funnels(found: Programme) -> Iterator[Figure]:
    if found.outcomes is None:
        return
    for (unit, outcome), one in found.outcomes.funnels.items():
        name, placed = f"funnel/{unit}/{outcome}", one.units.filter(pl.col("why_not").is_null())
        yield _count(f"{name}/units", f"{unit}s with clients enough", placed.height)
        for place in ("as expected", "at the edge", "beyond"):
            yield _count(
                f"{name}/{place}", f"{unit}s {place}", int((placed["place"] == place).sum())
            )
        yield Figure(figure=f"{name}/rate", what=f"{outcome.replace('_', ' ')} over all {unit}s",
                     value=one.rate)  # fmt: skip
        yield Figure(figure=f"{name}/between_sd", what=f"SD between {unit}s beyond chance",
                     value=one.between_sd)  # fmt: skip


def _relation(found: Programme) -> Iterator[Figure]:
    if found.relation is None:
        return
    yield _count("relation/clients", "clients with both scores", found.relation.about.clients)
    yield _count("relation/pairs", "sessions with both scores", found.relation.about.pairs)
    for row in found.relation.table.iter_rows(named=True):
        yield Figure(
            figure=f"relation/{row['about']}/{row['model']}",
            what=f"{row['about']}: {row['model']} ({row['standing']})",
            value=row["estimate"],
            low=row["low"],
            high=row["high"],
            unit=POINTS,
        )
        if row["standardised"] is not None:
            yield Figure(
                figure=f"relation/{row['about']}/{row['model']}/standardised",
                what=f"{row['about']}: {row['model']} ({row['standing']}), standardised",
                value=row["standardised"],
                unit=SD,
            )


def _model(found: Programme) -> Iterator[Figure]:
    card = None if found.retention is None else found.retention.card
    if card is None:
        return
    yield from _columns(card.tests, "model/tested", ["kind", "where"])
    yield from _columns(card.groups, "model/group", ["by", "group"])
    yield from _columns(card.features, "model/feature", ["feature"])


def _columns(table: pl.DataFrame, name: str, keys: Iterable[str]) -> Iterator[Figure]:
    numbers = [column for column in table.columns if table[column].dtype.is_numeric()]
    for row in table.iter_rows(named=True):
        place = "/".join(str(row[key]) for key in keys)
        for column in numbers:
            if not column.endswith(("_low", "_high")):
                yield Figure(
                    figure=f"{name}/{place}/{column}",
                    what=f"{column.replace('_', ' ')}, {place.replace('/', ' ')}",
                    value=row[column],
                    low=row.get(f"{column}_low"),
                    high=row.get(f"{column}_high"),
                    unit=NUMBER,
                )
