"""Outcomes of a programme, from one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from attunement.course.proportions import Share, share
from attunement.frames import to_lazy, to_polars
from attunement.problems import Problem
from attunement.programme.disclosure.grouping import UNKNOWN, groups_of
from attunement.programme.disclosure.withholding import FEWEST
from attunement.programme.outcomes.effect_size import EffectSize, effect_size
from attunement.programme.outcomes.funnel import Funnel, funnel
from attunement.programme.outcomes.groups import outcomes_by_group
from attunement.programme.outcomes.judged import first_and_last, judge
from attunement.programme.outcomes.measure import Measure
from attunement.programme.outcomes.rates import outcome_rates
from attunement.programme.outcomes.regression_to_mean import NoChange, Population, no_change

PLAIN = (
    "Rates and effect sizes from first to last score hold chance, regression to the mean and "
    "whatever else happened meanwhile; they do not say what therapy did."
)


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """What became of clients.

    Attributes
    ----------
    people : polars.DataFrame
        A row per client: first and last scores, and the outcomes.
    missing : Share
        Who began and lacks a first or a last score.
    rates : polars.DataFrame
        Every outcome under each way to treat the missing.
    seen_at_all : Mapping of str to Share
        By scale, whose last score is better by any amount: the figure that flatters most.
    without_change : Mapping of str to NoChange
        By scale, what the same figures would be, had nobody changed. Only of scales with a
        reliability.
    effect_sizes : tuple of EffectSize
        Of the measures that have any.
    groups : polars.DataFrame or None
        Rates by group, small numbers withheld.
    funnels : Mapping of (str, str) to Funnel
        By unit and outcome.
    remarks : tuple of str
        What a reader has to know beside.
    """

    people: pl.DataFrame
    missing: Share
    rates: pl.DataFrame
    seen_at_all: Mapping[str, Share]
    without_change: Mapping[str, NoChange]
    effect_sizes: tuple[EffectSize, ...]
    groups: pl.DataFrame | None
    funnels: Mapping[tuple[str, str], Funnel]
    remarks: tuple[str, ...]


def outcomes(
    scores: Any,
    measures: Sequence[Measure],
    people: Any = None,
    *,
    by: Sequence[str] = (),
    units: Sequence[str] = (),
    adjust: Sequence[str] = (),
    compare: Sequence[str] = ("reliable_improvement",),
    populations: Mapping[str, Population] | None = None,
    imputations: int = 20,
    seed: int = 0,
    fewest: int = FEWEST,
) -> Outcomes:
    """Say what became of everybody who began.

    Formulas and sources stand with :func:`~attunement.programme.outcomes.judged.judge`,
    :func:`~attunement.programme.outcomes.rates.outcome_rates`,
    :func:`~attunement.programme.outcomes.effect_size.effect_size`,
    :func:`~attunement.programme.outcomes.funnel.funnel` and
    :func:`~attunement.programme.outcomes.regression_to_mean.no_change`.

    Parameters
    ----------
    scores
        Table of scores (``attunement.tables.SCORES``) of any kind.
    measures
        Scales with their criteria, such as
        :data:`~attunement.programme.outcomes.measure.TALKING_THERAPIES`.
    people
        One row per ``client`` who began, with the columns below. Without it, everybody with a row
        of scores began.
    by
        Columns to group by, one at a time.
    units
        Columns to compare in funnels, such as therapist or site.
    adjust
        What to adjust such comparisons for, beside the first scores, which always are.
    compare
        Which outcomes to compare.
    populations
        By scale, from whom those in treatment come (see
        :class:`~attunement.programme.outcomes.regression_to_mean.Population`); where absent, all
        who have a first score here.
    imputations, seed
        For the missing.
    fewest
        The smallest count of a group that is shown.

    Raises
    ------
    Problem
        If a table or a setting cannot be used.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> made = simulate(Plan(clients=300, responses=False), seed=7)
    >>> found = outcomes(made.scores, [PHQ9], made.truth.clients, imputations=0)
    >>> found.missing.n, found.missing.of
    (4, 300)
    """
    rows = judge(first_and_last(scores, measures, people), measures)
    rows = _with_columns(rows, people, by, units, adjust)
    both = rows.filter("both")
    numbers = [name for name in adjust if rows[name].dtype.is_numeric()]
    funnels, refused = _funnels(both, measures, units, compare, adjust)
    populations = populations or {}
    return Outcomes(
        people=rows,
        missing=share(rows.height - both.height, rows.height),
        rates=outcome_rates(rows, measures, beside=numbers, imputations=imputations, seed=seed),
        seen_at_all={m.scale: _better_at_all(both, m) for m in measures},
        without_change={
            m.scale: _without_change(rows, both, m, populations.get(m.scale))
            for m in measures
            if both.height and (m.reliability is not None or m.scale in populations)
        },
        effect_sizes=tuple(found for m in measures if (found := effect_size(rows, m)) is not None),
        groups=outcomes_by_group(rows, by, fewest) if by else None,
        funnels=funnels,
        remarks=(PLAIN, *_own_populations(measures, populations), *refused),
    )


def _with_columns(
    rows: pl.DataFrame, people: Any, by: Sequence[str], units: Sequence[str], adjust: Sequence[str]
) -> pl.DataFrame:
    """Add groups and units as text, and what else to adjust for as it is."""
    names = list(dict.fromkeys([*by, *units]))
    others = [name for name in adjust if name not in names]
    if not names and not others:
        return rows
    if people is None:
        raise Problem(
            f"there is no table of people with the column {(*names, *others)[0]}",
            "hand one in, with a row per client",
            field="people",
        )
    groups = groups_of(people, names)
    missing = [name for name in others if name not in to_lazy(people).collect_schema().names()]
    if missing:
        raise Problem(f"the table of people has no column {missing[0]}", "check its name")
    own = to_polars(to_lazy(people).select("client", *others)).drop_nulls("client")
    return (
        rows.join(groups, on="client", how="left")
        .with_columns(pl.col(names).fill_null(UNKNOWN))
        .join(own, on="client", how="left")
    )


def _better_at_all(both: pl.DataFrame, measure: Measure) -> Share:
    gain = measure.sign * (pl.col(f"post {measure.scale}") - pl.col(f"pre {measure.scale}"))
    return share(both.filter(gain > 0).height, both.height)


def _without_change(
    rows: pl.DataFrame, both: pl.DataFrame, measure: Measure, population: Population | None
) -> NoChange:
    """Work out what these clients' figures would be, had nobody changed."""
    if population is None:
        everybody = rows[f"pre {measure.scale}"].drop_nulls().cast(pl.Float64).to_numpy()
        population = Population(
            mean=float(everybody.mean()),
            sd=float(everybody.std()),
            reliability=measure.reliability or 0.0,
            low=measure.low,
            high=measure.high,
            direction=measure.direction,
        )
    return no_change(
        both[f"pre {measure.scale}"].to_numpy(),
        population,
        reliable=measure.reliable,
        case_at=measure.case_at,
    )


def _own_populations(
    measures: Sequence[Measure], populations: Mapping[str, Population]
) -> tuple[str, ...]:
    own = [m.scale for m in measures if m.scale not in populations and m.reliability is not None]
    if not own:
        return ()
    sentence = (
        f"For regression to the mean on {' and '.join(own)} everybody with a first score here "
        "stands for the population; where only the worse ones come, it is larger than shown."
    )
    return (sentence,)


def _funnels(
    both: pl.DataFrame,
    measures: Sequence[Measure],
    units: Sequence[str],
    compare: Sequence[str],
    adjust: Sequence[str],
) -> tuple[dict[tuple[str, str], Funnel], list[str]]:
    """Make the funnels that can be made, and say why others cannot."""
    first = [f"pre {measure.scale}" for measure in measures]
    found, refused = {}, []
    for unit in units:
        rows = both.filter(pl.col(unit) != UNKNOWN)
        others = [name for name in adjust if name != unit]
        for outcome in compare:
            try:
                found[unit, outcome] = funnel(rows, unit, outcome, [*first, *others])
            except Problem as problem:
                refused.append(f"No funnel of {outcome} by {unit}: {problem}")
    return found, refused
