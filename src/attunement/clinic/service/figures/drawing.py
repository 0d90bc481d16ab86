"""Pictures of what may be seen: each drawn from rounded figures, in the words of one language."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from attunement.charts import to_svg
from attunement.charts.slim import Spec, panels, slim
from attunement.clinic.service.cells import SMALLEST
from attunement.clinic.service.figures.curves import curves
from attunement.clinic.service.figures.funnels import Shown
from attunement.clinic.service.figures.labels import labels, texts
from attunement.clinic.service.figures.model import rounded_test
from attunement.clinic.service.figures.rows import ROUNDED, Rows, outward, stepped
from attunement.course.proportions import Share
from attunement.programme.alliance_outcome.associations import Association
from attunement.programme.alliance_outcome.chart import alliance_outcome_chart
from attunement.programme.outcomes.chart import without_change_chart
from attunement.programme.outcomes.overview import Outcomes
from attunement.programme.outcomes.rates import LEFT_OUT
from attunement.programme.outcomes.shrinkage_chart import shrinkage_chart
from attunement.programme.retention.chart import calibration_chart, decision_chart, staying_chart
from attunement.programme.retention.model import Tested
from attunement.report.programme.computing import Programme as Found

TENTH = 0.1
LOW = (200, 150)
ROOM = {"padding": {"left": 45, "right": 12, "top": 5, "bottom": 5}}


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One picture before it has words: a Vega-Lite description, and what it is about."""

    name: str
    spec: Spec
    about: str
    scale: str = ""
    size: tuple[int, int] | None = None


def drawings(
    found: Found, shown: Rows, funnels: Shown, test: Tested | None = None
) -> list[Drawing]:
    """Describe every picture."""
    return [
        *_leaving(found),
        *_changes(found, shown),
        *_funnels(funnels),
        *_relation(found, shown),
        *_model(test),
    ]


def _spec(chart: Any) -> Spec:
    """Give a chart's description, its data as plain as the page that holds it."""
    spec: Spec = json.loads(json.dumps(chart.to_dict(validate=False), default=str))
    return spec


def _leaving(found: Found) -> Iterator[Drawing]:
    if found.retention is None:
        return
    for name, curve in curves(found).items():
        drawn = replace(found.retention.staying, curves=curve)
        yield Drawing(
            name=f"left-after/{name}",
            spec=_spec(staying_chart(drawn, name, begins=False)),
            about="leaving",
        )


def _changes(found: Found, shown: Rows) -> Iterator[Drawing]:
    became = found.outcomes
    if became is None:
        return
    for scale in became.without_change:
        seen = shown.get(f"seen/{scale}/any_improvement")
        if seen is not None and seen.told == ROUNDED:
            chart = without_change_chart(_as_shown(became, shown, scale), scale)
            yield Drawing(
                name=f"change/{scale}",
                spec=_spec(chart) | ROOM,
                about="change",
                scale=scale,
                size=LOW,
            )


def _as_shown(became: Outcomes, shown: Rows, scale: str) -> Outcomes:
    """Put what may be seen in place of what was computed; what is withheld is not drawn."""

    def value(name: str) -> float | None:
        return shown[name].value if name in shown else None

    rates = became.rates.filter(pl.col("missing") == LEFT_OUT).select("outcome", "denominator")
    shares = [value(f"outcomes/{name}/{LEFT_OUT}") for name in rates["outcome"]]
    ways = (
        "any_improvement", "reliable_improvement", "no_case_any_more", "reliable_deterioration",
    )  # fmt: skip
    without = {way: value(f"had-nobody-changed/{scale}/{way}") for way in ways}
    any_amount = value(f"seen/{scale}/any_improvement")
    return replace(
        became,
        rates=rates.with_columns(share=pl.Series(shares, dtype=pl.Float64)),
        seen_at_all={scale: Share(n=0, of=0, share=any_amount, low=None, high=None)},
        without_change={scale: replace(became.without_change[scale], **without)},  # type: ignore[arg-type]
    )


def _funnels(every: Shown) -> Iterator[Drawing]:
    for (unit, outcome), one in every.items():
        chart = shrinkage_chart(one, unit=unit, outcome=outcome)
        yield Drawing(name=f"funnel/{unit}/{outcome}", spec=_spec(chart), about="funnel")


def _relation(found: Found, shown: Rows) -> Iterator[Drawing]:
    if found.relation is None or "relation/clients" not in shown:
        return
    if shown["relation/clients"].told != ROUNDED:
        return
    of = found.relation.found
    rounded = replace(
        of, within=None if of.within is None else _tenths(of.within), between=_tenths(of.between)
    )
    chart = alliance_outcome_chart(
        replace(found.relation, found=rounded), fewest=SMALLEST, places=1
    )
    names = ["within", "between"] if of.within is not None else ["between"]
    for name, spec in zip(names, panels(_spec(chart)), strict=True):
        yield Drawing(
            name=f"relation/{name}", spec=spec, about=name, scale=found.relation.about.outcome
        )


def _tenths(one: Association) -> Association:
    low, high = outward(one.low, one.high, TENTH)
    return replace(one, value=stepped(one.value, TENTH), low=low, high=high)


def _model(test: Tested | None) -> Iterator[Drawing]:
    shown = None if test is None else rounded_test(test)
    if shown is not None:
        yield Drawing(
            name="model/calibration", spec=_spec(calibration_chart(shown)), about="calibration"
        )
        yield Drawing(name="model/decision", spec=_spec(decision_chart(shown)), about="decision")


def picture(one: Drawing) -> str:
    """Draw a picture in the language of the moment."""
    said = labels(one.about, one.scale)
    size = {} if one.size is None else {"size": one.size}
    spec = slim(one.spec, x=said["x"], y=said["y"], words=texts(), **size)
    return to_svg(spec, said["spoken"])
