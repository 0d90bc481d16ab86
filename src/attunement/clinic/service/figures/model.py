"""How a model of leaving did, as it may be drawn: in groups of ten and more who left."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from attunement.clinic.service.cells import SMALLEST, STEP, rounded
from attunement.clinic.service.figures.rows import outward, stepped
from attunement.course.proportions import share
from attunement.programme.retention.model import Tested

FEWEST_GROUPS = 3
PER_MILLE = 0.001


def rounded_test(test: Tested) -> Tested | None:
    """Round the pictures of a test; None where too few left for three groups.

    Neighbouring groups of sessions are put together until in each ten or more left and ten or more
    did not; counts are to the nearest five.
    """
    groups = list(_together(_rows(test.plot)))
    if len(groups) < FEWEST_GROUPS:
        return None
    plot = [_group(*one) for one in groups]
    step = max(PER_MILLE, stepped(STEP / test.rows, PER_MILLE))
    decision = {
        name: tuple(
            None if value is None else value if name == "threshold" else stepped(value, step)
            for value in values
        )
        for name, values in test.decision.items()
    }
    thresholds = tuple(round(value or 0.0, 3) for value in test.decision["threshold"])
    return replace(
        test,
        plot={name: tuple(one[name] for one in plot) for name in plot[0]},
        decision=decision | {"threshold": thresholds},
    )


def _rows(columns: Any) -> Iterator[tuple[float, int, int]]:
    for forecast, n, left in zip(columns["forecast"], columns["n"], columns["left"], strict=True):
        yield float(forecast), int(n), int(left)


def _together(
    rows: Iterable[tuple[float, int, int]],
) -> Iterator[tuple[float, int, int]]:
    """Put neighbours together; what remains at the end goes with the last."""
    done: list[tuple[float, int, int]] = []
    held = (0.0, 0, 0)
    for forecast, n, left in rows:
        total, many, events = held
        held = (total + forecast * n, many + n, events + left)
        if held[2] >= SMALLEST and held[1] - held[2] >= SMALLEST:
            done.append(held)
            held = (0.0, 0, 0)
    if done and held[1]:
        total, many, events = done.pop()
        done.append((total + held[0], many + held[1], events + held[2]))
    for total, many, events in done:
        yield total / many, many, events


def _group(forecast: float, n: int, left: int) -> dict[str, float]:
    found = share(rounded(left), rounded(n))
    low, high = outward(found.low or 0.0, found.high or 0.0, PER_MILLE)
    return {
        "forecast": stepped(forecast, PER_MILLE),
        "observed": stepped(found.share or 0.0, PER_MILLE),
        "low": low,
        "high": high,
    }
