"""Who stays and who leaves: rates and curves under every definition, side by side, by group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from attunement.course.attendance.dropout import Limits
from attunement.course.change.categories import Change
from attunement.course.proportions import share
from attunement.programme.disclosure.grouping import UNKNOWN, count_groups, groups_of
from attunement.programme.disclosure.withholding import FEWEST, Figure
from attunement.programme.retention.curve import (
    LEFT,
    OPEN,
    Median,
    cumulative_incidence,
    kaplan_meier,
    life_table,
    median,
)
from attunement.programme.retention.logrank import LogRank, log_rank
from attunement.programme.retention.spells import spells
from attunement.programme.retention.steps import COUNTS, shown_together

EVERYBODY = "everybody"
FEWEST_ON_A_CURVE = 20


@dataclass(frozen=True, kw_only=True)
class Staying:
    """Staying and leaving under every definition.

    Attributes
    ----------
    rates : polars.DataFrame
        A row per definition and group: ``definition``, ``text``, ``by``, ``group``, ``clients``,
        ``known`` (of whom it can be said), ``left``, ``rate``, ``low``, ``high`` (Wilson 1927);
        null where withheld because numbers are small.
    curves : polars.DataFrame
        A row per definition, group and number of attended sessions: ``time``; ``at_risk``,
        ``left``, ``completed`` and ``censored`` (for everybody together only); ``staying``,
        ``low``, ``high`` (Kaplan-Meier: were nobody to complete); ``gone``, ``gone_low``,
        ``gone_high`` (who will have left, some of the others having completed). Groups have wide
        steps (:func:`~attunement.programme.retention.steps.common_steps`), so that none tells of
        few.
    medians : mapping of str to Median
        Of everybody's Kaplan-Meier curve, by definition.
    tests : mapping of (str, str) to LogRank
        Whether groups leave at different rates, by definition and column.
    """

    rates: pl.DataFrame
    curves: pl.DataFrame
    medians: Mapping[str, Median]
    tests: Mapping[tuple[str, str], LogRank]


def staying(
    appointments: Any,
    people: Any = None,
    by: Sequence[str] = (),
    *,
    limits: Limits | None = None,
    change: Change | None = None,
    until: date | None = None,
    fewest: int = FEWEST,
) -> Staying:
    """Compare how many stay and how many leave, by every definition of leaving.

    A rate counts only episodes whose end is known, and so hangs on how recent the clients are; a
    curve uses the others for as long as they were seen. How many leave hangs on the definition
    (Swift & Greenberg 2012, *J. Consult. Clin. Psychol.* 80:547-559): none stands alone.

    A rate is ``left / known``.

    Parameters
    ----------
    appointments
        Table of attendance (``attunement.tables.ATTENDANCE``) of any kind.
    people
        One row per ``client`` with the columns to group by.
    by
        Such as site, age band or funding, one at a time.
    limits, change, until
        As for :func:`attunement.course.attendance.overview.attendance`.
    fewest
        The smallest count of a group that is shown. A group has a curve where its rate is shown,
        it has 20 clients or more, and enough leave for a step.

    Raises
    ------
    Problem
        If a table cannot be used, or nobody ever came.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> found = staying(simulate(Plan(clients=200, responses=False), seed=7).attendance)
    >>> found.rates.filter(definition="before-planned-end").select("clients", "left").row(0)
    (200, 50)
    """
    rows = spells(appointments, limits=limits, change=change, until=until)
    if by:
        rows = rows.join(groups_of(people, by), on="client", how="left")
        rows = rows.with_columns(pl.col(by).fill_null(UNKNOWN))
    known = rows.select("definition", "text").unique(maintain_order=True)
    texts = dict(known.iter_rows())
    rates = _rates(rows, texts, by, fewest)
    curves, medians, tests = [], {}, {}
    for name in texts:
        own = rows.filter(pl.col("definition") == name)
        whole = _both(life_table(own["time"], own["outcome"]))
        medians[name] = median(whole)
        curves.append(_labelled(whole, name, EVERYBODY, EVERYBODY))
        for column in by:
            tables = _tables(own, column, _shown(rates, name, column))
            if len(tables) > 1 and any(table["left"].sum() for table in tables.values()):
                tests[name, column] = log_rank(tables)
            apart = shown_together(tables, whole.select("time", *COUNTS), fewest)
            curves += [_labelled(curve, name, column, group) for group, curve in apart.items()]
    return Staying(
        rates=rates, curves=pl.concat(curves, how="diagonal"), medians=medians, tests=tests
    )


def _rates(
    rows: pl.DataFrame, texts: Mapping[str, str], by: Sequence[str], fewest: int
) -> pl.DataFrame:
    """Count under all definitions at once, so that none gives away what another withholds."""
    figures = [Figure(name="clients")]
    for name in texts:
        figures.append(Figure(name=f"known {name}", of="clients", rest=True))
        figures.append(Figure(name=f"left {name}", of=f"known {name}", telling=True))
    flags = (
        rows.with_columns(known=pl.col("outcome") != OPEN, left=pl.col("outcome") == LEFT)
        .pivot("definition", index=["client", *by], values=["known", "left"], separator=" ")
        .with_columns(clients=pl.lit(value=True))
    )
    everybody = flags.select(
        pl.lit(EVERYBODY).alias("by"),
        pl.lit(EVERYBODY).alias("group"),
        *(pl.col(figure.name).sum().cast(pl.Int64) for figure in figures),
    )
    counted = pl.concat([everybody, *([count_groups(flags, by, figures, fewest)] if by else [])])
    found = pl.concat(
        counted.select(
            pl.lit(name).alias("definition"),
            pl.lit(text).alias("text"),
            "by",
            "group",
            "clients",
            pl.col(f"known {name}").alias("known"),
            pl.col(f"left {name}").alias("left"),
        )
        for name, text in texts.items()
    )
    shares = [
        (None, None, None) if left is None else _interval(left, known)
        for left, known in found.select("left", "known").iter_rows()
    ]
    schema = dict.fromkeys(("rate", "low", "high"), pl.Float64)
    return found.hstack(pl.DataFrame(shares, schema=schema, orient="row"))


def _interval(n: int, of: int) -> tuple[float | None, float | None, float | None]:
    found = share(n, of)
    return found.share, found.low, found.high


def _shown(rates: pl.DataFrame, definition: str, column: str) -> list[str]:
    enough = (pl.col("clients") >= FEWEST_ON_A_CURVE) & pl.col("left").is_not_null()
    here = (pl.col("definition") == definition) & (pl.col("by") == column)
    return rates.filter(here & enough)["group"].to_list()


def _tables(own: pl.DataFrame, column: str, groups: Iterable[str]) -> dict[str, pl.DataFrame]:
    return {
        group: life_table(rows["time"], rows["outcome"])
        for group in groups
        for rows in [own.filter(pl.col(column) == group)]
    }


def _both(table: pl.DataFrame) -> pl.DataFrame:
    return cumulative_incidence(kaplan_meier(table))


def _labelled(curve: pl.DataFrame, definition: str, by: str, group: str) -> pl.DataFrame:
    return curve.select(
        pl.lit(definition).alias("definition"),
        pl.lit(by).alias("by"),
        pl.lit(group).alias("group"),
        pl.all(),
    )
