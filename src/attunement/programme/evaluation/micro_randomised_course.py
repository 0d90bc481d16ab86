"""Whether a nudge goes on working: its effect over the time of a micro-randomised trial."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from attunement.frames import to_lazy, to_polars
from attunement.problems import Problem
from attunement.programme.evaluation.effects import Effect
from attunement.programme.evaluation.intake import Array, columns_of, numbers
from attunement.programme.evaluation.micro_randomised import excursion, micro_randomised

STRETCHES = 6
POINTS = 41


@dataclass(frozen=True, kw_only=True)
class EffectOverTime:
    """How a nudge's effect went over time.

    Attributes
    ----------
    outcome, time : str
        What they are called.
    change : Effect
        By how much the effect changes per unit of time, along a straight line.
    line : polars.DataFrame
        That line: ``time``, ``value``, ``low``, ``high``.
    stretches : polars.DataFrame
        The effect in each of a few stretches of time, estimated by itself: ``first``, ``last``
        and ``middle`` time, ``value``, ``low``, ``high``, ``decisions``. A stretch with too
        little to compare is left out.
    sentence : str
        The result in words.
    """

    outcome: str
    time: str
    change: Effect
    line: pl.DataFrame
    stretches: pl.DataFrame
    sentence: str


def effect_over_time(
    table: Any,
    *,
    outcome: str,
    time: str,
    nudged: str = "nudged",
    probability: str = "probability",
    client: str = "client",
    available: str | None = None,
    controls: Sequence[str] = (),
    stretches: int = STRETCHES,
    level: float = 0.95,
) -> EffectOverTime:
    """Estimate how the effect of a nudge changes over a trial.

    The excursion effect with time as its moderator, ``effect(t) = a + b t``, with the interval of
    every point of that line (Boruvka, Almirall, Witkiewitz and Murphy 2018, *J. Am. Stat. Assoc.*
    113:1112; cited from memory); beside it, for a look at whether a line is right, the average
    effect in stretches of time that hold about as many decisions each.

    Parameters
    ----------
    table
        One row per client and decision point, of any kind.
    time
        Column: the number of the decision, or the day.
    outcome, nudged, probability, client, available, controls, level
        As of :func:`~attunement.programme.evaluation.micro_randomised.micro_randomised`.
    stretches
        How many at most.

    Raises
    ------
    Problem
        As there; or if there is one time only.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> day = np.tile(np.arange(20.0), 40)
    >>> sent = rng.random(800) < 0.5
    >>> reply = sent * (0.9 - 0.04 * day) + rng.normal(size=800)
    >>> trial = pl.DataFrame({"client": np.repeat(np.arange(40), 20), "day": day, "nudged": sent,
    ...                       "probability": 0.5, "reply": reply})
    >>> found = effect_over_time(trial, outcome="reply", time="day")
    >>> found.change.low < -0.04 < found.change.high
    True
    """
    settings: dict[str, Any] = {
        "outcome": outcome, "nudged": nudged, "probability": probability, "client": client,
        "available": available, "controls": controls,
    }  # fmt: skip
    when = numbers(columns_of(table, time), time)
    if when.min() == when.max():
        raise Problem(f"the column {time} holds one time only", "name one that goes on")
    found = excursion(table, moderators=[time], **settings)
    points = np.linspace(when.min(), when.max(), POINTS)
    along = [found.effect(np.array([1.0, at]), level) for at in points]
    change = found.effect(np.array([0.0, 1.0]), level)
    rows = to_polars(to_lazy(table))
    return EffectOverTime(
        outcome=outcome,
        time=time,
        change=change,
        line=pl.DataFrame(
            {"time": points} | {name: [getattr(one, name) for one in along] for name in ENDS}
        ),
        stretches=_stretches(rows, when, time, stretches, settings | {"level": level}),
        sentence=_sentence(outcome, time, change, along[0], along[-1], level),
    )


ENDS = ("value", "low", "high")


def _stretches(
    rows: pl.DataFrame, when: Array, time: str, most: int, settings: dict[str, Any]
) -> pl.DataFrame:
    """Estimate the average effect in each stretch of about as many decisions."""
    edges = np.unique(np.quantile(when, np.linspace(0, 1, most + 1), method="nearest"))
    place = np.searchsorted(edges[1:-1], when, side="left")
    parts = [_stretch(rows.filter(pl.Series(place == k)), time, settings) for k in np.unique(place)]
    kept = [part for part in parts if part is not None]
    names = ("first", "last", "middle", *ENDS)
    schema = dict.fromkeys(names, pl.Float64) | {"decisions": pl.Int64}
    return pl.DataFrame(kept, schema=schema)


def _stretch(rows: pl.DataFrame, time: str, settings: dict[str, Any]) -> dict[str, float] | None:
    when = numbers(rows, time)
    try:
        found = micro_randomised(rows, **settings)
    except Problem:
        return None
    (one,) = found.effects.values()
    return {
        "first": float(when.min()),
        "last": float(when.max()),
        "middle": float(np.median(when)),
        **{name: getattr(one, name) for name in ENDS},
        "decisions": found.available,
    }


def _sentence(
    outcome: str, time: str, change: Effect, first: Effect, last: Effect, level: float
) -> str:
    return (
        f"Along a straight line the effect on {outcome} went from {first.value:.3g} "
        f"({level:.0%} interval {first.low:.3g} to {first.high:.3g}) to {last.value:.3g} "
        f"({last.low:.3g} to {last.high:.3g}) over {time}: {change.value:+.2g} for each unit "
        f"({change.low:.2g} to {change.high:.2g}). {_told(change, first, last)}."
    )


def _told(change: Effect, first: Effect, last: Effect) -> str:
    """Claim of an end only what its own interval bears out."""
    if not _clear(change):
        return "Chance alone could explain such a change"
    begins = _clear(first) and first.value * change.value < 0
    ends = _clear(last) and last.value * change.value > 0
    if begins and ends:
        return "The effect changes its sign"
    if begins:
        return "The effect wears off"
    return "The effect grows stronger" if ends else "Chance alone does not explain such a change"


def _clear(effect: Effect) -> bool:
    """Whether the interval leaves out zero."""
    return not effect.low <= 0 <= effect.high
