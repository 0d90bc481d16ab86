"""Pictures of outcomes: rates with their uncertainty, groups, and funnels that rank nobody."""

from typing import Any

import altair as alt
import polars as pl

from attunement.charts.palette import ACCENT, EXPECTED, INK, LOOK, QUIET, RULE, USUAL
from attunement.problems import Problem
from attunement.programme.drawing import CONFIG
from attunement.programme.outcomes.funnel import AS_EXPECTED, BEYOND, EDGE, Funnel
from attunement.programme.outcomes.judged import OUTCOMES
from attunement.programme.outcomes.overview import Outcomes
from attunement.programme.outcomes.rates import BEST, BOTH_SCORES, IMPUTED, WORST

WIDTH, HEIGHT, ROW = 440, 280, 26
WORDS = {
    "reliable_improvement": "reliable improvement",
    "recovery": "recovery",
    "reliable_recovery": "reliable recovery",
    "deterioration": "deterioration",
}
WAYS = {
    "left out": BOTH_SCORES,
    IMPUTED: "everybody, missing imputed",
    WORST: "everybody, missing as if worst",
    BEST: "everybody, missing as if best",
}
PERCENT = alt.Axis(format="%", tickCount=5)
LOOKS = CONFIG | {
    "header": {"labelColor": INK.light, "labelFontSize": 13, "labelFontWeight": 600},
    "facet": {"spacing": 14},
    "legend": {
        "labelFontSize": 13, "labelColor": INK.light, "labelLimit": 260, "titleFontSize": 13,
        "titleColor": QUIET.light, "titleFontWeight": 400, "columnPadding": 32,
    },
}  # fmt: skip


def rates_chart(found: Outcomes, *, title: str = "") -> alt.TopLevelMixin:
    """Draw every outcome's rate under each way to treat the missing.

    The picture is our own; it estimates nothing.

    Parameters
    ----------
    found
        From :func:`~attunement.programme.outcomes.overview.outcomes`.
    title
        What the picture says, in one sentence.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> from attunement.programme.outcomes.overview import outcomes
    >>> found = outcomes(simulate(Plan(clients=60, responses=False), seed=7).scores, [PHQ9],
    ...                  imputations=0)
    >>> rates_chart(found, title="Six in ten improved").title.text
    'Six in ten improved'
    """
    rows = found.rates.with_columns(
        pl.col("outcome").replace(WORDS), way=pl.col("missing").replace(WAYS)
    )
    chart = _dots(rows, "way", list(WAYS.values())).facet(
        row=alt.Row("outcome:N", title=None, sort=list(WORDS.values()),
                    header=alt.Header(labelAngle=0, labelAlign="left", labelOrient="top",
                                      labelAnchor="start"))
    )  # fmt: skip
    words = f"{title or 'Rates of outcomes'}, under each way to treat missing scores"
    return _finished(chart, title, words)


def groups_chart(
    found: Outcomes, by: str, outcome: str = OUTCOMES[0], *, title: str = ""
) -> alt.TopLevelMixin:
    """Draw an outcome's rate in every group of one column, in the order of the groups' names.

    The picture is our own; it estimates nothing.

    Raises
    ------
    Problem
        If nothing was grouped by the column.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> from attunement.programme.outcomes.overview import outcomes
    >>> made = simulate(Plan(clients=120, responses=False), seed=7)
    >>> found = outcomes(made.scores, [PHQ9], made.truth.clients, by=["site"], imputations=0)
    >>> groups_chart(found, "site", title="Three sites").title.text
    'Three sites'
    """
    if found.groups is None or by not in found.groups["by"].unique():
        raise Problem(f"nothing was grouped by {by}", "name it among the columns to group by")
    rows = found.groups.filter(pl.col("by") == by, pl.col("outcome") == outcome)
    order = rows["group"].to_list()
    rows = rows.with_columns(
        said=pl.when(pl.col("share").is_null()).then(pl.lit("withheld: small numbers"))
    )
    overall = found.rates.filter(pl.col("outcome") == outcome, pl.col("denominator") == BOTH_SCORES)
    rule = (
        alt.Chart(_data(overall))
        .mark_rule(color=QUIET.light, strokeDash=[4, 4], strokeWidth=1.25)
        .encode(x="share:Q")
    )
    said = (
        alt.Chart(_data(rows.filter(pl.col("said").is_not_null())))
        .mark_text(align="left", color=QUIET.light, dx=4)
        .encode(x=alt.value(0), y=alt.Y("group:N", sort=order), text="said:N")
    )
    chart = alt.layer(rule, _dots(rows, "group", order), said).properties(width=WIDTH)
    shown = WORDS.get(outcome, outcome)
    words = f"{title or shown.capitalize()} by {by}; the dashed line is everybody together"
    return _finished(chart, title, words)


