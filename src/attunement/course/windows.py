"""Expressions over one client's sessions, the same on every engine."""

from collections.abc import Iterable, Mapping
from typing import Any

import narwhals as nw

from attunement.frames import Lazy

COURSE = ("client", "scale")


def so_far(value: nw.Expr) -> nw.Expr:
    """Sum over this client's sessions up to and with this one; missing values add nothing."""
    return value.fill_null(0).cum_sum().over(*COURSE, order_by="session")


def earlier(value: nw.Expr) -> nw.Expr:
    """Sum over this client's earlier sessions; missing values add nothing."""
    return so_far(value) - value.fill_null(0)


def highest_so_far(value: nw.Expr) -> nw.Expr:
    """Largest value of this client's sessions up to and with this one."""
    return value.cum_max().over(*COURSE, order_by="session")


def neighbour(value: nw.Expr, steps: int) -> nw.Expr:
    """Value ``steps`` rows earlier in this client's course, or later where negative."""
    return value.shift(steps).over(*COURSE, order_by="session")


def by_scale(values: Mapping[str, float]) -> Any:
    """Pick the value that belongs to the row's scale; a plain number where all agree."""
    *others, (_, last) = values.items()
    if all(value == last for _, value in others):
        return last
    chosen = nw.lit(float(last))
    for name, value in others:
        chosen = nw.when(nw.col("scale") == name).then(nw.lit(float(value))).otherwise(chosen)
    return chosen


def known_scores(scores: Lazy, scales: Iterable[str]) -> Lazy:
    """Keep the scales named, in order; a score that is not a finite number becomes missing."""
    score = nw.col("score").cast(nw.Float64)
    return (
        scores.filter(nw.col("scale").is_in(list(scales)))
        .select(*COURSE, "session", score=nw.when(score.is_finite()).then(score))
        .sort(*COURSE, "session")
    )
