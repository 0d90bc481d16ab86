"""Micro-randomised trials: at every decision chance decides anew whether to nudge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from attunement.problems import Problem
from attunement.programme.evaluation.clustered import Clustered, fit_clustered
from attunement.programme.evaluation.effects import Effect
from attunement.programme.evaluation.intake import Array, codes, columns_of, numbers, zero_or_one

FEWEST_CLIENTS = 10
ON_AVERAGE = "on average"


@dataclass(frozen=True, kw_only=True)
class MicroRandomised:
    """What a micro-randomised trial showed.

    Attributes
    ----------
    outcome : str
        The proximal outcome.
    effects : dict of str to Effect
        How much the proximal outcome differs when nudged, while available: ``on average``, or
        with moderators ``at zero`` and by each moderator's name its change per unit.
    clients, decisions, available, nudged : int
        How many clients; decision points in all, those at which clients could be nudged, and
        those at which they were.
    sentence : str
        The result in words.
    """

    outcome: str
    effects: dict[str, Effect]
    clients: int
    decisions: int
    available: int
    nudged: int
    sentence: str


def micro_randomised(
    table: Any,
    *,
    outcome: str,
    nudged: str = "nudged",
    probability: str = "probability",
    client: str = "client",
    available: str | None = None,
    controls: Sequence[str] = (),
    moderators: Sequence[str] = (),
    level: float = 0.95,
) -> MicroRandomised:
    """Estimate the causal excursion effect of a nudge by weighted and centred least squares.

    Boruvka, Almirall, Witkiewitz and Murphy (2018, *J. Am. Stat. Assoc.* 113:1112; cited from
    memory): among decisions at which the client was available, with ``p`` the probability by
    which chance decided there and ``q`` the share nudged overall::

        outcome = controls + (nudged - q) * (average + moderators) + error
        weight  = q / p where nudged, (1 - q) / (1 - p) where not

    The estimate stays right when the controls are the wrong model of the outcome. Errors are
    robust to dependence within clients and corrected for few of them
    (:func:`attunement.programme.evaluation.clustered.fit_clustered`), with t on the clients
    less the estimated numbers.

    Parameters
    ----------
    table
        One row per client and decision point, of any kind.
    outcome
        Column of the proximal outcome (attended next, replied, a score); may be empty where the
        client was not available.
    nudged
        Column: 1 where the nudge was sent.
    probability
        Column: the probability with which it was to be sent there, known from the design.
    client
        Column naming the client.
    available
        Column: 1 where a nudge was possible and permitted. All are, where none is named.
    controls
        Columns known before the decision that explain the outcome; they narrow the interval.
    moderators
        Columns known before the decision by which the effect may differ; they are controls too.
    level
        Confidence of the intervals.

    Raises
    ------
    Problem
        If a probability is not between 0 and 1 while available, someone unavailable was nudged,
        fewer than ten clients were available, or columns say the same.

    Examples
    --------
    >>> import polars as pl
    >>> nudged = [1, 0, 0, 1, 1, 0, 1, 0] * 12
    >>> came = [1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 0] * 6
    >>> rows = pl.DataFrame({"client": [n // 8 for n in range(96)], "nudged": nudged,
    ...                      "probability": [0.5] * 96, "came": came})
    >>> found = micro_randomised(rows, outcome="came")
    >>> effect = found.effects["on average"]
    >>> round(effect.value, 2), round(effect.low, 2), round(effect.high, 2)
    (0.5, 0.33, 0.67)
    """
    found = excursion(
        table, outcome=outcome, nudged=nudged, probability=probability, client=client,
        available=available, controls=controls, moderators=moderators,
    )  # fmt: skip
    labels = ["at zero", *moderators] if moderators else [ON_AVERAGE]
    effects = {
        label: found.effect(unit, level)
        for label, unit in zip(labels, np.eye(len(labels)), strict=True)
    }
    return MicroRandomised(
        outcome=outcome,
        effects=effects,
        clients=found.clients,
        decisions=found.decisions,
        available=found.available,
        nudged=found.nudged,
        sentence=_sentence(outcome, effects, level),
    )


@dataclass(frozen=True, kw_only=True)
class Excursion:
    """The fitted model, of which any weighted sum of effects can be asked.

    Attributes
    ----------
    fit : Clustered
        Controls first, then the effect at zero and how it changes with each moderator.
    clients, decisions, available, nudged : int
        As of :class:`MicroRandomised`.
    """

    fit: Clustered
    clients: int
    decisions: int
    available: int
    nudged: int

    def effect(self, weights: Array, level: float) -> Effect:
        """Give a weighted sum of the effect at zero and of its changes."""
        spent = len(self.fit.values)
        whole = np.concatenate([np.zeros(spent - len(weights)), weights])
        return self.fit.effect(whole, spent=spent, level=level)


def excursion(
    table: Any,
    *,
    outcome: str,
    nudged: str,
    probability: str,
    client: str,
    available: str | None,
    controls: Sequence[str],
    moderators: Sequence[str],
) -> Excursion:
    """Fit the model of :func:`micro_randomised`, whose parameters these are."""
    names = list(dict.fromkeys([*controls, *moderators]))
    extra = [available] if available else []
    rows = columns_of(table, client, outcome, nudged, probability, *names, *extra)
    able = np.ones(len(rows), dtype=bool)
    if available:
        able = zero_or_one(rows, available) == 1
    if (zero_or_one(rows.filter(~pl.Series(able)), nudged) == 1).any():
        raise Problem("a client was nudged while not available", "correct the table")
    used = rows.filter(pl.Series(able))
    treated, chance = zero_or_one(used, nudged), numbers(used, probability)
    groups = codes(used, client) if len(used) else np.empty(0, dtype=np.int64)
    clients = len(np.unique(groups))
    _check(clients, treated, chance)
    share = float(treated.mean())
    weights = np.where(treated == 1, share / chance, (1 - share) / (1 - chance))
    ones = np.ones(len(used))
    base = np.column_stack([ones, *(numbers(used, name) for name in names)])
    by = np.column_stack([ones, *(numbers(used, name) for name in moderators)])
    design = np.column_stack([base, (treated - share)[:, None] * by])
    _check_rank(design)
    root = np.sqrt(weights)
    fit = fit_clustered(numbers(used, outcome) * root, design * root[:, None], groups)
    return Excursion(
        fit=fit,
        clients=clients,
        decisions=len(rows),
        available=len(used),
        nudged=int(treated.sum()),
    )


def _check(clients: int, treated: Array, chance: Array) -> None:
    if clients < FEWEST_CLIENTS:
        raise Problem(
            f"{clients} clients were available for a nudge",
            f"this needs {FEWEST_CLIENTS} or more",
        )
    if not ((chance > 0) & (chance < 1)).all():
        raise Problem(
            "a probability is 0 or 1 where the client was available",
            "mark those decisions as not available: nothing was left to chance there",
        )
    if treated.min() == treated.max():
        raise Problem("everyone was nudged, or no one", "nothing can be compared")


def _check_rank(design: Array) -> None:
    if np.linalg.matrix_rank(design / np.abs(design).max(axis=0).clip(1e-300)) < design.shape[1]:
        raise Problem("controls or moderators say the same as each other", "leave one out")


def _sentence(outcome: str, effects: dict[str, Effect], level: float) -> str:
    label, first = next(iter(effects.items()))
    when = "on average" if label == ON_AVERAGE else "where the moderators are zero"
    chance = " Chance alone could explain this." if first.low <= 0 <= first.high else ""
    return (
        f"When nudged, {outcome} was {abs(first.value):.3g} "
        f"{'lower' if first.value < 0 else 'higher'} {when} "
        f"({level:.0%} interval {first.low:.3g} to {first.high:.3g}).{chance}"
    )