def funnel_chart(found: Funnel, *, unit: str, outcome: str, title: str = "") -> alt.TopLevelMixin:
    """Draw units in the funnel of what chance gives: no order, no names but of those beyond it.

    The plot is that of Spiegelhalter (2005, *Stat. Med.* 24:1185-1202).

    Parameters
    ----------
    found
        From :func:`~attunement.programme.outcomes.funnel.funnel`.
    unit, outcome
        Their names, for the axes.
    title
        What the picture says, in one sentence.

    Examples
    --------
    >>> from attunement.programme.outcomes.funnel import funnel
    >>> rows = pl.DataFrame({"therapist": [f"t{n % 6}" for n in range(240)],
    ...                      "better": [n % 7 < 3 for n in range(240)]})
    >>> found = funnel(rows, "therapist", "better")
    >>> funnel_chart(found, unit="therapist", outcome="better", title="All as expected").title.text
    'All as expected'
    """
    placed = found.units.filter(pl.col("why_not").is_null())
    x = alt.X(
        "size:Q",
        title=f"clients of a {unit} (as precise without adjustment)",
        scale=alt.Scale(zero=False, nice=False),
        axis=alt.Axis(grid=False, tickCount=6),
    )
    outline = alt.Chart(_data(found.limits))
    outer = outline.mark_area(color=RULE.light, opacity=1).encode(
        x=x,
        y=alt.Y("outer_low:Q", title=outcome, axis=PERCENT, scale=alt.Scale(zero=False)),
        y2="outer_high:Q",
    )
    inner = outline.mark_area(color=USUAL.light, opacity=1).encode(x=x, y="low:Q", y2="high:Q")
    middle = (
        alt.Chart(_data(pl.DataFrame({"rate": [found.rate]})))
        .mark_rule(color=QUIET.light, strokeDash=[4, 4], strokeWidth=1.25)
        .encode(y="rate:Q")
    )
    order = [AS_EXPECTED, EDGE, BEYOND]
    colour = alt.Scale(domain=order, range=[ACCENT.light, EXPECTED.light, LOOK.light])
    shape = alt.Scale(domain=order, range=["circle", "diamond", "triangle-up"])
    legend = alt.Legend(title=None, orient="bottom", symbolSize=90)
    dots = (
        alt.Chart(_data(placed))
        .mark_point(filled=True, size=70, opacity=0.9)
        .encode(
            x=x,
            y="rate:Q",
            color=alt.Color("place:N", scale=colour, legend=legend),
            shape=alt.Shape("place:N", scale=shape, legend=legend),
        )
    )
    names = (
        alt.Chart(_data(placed.filter(pl.col("place") == BEYOND)))
        .mark_text(dy=-13, color=INK.light)
        .encode(x=x, y="rate:Q", text="unit:N")
    )
    chart = alt.layer(outer, inner, middle, dots, names).properties(width=WIDTH, height=HEIGHT)
    adjusted = f", adjusted for {', '.join(found.adjusted_for)}" if found.adjusted_for else ""
    words = (
        f"{title or outcome.capitalize()} by {unit}{adjusted}: inside the inner funnel 95 % lie by "
        "chance, inside the outer one 99.8 %"
    )
    return _finished(chart, title, words)


