"""What a scale is worth on a site's own answers, in one table."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from attunement.frames import hand_back
from attunement.measures.instruments.model import Instrument
from attunement.measures.reliability.alpha import (
    Estimate,
    cronbach_alpha,
    ends,
    item_statistics,
    standard_error_of_measurement,
)
from attunement.measures.reliability.answers import CheckIns, Ranges, check_ins
from attunement.measures.reliability.omega import omega_total
from attunement.measures.reliability.repeated import Repeated, repeated, retest
from attunement.problems import Problem

SCHEMA = {
    "statistic": pl.String,
    "item": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
    "n_of": pl.String,
    "note": pl.String,
}
COMPONENTS = ("client", "client_by_item", "session", "error")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table of :func:`item_psychometrics`."""

    statistic: str
    item: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    n_of: Literal["clients", "check-ins", "answers"] = "clients"
    note: str = ""


def psychometrics(
    responses: Any,
    instrument: Instrument,
    scale: str | None = None,
    *,
    retest_sessions: tuple[int, int] = (1, 2),
    level: float = 0.95,
) -> Any:
    """Describe how reliable a scale of an instrument is in these answers.

    Formulas and sources stand where :func:`item_psychometrics` says.

    Parameters
    ----------
    responses
        The table ``responses``.
    instrument
        From :func:`attunement.measures.instruments.catalogue.library`.
    scale
        Id of one of its scales; the first where None.
    retest_sessions, level
        As for :func:`item_psychometrics`.

    Returns
    -------
    The table of :func:`item_psychometrics`.

    Raises
    ------
    Problem
        If the instrument has no such scale, or as :func:`item_psychometrics`.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement import Plan, library, simulate
    >>> answers = simulate(Plan(clients=40), seed=7).responses
    >>> found = psychometrics(answers, library()["session-check-in"])
    >>> found.filter(statistic="alpha").select("n", pl.col("value", "low", "high").round(2)).rows()
    [(40, 0.89, 0.83, 0.93)]
    """
    chosen = next(iter(instrument.scales)) if scale is None else scale
    if chosen not in instrument.scales:
        raise Problem(
            f"{instrument.id} has no scale {chosen}", f"name one of {', '.join(instrument.scales)}"
        )
    items = instrument.items_of(chosen)
    answers = {item.id: instrument.answer_of(item) for item in items}
    return item_psychometrics(
        responses,
        instrument=instrument.id,
        ranges={name: (answer.lowest, answer.highest) for name, answer in answers.items()},
        reversed_items=[item.id for item in items if item.reversed],
        scoring=instrument.scales[chosen].scoring,
        multiplier=instrument.scales[chosen].multiplier,
        retest_sessions=retest_sessions,
        level=level,
    )


def item_psychometrics(
    responses: Any,
    *,
    instrument: str,
    ranges: Ranges,
    reversed_items: Collection[str] = (),
    scoring: Literal["sum", "mean"] = "mean",
    multiplier: float = 1.0,
    rater: str | None = None,
    retest_sessions: tuple[int, int] = (1, 2),
    level: float = 0.95,
) -> Any:
    """Describe how reliable any set of items is in these answers.

    Alpha, omega, the items' statistics and the standard error of measurement use each
    client's first complete check-in, so that people, not check-ins, are counted; reliability
    between and within clients uses every complete check-in; the ends of the range use every
    answer. Nothing is filled in for a missing answer. Each formula stands with its source in
    :mod:`attunement.measures.reliability.alpha`, :mod:`attunement.measures.reliability.omega` and
    :mod:`attunement.measures.reliability.repeated`.

    Parameters
    ----------
    responses
        The table ``responses``.
    instrument, ranges, reversed_items, rater
        Which answers, as for :func:`attunement.measures.reliability.answers.check_ins`.
    scoring, multiplier
        Whether the score is the items' sum or mean, and by what that is multiplied, for the
        statistics in scale units: mean, SD, standard error of measurement. Variance components
        are those of one answer.
    retest_sessions
        The two sessions whose scores are compared for test-retest.
    level
        Confidence of the intervals.

    Returns
    -------
    A table with a row per statistic, and per item where ``item`` names one: ``value``, its
    interval from ``low`` to ``high``, and on how many (``n``) of what (``n_of``: clients,
    check-ins, answers) it rests. Where a statistic cannot be had, ``value`` is empty and
    ``note`` says what is needed.

    Raises
    ------
    Problem
        As for :func:`attunement.measures.reliability.answers.check_ins`.

    Examples
    --------
    >>> import polars as pl
    >>> rng = np.random.default_rng(7)
    >>> value = rng.integers(0, 4, (30, 1)) + rng.integers(0, 2, (30, 3))
    >>> rows = pl.DataFrame({"client": np.repeat(np.arange(30), 3), "session": 1,
    ...                      "instrument": "mine", "item": ["a", "b", "c"] * 30,
    ...                      "value": value.ravel().astype(float)})
    >>> found = item_psychometrics(rows, instrument="mine", ranges=dict.fromkeys("abc", (0, 4)))
    >>> found.filter(statistic="alpha").select(pl.col("value", "low", "high").round(2)).rows()
    [(0.93, 0.86, 0.96)]
    """
    checked = check_ins(
        responses, instrument=instrument, ranges=ranges, reversed_items=reversed_items, rater=rater
    )
    unit = multiplier / len(checked.items) if scoring == "mean" else multiplier
    rows = [
        *_of_scale(checked, unit, level),
        *_of_items(checked),
        *_of_retest(checked, retest_sessions, level),
        *_over_time(checked, level),
        *_of_ends(checked),
    ]
    return hand_back(pl.DataFrame(rows, schema=SCHEMA), responses)


