"""The pictures of a report, from those of the rooms."""

from collections.abc import Iterator

from attunement.charts import to_svg
from attunement.programme.alliance_outcome.chart import FEWEST_IN_A_GROUP, alliance_outcome_chart
from attunement.programme.outcomes.chart import funnel_chart, rates_chart
from attunement.programme.retention.chart import calibration_chart, decision_chart, staying_chart
from attunement.programme.retention.model import Tested
from attunement.programme.retention.validation import LATER
from attunement.report.programme.computing import Programme
from attunement.report.programme.document import Picture, words
from attunement.report.programme.names import OUTCOMES, plural, scale_name
from attunement.report.programme.withheld import fit_to_print

# Labels of facets are wider than the drawing that is measured around them.
WAYS = {3: "three", 4: "four"}
ROOM = {"padding": {"left": 60, "right": 12, "top": 5, "bottom": 5}}


def leaving_picture(found: Programme, definition: str) -> Picture | None:
    """Draw how many have left after so many sessions."""
    if found.retention is None:
        return None
    spoken = "Share of clients who have left, rising over sessions, with its 95% interval."
    return Picture(
        name="leaving",
        svg=to_svg(staying_chart(found.retention.staying, definition), spoken),
        spoken=spoken,
        caption="How many have left after so many sessions, the others having stayed or completed. "
        "The band is the 95% interval.",
    )


def rates_picture(found: Programme) -> Picture | None:
    """Draw outcomes under every way to treat the missing."""
    if found.outcomes is None:
        return None
    ways = WAYS[found.outcomes.rates["missing"].n_unique()]
    spoken = f"Shares with each outcome, each under {ways} ways to count those whose scores miss."
    return Picture(
        name="outcomes",
        svg=to_svg(rates_chart(found.outcomes).to_dict(validate=False) | ROOM, spoken),
        spoken=spoken,
        caption=f"Each outcome under {ways} ways to count those whose scores are missing. Where "
        "the dots lie apart, what is missing matters.",
    )


def relation_picture(
    found: Programme, *, spoken: str = "", places: int | None = None
) -> Picture | None:
    """Draw both associations, with what is spoken in place of the counts, and dots rounded."""
    if found.relation is None or found.asked.alliance is None:
        return None
    spoken = spoken or " ".join(found.relation.sentences)
    chart = alliance_outcome_chart(
        found.relation,
        alliance=scale_name(found.relation.about.alliance),
        outcome=scale_name(found.relation.about.outcome),
        fewest=max(FEWEST_IN_A_GROUP, found.asked.fewest),
        places=places,
    )
    return Picture(
        name="relationship-and-outcome",
        svg=to_svg(chart, spoken),
        spoken=spoken,
        caption="Left, sessions of one client compared with each other; right, clients compared "
        "with each other. Each dot is the mean of many; the line is the association, the band its "
        "95% interval.",
    )


def funnel_pictures(found: Programme) -> Iterator[tuple[str, str, Picture]]:
    """Draw every funnel, without names."""
    if found.outcomes is None:
        return
    for (unit, outcome), one in found.outcomes.funnels.items():
        shown = fit_to_print(one, found.asked.fewest)
        if shown.units.is_empty():
            continue
        name = OUTCOMES[outcome].lower()
        spoken = f"{plural(unit).capitalize()} as dots in the funnel that chance alone would fill."
        hidden = one.units.height - shown.units.height
        unseen = f" {hidden} with few people are not drawn." if hidden else ""
        yield (
            unit,
            outcome,
            Picture(
                name=f"funnel-{unit}-{outcome}",
                svg=to_svg(funnel_chart(shown, unit=unit, outcome=name), spoken),
                spoken=spoken,
                caption=f"{OUTCOMES[outcome]} by {unit}, adjusted for {adjusted(found, unit)}. "
                "Larger ones "
                f"stand further right; there is no other order, and no name.{unseen}",
            ),
        )


def adjusted(found: Programme, unit: str = "") -> str:
    """Say what units are adjusted for, without their own column."""
    others = (words(name) for name in found.asked.adjust if name != unit)
    *names, last = ("first scores", *others)
    return f"{', '.join(names)} and {last}" if names else last


def calibration_picture(found: Programme) -> Picture | None:
    """Draw what was forecast against what happened, for those who began later."""
    test = _later(found)
    if test is None:
        return None
    spoken = "Forecast and observed shares of leaving, in ten equally large groups."
    return Picture(
        name="calibration",
        svg=to_svg(calibration_chart(test), spoken),
        spoken=spoken,
        caption="What was forecast for clients who began later, and what happened. On the dashed "
        "line both are equal.",
    )


def decision_picture(found: Programme) -> Picture | None:
    """Draw what checking in by the model is worth, among those who began later."""
    test = _later(found)
    if test is None:
        return None
    spoken = "Net benefit of checking in by the model, with everybody and with nobody."
    return Picture(
        name="decision-curve",
        svg=to_svg(decision_chart(test), spoken),
        spoken=spoken,
        caption="What checking in is worth among clients who began later, by the forecast from "
        "which on somebody is asked: leavers who were asked, less those asked in vain, weighed by "
        "the odds of that forecast. The model earns its place where its line is the highest.",
    )


def _later(found: Programme) -> Tested | None:
    model = None if found.retention is None else found.retention.model
    tests = () if model is None else model.tests
    return next((test for test in tests if test.kind == LATER), None)