def without_change_chart(found: Outcomes, scale: str, *, title: str = "") -> alt.TopLevelMixin:
    """Draw what was seen beside what would have been seen had nobody changed.

    The picture is our own; it estimates nothing.

    Raises
    ------
    Problem
        If that was not worked out for the scale.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> from attunement.programme.outcomes.overview import outcomes
    >>> found = outcomes(simulate(Plan(clients=60, responses=False), seed=7).scores, [PHQ9],
    ...                  imputations=0)
    >>> without_change_chart(found, "phq9", title="Had nobody changed").title.text
    'Had nobody changed'
    """
    if scale not in found.without_change:
        raise Problem(f"without a reliability of {scale} this cannot be known", "give one")
    chance, seen = found.without_change[scale], found.seen_at_all[scale]
    rates = {
        row["outcome"]: row["share"]
        for row in found.rates.filter(pl.col("denominator") == BOTH_SCORES).iter_rows(named=True)
    }
    kinds = {
        "better by any amount": (seen.share, chance.any_improvement),
        "reliable improvement": (rates["reliable_improvement"], chance.reliable_improvement),
        "no case any more": (rates["recovery"], chance.no_case_any_more),
        "deterioration": (rates["deterioration"], chance.reliable_deterioration),
    }
    names = ("seen", "had nobody changed")
    rows = pl.DataFrame(
        [(kind, name, value) for kind, pair in kinds.items()
         for name, value in zip(names, pair, strict=True)],
        schema=["kind", "which", "share"], orient="row",
    )  # fmt: skip
    colour = alt.Scale(domain=list(names), range=[ACCENT.light, QUIET.light])
    shape = alt.Scale(domain=list(names), range=["circle", "diamond"])
    legend = alt.Legend(title=None, orient="bottom", symbolSize=110)
    y = alt.Y("kind:N", sort=list(kinds), title=None, axis=alt.Axis(grid=False))
    base = alt.Chart(_data(rows)).encode(y=y, x=alt.X("share:Q", title=None, axis=PERCENT,
                                                      scale=alt.Scale(domainMin=0)))  # fmt: skip
    line = base.mark_line(color=RULE.light, strokeWidth=3).encode(detail="kind:N")
    dots = base.mark_point(filled=True, size=130, opacity=1).encode(
        color=alt.Color("which:N", scale=colour, legend=legend),
        shape=alt.Shape("which:N", scale=shape, legend=legend),
    )
    chart = alt.layer(line, dots).properties(width=WIDTH, height=4 * 44)
    words = f"{title or 'What was seen'} on {scale}, beside what chance alone would have shown"
    return _finished(chart, title, words)


def _dots(rows: pl.DataFrame, name: str, order: list[str]) -> Any:
    """Draw shares with their intervals, one row below another."""
    base = alt.Chart().encode(
        y=alt.Y(f"{name}:N", sort=order, title=None, axis=alt.Axis(grid=False, labelLimit=260))
    )
    x = alt.X("share:Q", title=None, axis=PERCENT, scale=alt.Scale(domainMin=0))
    bars = base.mark_rule(color=ACCENT.light, strokeWidth=2).encode(
        x=alt.X("low:Q", title=None, axis=PERCENT), x2="high:Q"
    )
    dots = base.mark_circle(color=ACCENT.light, size=80, opacity=1).encode(x=x)
    return alt.layer(bars, dots, data=_data(rows)).properties(
        width=WIDTH - 40, height=ROW * len(order)
    )


def _data(rows: pl.DataFrame) -> alt.InlineData:
    return alt.InlineData(values=rows.to_dicts())


def _finished(chart: Any, title: str, words: str) -> alt.TopLevelMixin:
    described = chart.properties(description=words)
    if title:
        described = described.properties(title=alt.TitleParams(text=title, frame="bounds"))
    result: alt.TopLevelMixin = described.configure(**LOOKS)
    return result
