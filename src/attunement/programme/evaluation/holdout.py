"""A randomised hold-out: some are offered something, some are not yet, and chance decides."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from statsmodels.genmod.families import Poisson
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    test_proportions_2indep,
)

from attunement.problems import Problem
from attunement.programme.evaluation.clustered import fit_clustered
from attunement.programme.evaluation.effects import Effect
from attunement.programme.evaluation.intake import Array, codes, columns_of, zero_or_one
from attunement.programme.evaluation.needed_to_treat import NeededToTreat, needed_to_treat

FEWEST_CLUSTERS = 4
NAN = float("nan")
NO_RATIO = Effect(value=NAN, se=NAN, low=NAN, high=NAN, p=NAN, df=NAN)


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One arm of a trial.

    Attributes
    ----------
    n, events : int
        How many were assigned to it, and of how many the event is known to have happened.
    missing : int
        Of how many it is not known whether it happened.
    rate, low, high : float
        Share of those known, with its interval (Wilson; without regard to clusters).
    """

    n: int
    events: int
    missing: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Holdout:
    """What a randomised hold-out showed.

    Attributes
    ----------
    event : str
        What is counted, and by which definition.
    offered, held_out : Arm
        As randomised, whatever they then received.
    difference : Effect
        Risk with the offer less risk without.
    ratio : Effect
        Risk with the offer over risk without; ``se`` is that of its logarithm. NaN where an arm
        has no event.
    needed : NeededToTreat
        How many must be offered it for one event fewer, or more.
    best, worst : float
        The risk difference if all missing had gone the way that lowers it most, or raises it.
    clusters : int or None
        How many, where whole clusters were randomised.
    sentence : str
        The result in words.
    """

    event: str
    offered: Arm
    held_out: Arm
    difference: Effect
    ratio: Effect
    needed: NeededToTreat
    best: float
    worst: float
    clusters: int | None
    sentence: str


def holdout(
    table: Any,
    *,
    event: str,
    outcome: str = "outcome",
    offered: str = "offered",
    cluster: str | None = None,
    level: float = 0.95,
) -> Holdout:
    """Compare risks between those who were offered something and those held out, as randomised.

    Individuals: the risk difference has the hybrid score interval of Newcombe (1998, *Stat.
    Med.* 17:873, method 10), the risk ratio the score interval of Miettinen and Nurminen (1985,
    *Stat. Med.* 4:213). Clusters: both come from estimating equations under working
    independence, the difference with the identity link and the ratio from modified Poisson
    regression (Zou 2004, *Am. J. Epidemiol.* 159:702), with errors for few clusters
    (:func:`attunement.programme.evaluation.clustered.fit_clustered`) and t on the clusters
    less two. (Sources cited from memory.)

    ``difference = p1 - p0`` and ``ratio = p1 / p0``.

    Parameters
    ----------
    table
        One row per client, of any kind.
    event
        What the outcome is, with its definition: "dropped out (no session for 60 days)".
    outcome
        Column: 1 where it happened, 0 where not, empty where that is not known. Those not known
        are left out of the estimates, and bounded by ``best`` and ``worst``.
    offered
        Column: 1 for those randomised to the offer, 0 for those held out.
    cluster
        Column naming the cluster that was randomised as a whole: a therapist, a site.
    level
        Confidence of the intervals.

    Raises
    ------
    Problem
        If an arm is empty or nothing is known of it; if there are fewer than four clusters,
        or one is in both arms.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"offered": [1] * 100 + [0] * 100,
    ...                      "outcome": [1] * 12 + [0] * 88 + [1] * 20 + [0] * 80})
    >>> print(holdout(rows, event="dropped out").sentence)
    Of those offered it 12.0% dropped out, of those held out 20.0%: 8.0 points fewer (95% \
interval 18.2 fewer to 2.3 more). Chance alone could explain this.
    """
    rows = columns_of(table, outcome, offered, *([cluster] if cluster else []))
    given = zero_or_one(rows, offered) == 1
    known = rows[outcome].is_not_null().to_numpy()
    happened = np.zeros(len(rows))
    happened[known] = zero_or_one(rows.filter(pl.col(outcome).is_not_null()), outcome)
    arms = [_arm(happened[part], known[part], level) for part in (given, ~given)]
    with_offer, without = arms
    if cluster is None:
        difference, ratio = _individual(with_offer, without, level)
        clusters = None
    else:
        groups = codes(rows, cluster)
        _check_clusters(groups, given)
        difference, ratio = _by_cluster(happened[known], given[known], groups[known], level)
        clusters = len(np.unique(groups[known]))
    return Holdout(
        event=event,
        offered=with_offer,
        held_out=without,
        difference=difference,
        ratio=ratio,
        needed=needed_to_treat(difference.value, difference.low, difference.high),
        best=_bound(with_offer, without, missing_offered=0),
        worst=_bound(with_offer, without, missing_offered=1),
        clusters=clusters,
        sentence=_sentence(event, with_offer, without, difference, level),
    )