def _of_scale(checked: CheckIns, unit: float, level: float) -> Iterator[Row]:
    first = checked.first_complete
    note = "first complete check-in of each client"
    alpha = _row("alpha", lambda: cronbach_alpha(first, level=level), note=note)
    yield alpha
    yield _row(
        "omega", lambda: omega_total(first, items=checked.items, level=level).omega, note=note
    )
    if alpha.value is None:
        return
    scores, n = first.sum(axis=1) * unit, len(first)
    sd = float(scores.std(ddof=1))
    yield Row(statistic="mean", value=float(scores.mean()), n=n)
    yield Row(statistic="sd", value=sd, n=n)
    error = standard_error_of_measurement(sd, max(alpha.value, 0.0))
    yield Row(statistic="standard error of measurement", value=error, n=n, note="from alpha")


def _of_items(checked: CheckIns) -> Iterator[Row]:
    first = checked.first_complete
    try:
        items = item_statistics(first, checked.items)
    except Problem as problem:
        yield Row(statistic="item-total correlation", note=str(problem))
        return
    for item in items:
        for statistic, value in {
            "item mean": item.mean,
            "item sd": item.sd,
            "item-total correlation": item.item_total,
            "alpha without item": item.alpha_if_dropped,
        }.items():
            yield Row(statistic=statistic, item=item.item, value=value, n=len(first))


def _of_retest(checked: CheckIns, sessions: tuple[int, int], level: float) -> Iterator[Row]:
    first, second = (checked.totals_at(session) for session in sessions)
    note = "session {} with session {}; true change lowers it".format(*sessions)
    yield _row(
        "retest correlation", lambda: retest(first, second, level=level).correlation, note=note
    )
    yield _row("retest agreement", lambda: retest(first, second, level=level).agreement, note=note)


def _over_time(checked: CheckIns, level: float) -> Iterator[Row]:
    try:
        found = repeated(checked.answers, checked.clients, level=level)
    except Problem as problem:
        yield Row(statistic="reliability between clients", note=str(problem))
        yield Row(statistic="reliability within clients", note=str(problem))
        return
    yield from _of_repeated(found)


def _of_repeated(found: Repeated) -> Iterator[Row]:
    mean_of = f"mean of {found.sessions:.1f} check-ins"
    yield _of_estimate("reliability between clients", found.between, note=mean_of)
    yield _of_estimate("reliability between clients, one check-in", found.between_one)
    yield _of_estimate("reliability within clients", found.within, n_of="check-ins")
    if found.within_omega is not None:
        yield _of_estimate("omega within clients", found.within_omega, n_of="check-ins")
    for name in COMPONENTS:
        yield Row(
            statistic=f"variance of {name.replace('_', ' ')}",
            value=getattr(found, name),
            n=found.check_ins,
            n_of="check-ins",
            note="; ".join(found.warnings),
        )


def _of_ends(checked: CheckIns) -> Iterator[Row]:
    whole = ends(checked.answers, checked.low, checked.high)
    for end in ("ceiling", "floor"):
        yield Row(
            statistic=f"check-ins at the {end}",
            value=getattr(whole, f"{end}_check_ins"),
            n=whole.check_ins,
            n_of="check-ins",
            note="every item answered, every answer there",
        )
    for item in (None, *checked.items):
        own = np.array([item is None or item == name for name in checked.items])
        seen = ends(checked.answers[:, own], checked.low[own], checked.high[own])
        for end in ("ceiling", "floor"):
            yield Row(
                statistic=f"answers at the {end}",
                item=item,
                value=getattr(seen, f"{end}_answers"),
                n=seen.answers,
                n_of="answers",
            )


def _row(statistic: str, estimate: Callable[[], Estimate], *, note: str = "") -> Row:
    """Say what was estimated, or why it could not be."""
    try:
        return _of_estimate(statistic, estimate(), note=note)
    except Problem as problem:
        return Row(statistic=statistic, note=str(problem))


def _of_estimate(
    statistic: str,
    found: Estimate,
    *,
    n_of: Literal["clients", "check-ins"] = "clients",
    note: str = "",
) -> Row:
    return Row(
        statistic=statistic,
        value=found.value,
        low=found.low,
        high=found.high,
        n=found.n,
        n_of=n_of,
        note="; ".join(part for part in (note, *found.warnings) if part),
    )
