"""Everything that a report on a programme says, computed once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import polars as pl

from attunement.course.attendance.appointments import CAME
from attunement.course.proportions import Share, share
from attunement.measures.scale import Scale
from attunement.problems import Problem
from attunement.programme.alliance_outcome.analysis import AllianceOutcome, alliance_outcome
from attunement.programme.outcomes.overview import Outcomes, outcomes
from attunement.programme.retention.known import Watched
from attunement.programme.retention.overview import Retention, retention
from attunement.report.programme.asking import Asked
from attunement.report.programme.opening import Opened, open_tables
from attunement.report.programme.withheld import agree, without_sites

PARTS = ("retention", "outcomes", "relation")
Progress = Callable[[str, int, int], None]
Part = TypeVar("Part")


@dataclass(frozen=True, kw_only=True)
class Programme:
    """What was found, before it becomes words, tables and pictures.

    Attributes
    ----------
    asked : Asked
        What it is about.
    known, began : int
        Clients in any table, and those who began.
    attended : int or None
        Sessions that took place; None without attendance.
    answered : Share or None
        After how many of these (of all sessions with a row, without attendance) the relationship
        was rated.
    retention : Retention or None
        Who stays and who leaves.
    outcomes : Outcomes or None
        What became of everybody who began.
    relation : AllianceOutcome or None
        How relationship and outcome go together.
    absent : Mapping of str to str
        By part (retention, outcomes, relation): why it is not there. Where fewer than
        ``asked.smallest`` began, that is so of all.
    """

    asked: Asked
    known: int
    began: int
    attended: int | None
    answered: Share | None
    retention: Retention | None
    outcomes: Outcomes | None
    relation: AllianceOutcome | None
    absent: Mapping[str, str]


def programme(
    scores: Any,
    attendance: Any = None,
    people: Any = None,
    *,
    asked: Asked,
    progress: Progress | None = None,
) -> Programme:
    """Compute what holds over all clients of a programme.

    Formulas and sources stand with the functions of :mod:`attunement.programme`.

    Parameters
    ----------
    scores, attendance, people
        Tables of any kind (``attunement.tables.SCORES`` and ``ATTENDANCE``); people has one row
        per ``client`` with the columns to group by and to compare. A DuckDB relation over a
        Parquet file is read in parts and may be larger than memory.
    asked
        Scales, groups and units.
    progress
        Called with the name of each step, how many are done, and of how many.

    Raises
    ------
    Problem
        If a table cannot be used. That there is too little for a part is no problem: ``absent``
        says why it is not there.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.measures.instruments.catalogue import find_scale
    >>> from attunement.programme.outcomes.measure import PHQ9
    >>> made = simulate(Plan(clients=120, responses=False), seed=7)
    >>> alliance = find_scale("session-check-in.alliance")
    >>> asked = Asked(alliance=alliance, measures=(PHQ9,), learn=False, imputations=0)
    >>> found = programme(made.scores, made.attendance, asked=asked)
    >>> found.began, found.absent
    (120, {})
    """
    told = progress or _nobody
    told("Reading the tables", 0, 5)
    columns = tuple(dict.fromkeys((*asked.by, *asked.compared, *asked.adjust)))
    opened = open_tables(scores, attendance, people, scales=asked.scales, columns=columns)
    absent: dict[str, str] = {}
    if opened.people.height < asked.smallest:
        return _too_small(asked, opened.people.height)
    told("Counting answers", 1, 5)
    attended, answered = _answers(opened, asked)
    told("Relationship and outcome", 2, 5)
    relation = _tried("relation", absent, lambda: _relation(opened, asked))
    told("Outcomes", 3, 5)
    became = _tried("outcomes", absent, lambda: _outcomes(opened, asked))
    told("Staying and leaving", 4, 5)
    left = _tried("retention", absent, lambda: _retention(opened, asked))
    told("Drawing", 5, 5)
    left, became = agree(left, became)
    return Programme(
        asked=asked,
        known=opened.known,
        began=opened.people.height,
        attended=attended,
        answered=answered,
        retention=left,
        outcomes=became,
        relation=relation,
        absent=absent,
    )


def _too_small(asked: Asked, began: int) -> Programme:
    why = (
        f"fewer than {asked.smallest} people began, and what is said of so few tells of single "
        "persons"
    )
    return Programme(
        asked=asked,
        known=began,
        began=began,
        attended=None,
        answered=None,
        retention=None,
        outcomes=None,
        relation=None,
        absent=dict.fromkeys(PARTS, why),
    )


def _nobody(_step: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def _tried(part: str, absent: dict[str, str], compute: Callable[[], Part]) -> Part | None:
    try:
        return compute()
    except Problem as problem:
        absent[part] = str(problem).rstrip(".")
        return None


def _answers(opened: Opened, asked: Asked) -> tuple[int | None, Share | None]:
    """Count the sessions that took place, and those after which the relationship was rated."""
    visits = opened.attendance
    came = None if visits is None else visits.filter(pl.col("status").is_in(CAME))
    attended = None if came is None else came.height
    if asked.alliance is None:
        return attended, None
    own = opened.scores.filter(pl.col("scale") == asked.alliance.name)
    rated = own.filter(pl.col("score").is_not_null()).select("client", "session")
    if came is None:
        return None, share(rated.height, own.height)
    found = came.select("client", "session").join(rated, on=["client", "session"], how="semi")
    return attended, share(found.height, came.height)


def _relation(opened: Opened, asked: Asked) -> AllianceOutcome:
    if asked.alliance is None or not asked.measures:
        raise Problem("no scale rates the relationship, or none the outcome")
    return alliance_outcome(
        opened.scores, alliance=asked.alliance.name, outcome=asked.measures[0].scale, lag=asked.lag
    )


def _outcomes(opened: Opened, asked: Asked) -> Outcomes:
    if not asked.measures:
        raise Problem("no scale with a cut-off and a reliable change was named")
    present = set(opened.scores["scale"].unique())
    for name in (measure.scale for measure in asked.measures if measure.scale not in present):
        raise Problem(f"there is no score of {name}")
    names = {measure.scale for measure in asked.measures}
    return outcomes(
        opened.scores.filter(pl.col("scale").is_in(names)),
        asked.measures,
        opened.people,
        by=asked.by,
        units=asked.compared,
        adjust=asked.adjust,
        populations=asked.populations,
        imputations=asked.imputations,
        fewest=asked.fewest,
    )


def _retention(opened: Opened, asked: Asked) -> Retention:
    if opened.attendance is None:
        raise Problem("there is no table of attendance")
    watched = None
    if asked.learn and asked.alliance is not None:
        watched = Watched(alliance=asked.alliance, symptoms=_symptoms(asked))
    found = retention(
        opened.attendance,
        None if watched is None else opened.scores,
        watched,
        opened.people,
        asked.by,
        fewest=asked.fewest,
    )
    return without_sites(found)


def _symptoms(asked: Asked) -> Scale | None:
    for measure in asked.measures:
        return Scale(
            name=measure.scale, direction=measure.direction, low=measure.low, high=measure.high
        )
    return None