def _arm(happened: Array, known: NDArray[np.bool_], level: float) -> Arm:
    n, of, events = len(happened), int(known.sum()), int(happened.sum())
    if of == 0:
        raise Problem(
            "an arm of the trial has nobody whose outcome is known", "both arms need some"
        )
    low, high = proportion_confint(events, of, alpha=1 - level, method="wilson")
    return Arm(
        n=n, events=events, missing=n - of, rate=events / of, low=float(low), high=float(high)
    )


def _individual(one: Arm, other: Arm, level: float) -> tuple[Effect, Effect]:
    known, known_other = one.n - one.missing, other.n - other.missing
    counts = (one.events, known, other.events, known_other)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = float(test_proportions_2indep(*counts, method="score", correction=False).pvalue)
    low, high = confint_proportions_2indep(*counts, method="newcomb", alpha=1 - level)
    difference = Effect(
        value=one.rate - other.rate,
        se=(one.rate * (1 - one.rate) / known + other.rate * (1 - other.rate) / known_other) ** 0.5,
        low=float(low),
        high=float(high),
        p=p,
        df=np.inf,
    )
    if one.events == 0 or other.events == 0:
        return difference, NO_RATIO
    low, high = confint_proportions_2indep(
        *counts, compare="ratio", method="score", alpha=1 - level, correction=False
    )
    ratio = Effect(
        value=one.rate / other.rate,
        se=((1 - one.rate) / one.events + (1 - other.rate) / other.events) ** 0.5,
        low=float(low),
        high=float(high),
        p=p,
        df=np.inf,
    )
    return difference, ratio


def _by_cluster(
    happened: Array, given: NDArray[np.bool_], groups: NDArray[np.int64], level: float
) -> tuple[Effect, Effect]:
    design = np.column_stack([np.ones(len(happened)), given])
    second = np.array([0.0, 1.0])
    difference = fit_clustered(happened, design, groups).effect(second, spent=2, level=level)
    if happened[given].sum() == 0 or happened[~given].sum() == 0:
        return difference, NO_RATIO
    log = fit_clustered(happened, design, groups, Poisson()).effect(second, spent=2, level=level)
    value, low, high = np.exp([log.value, log.low, log.high])
    return difference, replace(log, value=float(value), low=float(low), high=float(high))


def _check_clusters(groups: NDArray[np.int64], given: NDArray[np.bool_]) -> None:
    share = np.bincount(groups, given) / np.bincount(groups)
    if ((share > 0) & (share < 1)).any():
        raise Problem(
            "a cluster has clients in both arms",
            "leave out cluster= if clients were randomised one by one",
        )
    if len(share) < FEWEST_CLUSTERS or min(share.sum(), (1 - share).sum()) < 2:
        raise Problem(
            f"{len(share)} clusters were randomised, {share.sum():.0f} of them to the offer",
            "their spread needs two or more in each arm to be known",
        )


def _bound(one: Arm, other: Arm, *, missing_offered: int) -> float:
    """Give the risk difference if the event happened to all missing of one arm and none else's."""
    highest = (one.events + missing_offered * one.missing) / one.n
    return highest - (other.events + (1 - missing_offered) * other.missing) / other.n


def _sentence(event: str, one: Arm, other: Arm, difference: Effect, level: float) -> str:
    missing = one.missing + other.missing
    unknown = f" Of {missing:,} of {one.n + other.n:,} it is not known." if missing else ""
    chance = " Chance alone could explain this." if difference.low <= 0 <= difference.high else ""
    return (
        f"Of those offered it {one.rate:.1%} {event}, of those held out {other.rate:.1%}: "
        f"{_points(difference.value)} ({level:.0%} interval {_points(difference.low, unit='')} to "
        f"{_points(difference.high, unit='')}).{unknown}{chance}"
    )


def _points(difference: float, unit: str = " points") -> str:
    return f"{abs(difference) * 100:.1f}{unit} {'fewer' if difference < 0 else 'more'}"
