"""Scores of two arms, compared at equal baselines."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from attunement.problems import Problem
from attunement.programme.evaluation.clustered import fit_clustered
from attunement.programme.evaluation.effects import Effect
from attunement.programme.evaluation.intake import codes, columns_of, numbers, zero_or_one

FEWEST = 10


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """A difference in scores between randomised arms.

    Attributes
    ----------
    outcome : str
    difference : Effect
        With the offer less without, at equal baselines, in the outcome's unit.
    standardised : float
        The same in standard deviations of the baseline.
    clients, missing : int
        Clients used, and clients without an outcome, who are left out.
    sentence : str
        The result in words.
    """

    outcome: str
    difference: Effect
    standardised: float
    clients: int
    missing: int
    sentence: str


def adjusted_difference(
    table: Any,
    *,
    outcome: str,
    baseline: str,
    offered: str = "offered",
    cluster: str | None = None,
    level: float = 0.95,
) -> Adjusted:
    """Compare scores between arms by analysis of covariance.

    The outcome is regressed on arm and baseline, which undoes regression to the mean and chance
    differences between the arms, and is more precise than a comparison of changes (Vickers and
    Altman 2001, *BMJ* 323:1123; cited from memory). Errors allow for unequal spread, and for
    clusters where they were randomised
    (:func:`attunement.programme.evaluation.clustered.fit_clustered`).

    ``outcome = a + b baseline + difference * offered + error``.

    Parameters
    ----------
    table
        One row per client, of any kind.
    outcome, baseline
        Columns: the score that was fixed beforehand, empty where missing; and the score before.
    offered
        Column: 1 for those randomised to the offer, 0 for the others.
    cluster
        Column naming the cluster that was randomised as a whole.
    level
        Confidence of the interval.

    Raises
    ------
    Problem
        If an arm has fewer than ten clients with an outcome, or all baselines are the same.

    Examples
    --------
    >>> import polars as pl
    >>> before = [10.0, 12, 14, 16, 18, 20, 11, 13, 15, 17] * 4
    >>> noise = [1.0, -1, 0, 2, -2, 0.5, -0.5, 1.5, -1.5, 0, 0.8, -0.8] * 3 + [0.3] * 4
    >>> offered = [0, 1, 1, 0] * 10
    >>> after = [0.6 * x + e - 2 * z for x, e, z in zip(before, noise, offered, strict=True)]
    >>> rows = pl.DataFrame({"offered": offered, "phq9_before": before, "phq9": after})
    >>> found = adjusted_difference(rows, outcome="phq9", baseline="phq9_before")
    >>> round(found.difference.value, 2), round(found.difference.se, 2)
    (-2.06, 0.36)
    """
    rows = columns_of(table, outcome, baseline, offered, *([cluster] if cluster else []))
    used = rows.filter(pl.col(outcome).is_not_null())
    given, before = zero_or_one(used, offered), numbers(used, baseline)
    smaller = int(min(given.sum(), (1 - given).sum()))
    if smaller < FEWEST or np.ptp(before) == 0:
        raise Problem(
            f"{smaller} clients of an arm have an outcome, or all baselines are the same",
            f"each arm needs {FEWEST} or more, with baselines that differ",
        )
    groups = codes(used, cluster) if cluster else np.arange(len(used), dtype=np.int64)
    design = np.column_stack([np.ones(len(used)), given, before - before.mean()])
    found = fit_clustered(numbers(used, outcome), design, groups)
    spent = 2 if cluster else 3
    difference = found.effect(np.array([0.0, 1.0, 0.0]), spent=spent, level=level)
    missing = len(rows) - len(used)
    return Adjusted(
        outcome=outcome,
        difference=difference,
        standardised=difference.value / float(before.std(ddof=1)),
        clients=len(used),
        missing=missing,
        sentence=_sentence(outcome, difference, missing, level),
    )


def _sentence(outcome: str, difference: Effect, missing: int, level: float) -> str:
    unknown = f" Of {missing:,} clients it is not known." if missing else ""
    open_ = difference.low <= 0 <= difference.high
    chance = " Chance alone could explain this." if open_ else ""
    return (
        f"At equal baselines, {outcome} was {abs(difference.value):.3g} "
        f"{'lower' if difference.value < 0 else 'higher'} with the offer than without "
        f"({level:.0%} interval {difference.low:.3g} to {difference.high:.3g}).{unknown}{chance}"
    )
