"""From everything that a report on a programme would say to what a manager may see of it.

Counts are rounded to fives, and shares so far that five counts or more give the same one; small
ones are bounds or nothing, and what would give them back by subtraction is withheld. Sizes are
rounded to tenths. So most figures of two days do not show one client more; where one does pass from
one rounded number to the next, it says neither how many there are nor who it was.
"""

from collections.abc import Iterator
from dataclasses import replace

from attunement.clinic.service.cells import SMALLEST
from attunement.clinic.service.figures import rows
from attunement.clinic.service.figures.curves import curve_figures
from attunement.clinic.service.figures.funnels import Shown, funnel_figures
from attunement.clinic.service.figures.rows import Row, Rows
from attunement.programme.outcomes.rates import BEST, IMPUTED, LEFT_OUT, WORST
from attunement.programme.retention.model import Tested
from attunement.report.programme.computing import Programme as Found
from attunement.report.programme.figures import Figure, Figures, figures

OUTCOMES = ("reliable_improvement", "recovery", "reliable_recovery", "deterioration")
BESIDE = (IMPUTED, WORST, BEST)
SHARES = ("people/answered", "leaving/", "outcomes/missing", "seen/")
COUNTS = ("people/", "relation/clients", "relation/pairs")
TENTH, HALF, HUNDREDTH = 0.1, 0.5, 0.01


def told(found: Found, funnels: Shown, test: Tested | None = None) -> Rows:
    """Give every figure as it may be seen.

    Parameters
    ----------
    found
        What was computed, small numbers in groups withheld below ten.
    funnels
        From :func:`~attunement.clinic.service.figures.funnels.shown`.
    test
        How the model of leaving did on clients who began later.
    """
    every = figures(found)
    people = every["people/began"]
    if found.began < found.asked.smallest:
        return {people.figure: rows.count(people)}
    kept = (
        *_plain(every),
        *outcome_rows(every),
        *_groups(every),
        *curve_figures(found),
        *funnel_figures(funnels),
        *_model(test),
    )
    return {one.figure: one for one in kept}


def _plain(every: Figures) -> Iterator[Row]:
    """Tell what stands by itself; of relationship and outcome only among twenty and more."""
    pairs = every.get("relation/clients")
    related = round(pairs.value or 0) if pairs else 0
    for name, one in every.items():
        about = name.partition("/")[0]
        if name.startswith(SHARES):
            yield rows.share(one)
        elif name.startswith(COUNTS):
            yield rows.count(one)
        elif about == "had-nobody-changed":
            yield rows.chance(one)
        elif about == "scores":
            yield rows.number(one, HALF)
        elif about == "effect-size":
            yield rows.number(one, TENTH)
        elif about == "relation":
            yield rows.number(replace(one, of=related), TENTH)


def outcome_rows(every: Figures) -> Iterator[Row]:
    """Tell every outcome, without what would give a small number back by subtraction."""
    for name in OUTCOMES:
        both = every.get(f"outcomes/{name}/{LEFT_OUT}")
        if both is None:
            continue
        yield rows.share(both)
        why = _why_not(both, every.get(f"outcomes/{name}/{WORST}"))
        for way in BESIDE:
            one = every.get(f"outcomes/{name}/{way}")
            if one is not None:
                yield rows.withheld(one, why) if why else rows.share(one)


def _why_not(both: Figure, everybody: Figure | None) -> str:
    """Say which small number comes back by subtraction if everybody stands beside those with both.

    The end as if worst is those with both scores who had the outcome; as if best, these and all
    whose scores are missing.
    """
    if everybody is None or both.value is None or not both.of or not everybody.of:
        return rows.SMALL
    had = round(both.value * both.of) if both.n is None else both.n
    if everybody.of - both.of < SMALLEST:
        return rows.FEW_MISSING
    return rows.SMALL if min(had, both.of - had) < SMALLEST else ""


def _groups(every: Figures) -> Iterator[Row]:
    """Tell groups: what is small there is withheld already, and with it what would give it back."""
    clients = 0
    for name, one in every.items():
        if not name.startswith("groups/"):
            continue
        if name.endswith("/clients"):
            clients = int(one.value or 0)
            yield rows.count(one)
        elif name.endswith("/missing"):
            yield rows.share(replace(one, of=clients or None))
        else:
            yield rows.share(one)


def _model(test: Tested | None) -> Iterator[Row]:
    """Tell how well a model forecasts, to the hundredth as on its own page."""
    if test is None:
        return
    name, words = "model/later", "on clients who began later"
    auc, slope = test.auc, test.calibration.slope
    yield rows.count(
        Figure(figure=f"{name}/clients", what=f"clients, {words}", value=test.clients, unit="count")
    )
    yield rows.count(
        Figure(figure=f"{name}/events", what=f"left, {words}", value=test.events, unit="count")
    )
    for kind, one in (("auc", auc), ("calibration-slope", slope)):
        yield rows.number(
            Figure(
                figure=f"{name}/{kind}",
                what=f"{kind.replace('-', ' ')}, {words}",
                value=one.value,
                low=one.low,
                high=one.high,
                unit="number",
            ),
            HUNDREDTH,
        )
