"""What a researcher reaches for in a notebook: ``import attunement as at``."""

from typing import Any, Literal

import narwhals as nw

from attunement.course.attendance.overview import attendance
from attunement.course.baseline import Norms, estimate_norms
from attunement.course.change import categories as change_
from attunement.course.change import sudden_gains as sudden_gains_
from attunement.course.noticing import course
from attunement.course.strain.signals import Rule
from attunement.course.strain.told import tensions
from attunement.frames import to_lazy
from attunement.guidance.reasons.finding import reasons
from attunement.intake.handed_in import Meanings, meanings_of
from attunement.measures.instruments.catalogue import library
from attunement.measures.reliability.psychometrics import psychometrics
from attunement.measures.scale import Direction, Scale
from attunement.measures.scoring.scores import safety, score
from attunement.multilevel import fit
from attunement.problems import Problem
from attunement.programme.alliance_outcome.analysis import alliance_outcome
from attunement.programme.alliance_outcome.chart import alliance_outcome_chart
from attunement.programme.outcomes.overview import outcomes
from attunement.programme.retention.overview import retention
from attunement.synthetic.cohort import simulate
from attunement.synthetic.plan import Plan

__all__ = [
    "Direction",
    "Norms",
    "Plan",
    "Problem",
    "Rule",
    "Scale",
    "alliance_outcome",
    "alliance_outcome_chart",
    "attendance",
    "change",
    "course",
    "fit",
    "library",
    "norms",
    "outcomes",
    "psychometrics",
    "reasons",
    "retention",
    "safety",
    "score",
    "simulate",
    "sudden_gains",
    "tensions",
]


def norms(scores: Any, scales: Meanings | None = None) -> dict[str, Norms]:
    """Learn what is usual on each scale from a site's own scores.

    Formulas and sources stand with :func:`attunement.course.baseline.estimate_norms`.

    Parameters
    ----------
    scores
        The table ``scores``, of any kind.
    scales
        As for :func:`course`.

    Returns
    -------
    Norms by scale; see :func:`attunement.course.baseline.estimate_norms`.

    Raises
    ------
    Problem
        If the table or a scale cannot be used.

    Examples
    --------
    >>> import attunement as at
    >>> scores = at.simulate(at.Plan(clients=40), seed=7).scores
    >>> at.norms(scores)["phq9"].origin
    'site'
    """
    return estimate_norms(scores, meanings_of(scores, scales))


def change(
    scores: Any,
    scale: str,
    meaning: str | Scale | None = None,
    *,
    pre: int = 1,
    post: int | Literal["last"] = "last",
    **options: Any,
) -> change_.Change:
    """Classify every client's change as reliable and clinically significant, or not.

    Formulas and sources stand with :func:`attunement.course.change.categories.classify`.

    Parameters
    ----------
    scores
        The table ``scores``, of any kind.
    scale
        Which scale in it.
    meaning
        What the scale is, as for :func:`course`.
    pre, post, options
        See :func:`attunement.course.change.categories.classify`.

    Raises
    ------
    Problem
        If the table or a setting cannot be used.

    Examples
    --------
    >>> import attunement as at
    >>> scores = at.simulate(at.Plan(clients=40), seed=7).scores
    >>> changed = at.change(scores, "phq9", reliability=0.84, cutoff=9.5)
    >>> changed.summary.used <= changed.summary.clients
    True
    """
    known = _one(scores, scale, meaning)
    return change_.classify(
        scores, scale=scale, direction=known.direction, pre=pre, post=post, **options
    )


def sudden_gains(
    scores: Any, scale: str, meaning: str | Scale | None = None, *, cutoff: float, **options: Any
) -> sudden_gains_.SuddenGains:
    """Find sudden gains and losses by the three published criteria.

    The criteria and their sources stand with
    :func:`attunement.course.change.sudden_gains.sudden_gains`.

    Parameters
    ----------
    scores, scale, meaning
        As for :func:`change`.
    cutoff, options
        See :func:`attunement.course.change.sudden_gains.sudden_gains`.

    Raises
    ------
    Problem
        If the table or a setting cannot be used.

    Examples
    --------
    >>> import attunement as at
    >>> scores = at.simulate(at.Plan(clients=40, responses=False), seed=7).scores
    >>> found = at.sudden_gains(scores, "phq9", cutoff=6)
    >>> found.summary.gains, found.summary.losses, found.summary.testable
    (2, 0, 36)
    """
    known = _one(scores, scale, meaning)
    return sudden_gains_.sudden_gains(
        scores, scale=scale, direction=known.direction, cutoff=cutoff, **options
    )


def _one(scores: Any, scale: str, meaning: str | Scale | None) -> Scale:
    """Say what one scale means."""
    only = to_lazy(scores).filter(nw.col("scale") == scale).to_native()
    found = meanings_of(only, None if meaning is None else {scale: meaning})
    if scale not in found:
        raise Problem(f"there is no scale '{scale}' in the table", "check its name")
    return found[scale]
